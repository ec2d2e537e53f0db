"""Measure what one reader of each page asks of a machine, and plan a hub from it (`make measure`).

    python -m tools.measure_pages              all pages, then docs/hub.md is written anew between its two marks
    python -m tools.measure_pages 03 10        those whose names begin so; the other rows stay

Each page is run alone, from top to bottom, in a fresh kernel, with one thread for the matrix products. Memory is the
largest sum of resident memory of the kernel and its children, looked at fifty times a second; processor time is theirs,
start of the kernel included. JupyterLab's server is measured by itself, with every page opened and one kernel started.
"""

import argparse
import importlib.util
import os
import platform
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "hub.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
MB = 1_000_000
READERS = (50, 500)
AT_ONCE = 0.25  # of the readers who are logged in, how many compute in the same moment at the worst
SPARE = 1.3  # on top of what was measured: several pages opened, changed code
ROW = re.compile(r"^\| ([^\W_]+_\w+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)


class Row(NamedTuple):
    """What one page takes."""

    page: str
    peak_mb: int
    cpu_seconds: float
    wall_seconds: float


class Plan(NamedTuple):
    """What a hub needs for a number of readers."""

    readers: int
    limit_mb: int
    guarantee_mb: int
    memory_gb: int
    most_gb: int  # with every reader at the largest page
    cores: int


def main() -> int:
    """Measure the chosen pages and write the page for those who plan a hub."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("pages", nargs="*", help="how their names begin; none: all")
    chosen = ask.parse_args()
    tool = load(ROOT / "tools" / "notebooks.py")
    tool.SECONDS_PER_CELL = 600  # a busy machine is no reason to fail here
    known = {row.page: row for row in read_rows(PAGE.read_text(encoding="utf-8"))}
    every, named, server = tool.find_pages([]), machine(), measure_server(tool.find_pages([]))
    for path in tool.find_pages(chosen.pages):
        known[path.stem] = measure(tool, path)
        print("| " + " | ".join(map(str, known[path.stem])) + " |", flush=True)
        write([known[path.stem] for path in every if path.stem in known], server, named)
    return 0


def write(rows: list[Row], server_mb: int, named: str) -> None:
    """Put the table and the plan between the page's two marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{as_markdown(rows, server_mb, named)}\n{END}{after}", encoding="utf-8")


def measure(tool: Any, path: Path) -> Row:
    """Run a page alone and watch its kernel."""
    import psutil

    notebook, peak, cpu, done = tool.read(path), [0], {}, threading.Event()
    own = psutil.Process()
    others = {child.pid for child in own.children(recursive=True)}

    def watch() -> None:
        while not done.wait(0.02):
            resident = 0
            for child in own.children(recursive=True):
                if child.pid in others:
                    continue
                try:
                    resident += child.memory_info().rss
                    times = child.cpu_times()
                    cpu[child.pid] = times.user + times.system
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], resident)

    watcher = threading.Thread(target=watch)
    watcher.start()
    since = time.monotonic()
    try:
        tool.run(notebook)
    finally:
        wall = time.monotonic() - since
        done.set()
        watcher.join()
    return Row(path.stem, round(peak[0] / MB), round(sum(cpu.values()), 1), round(wall, 1))


def measure_server(pages: list[Path]) -> int:
    """Start JupyterLab, open every page and one kernel as a browser would, and give the server's own memory in MB."""
    import json
    import tempfile
    import urllib.request

    import psutil

    sys.path.insert(0, str(ROOT))
    from tests.browser.conftest import Server

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        server = Server(Path(home))
        try:
            server.request("lab")
            for page in pages:
                server.request(f"api/contents/{page.name}")
            body = {"path": pages[0].name, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
            ask = urllib.request.Request(server.url("api/sessions"), data=json.dumps(body).encode(), method="POST")
            urllib.request.urlopen(ask, timeout=30).read()
            return round(psutil.Process(server.process.pid).memory_info().rss / MB)
        finally:
            server.end_kernels()
            server.stop()


def plan(rows: list[Row], server_mb: int, readers: int) -> Plan:
    """Work out a hub for so many readers: memory for the median page, processors for those who compute at once."""
    largest = max(row.peak_mb for row in rows) + server_mb
    limit = up(largest * SPARE, 64)
    guarantee = up(sorted(row.peak_mb for row in rows)[len(rows) // 2] + server_mb, 64)
    cores = up(readers * AT_ONCE, 1)
    memory, most = (up(readers * each / 1000 * 1.1, 1) for each in (guarantee, max(guarantee, largest)))
    return Plan(readers, limit, guarantee, memory, most, cores)


def up(amount: float, step: int) -> int:
    """Round up to a whole number of steps."""
    return int(-(-amount // step)) * step


def as_markdown(rows: list[Row], server_mb: int, named: str) -> str:
    """Write the table of pages and the plan."""
    lines = [f"Measured on {named}.", "", "| page | peak memory, MB | processor, s | clock, s |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    lines += ["", f"JupyterLab's server by itself: {server_mb} MB.", ""]
    plans = [plan(rows, server_mb, readers) for readers in READERS]
    lines += [
        "What a reader is given:",
        "",
        "```yaml",
        "singleuser:",
        '  extraEnv: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" }',
        f"  cpu: {{ guarantee: {AT_ONCE}, limit: 1 }}",
        f"  memory: {{ guarantee: {plans[0].guarantee_mb}M, limit: {plans[0].limit_mb}M }}",
        "cull: { enabled: true, timeout: 3600 }",
        "```",
        "",
        "What the hub needs:",
        "",
        "| readers at the same time | memory, GB: pages of median size | all at the largest page | cores |",
        "|---|---|---|---|",
        *(f"| {one.readers} | {one.memory_gb} | {one.most_gb} | {one.cores} |" for one in plans),
    ]
    return "\n".join(lines)


def read_rows(text: str) -> list[Row]:
    """Read the table of pages back."""
    return [Row(page, int(peak), float(cpu), float(wall)) for page, peak, cpu, wall in ROW.findall(text)]


def machine() -> str:
    """Name the machine: processor, cores, system, Python, and how busy it was."""
    info = Path("/proc/cpuinfo")
    models = re.findall(r"^model name\s*: (.+)$", info.read_text(), re.MULTILINE) if info.exists() else []
    load_now = f", {os.getloadavg()[0]:.1f} processes wanting to run on average" if hasattr(os, "getloadavg") else ""
    name = models[0] if models else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}{load_now}"


def load(path: Path) -> Any:
    """Import a tool from its file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
