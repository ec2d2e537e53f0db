"""Run the book's pages again, each from a fresh kernel, and store their outputs in one settled form (`make notebooks`).

    python -m tools.notebooks              all pages
    python -m tools.notebooks 03 05        those whose names begin so
    python -m tools.notebooks --check      run nothing; name the pages that are not in the settled form

The settled form keeps what a reader and a comparison need: no kernel's version, no timing, no widget state. The live
view of a widget is dropped too: a page that is read without a kernel then shows the picture stored beside it.

A cell with a tag such as ``needs-torch`` prints one line where that framework is missing. That line must not be stored
in place of its outputs, so such a page is run only where all of its frameworks are installed.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
for name in ONE_THREAD:  # before any kernel starts: sums are taken in one order
    os.environ.setdefault(name, "1")

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lstm_helpers import frameworks

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
KEPT_METADATA = ("alt", "jupyter", "tags")
SECONDS_PER_CELL = 120


def main() -> int:
    """Run or check the chosen pages; return the number that failed."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("pages", nargs="*", help="how their names begin; none: all")
    ask.add_argument("--check", action="store_true", help="run nothing, only look")
    chosen = ask.parse_args()
    pages = find_pages(chosen.pages)
    if not pages:
        sys.exit(f"There is no such page in {FOLDER.name}/.")
    return sum([not (is_settled(page) if chosen.check else run_and_store(page)) for page in pages])


def find_pages(beginnings: list[str], folder: Path = FOLDER) -> list[Path]:
    """List the notebooks whose names begin with one of the given strings, in the book's order."""
    return [p for p in sorted(folder.glob("*.ipynb")) if not beginnings or p.name.startswith(tuple(beginnings))]


def is_settled(page: Path) -> bool:
    """Tell whether settling would leave the file as it is, and say so when not."""
    settled = page.read_text(encoding="utf-8") == as_text(settle(read(page)))
    if not settled:
        print(f"{page.name}: not in the settled form (saved by hand?); `make notebooks ONLY={page.name}` stores it so")
    return settled


def run_and_store(page: Path) -> bool:
    """Run a page from a fresh kernel and store it; leave the file alone and tell why if anything went wrong."""
    since = time.monotonic()
    notebook = read(page)
    if absent := missing(notebook):
        print(f"{page.name}: left as it was, since its outputs come from {absent}, missing here: {frameworks.HOW}")
        return False
    try:
        run(notebook)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        print(f"{page.name}: FAILED, and left as it was\n{error}", flush=True)
        return False
    noise = [position for position, cell in enumerate(notebook.cells) if writes_to_stderr(cell)]
    if noise:
        print(f"{page.name}: FAILED, and left as it was: cells {noise} write to stderr", flush=True)
        return False
    text = as_text(settle(notebook))
    changed = text != page.read_text(encoding="utf-8")
    if changed:
        store(page, text)
    print(f"{page.name}: {time.monotonic() - since:.1f} s, {'stored' if changed else 'unchanged'}", flush=True)
    return True


def read(page: Path) -> NotebookNode:
    """Read a notebook, upgraded to the present format, every cell with an id of its own."""
    # Not nbformat.reads: it gives a cell whose id is missing or doubled a new one by chance.
    notebook = nbformat.v4.reads(page.read_text(encoding="utf-8"))
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: set[str] = set()
    for position, cell in enumerate(notebook.cells):
        if not cell.get("id") or cell["id"] in seen:
            cell["id"] = hashlib.sha256(f"{position} {cell.source}".encode()).hexdigest()[:8]
        seen.add(cell["id"])
    return notebook


def run(notebook: NotebookNode, folder: Path = FOLDER, *, store_widget_state: bool = False) -> None:
    """Run all cells in a new kernel, as a reader in the folder would, with none of the user's own IPython settings."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as private:
        NotebookClient(
            notebook,
            timeout=SECONDS_PER_CELL,
            kernel_name=KERNEL["name"],
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            store_widget_state=store_widget_state,
        ).execute(env={**os.environ, "IPYTHONDIR": private})


def missing(notebook: NotebookNode) -> str:
    """Name what the page's cells need by their tags and is not installed."""
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", []) if tag.startswith("needs-")}
    absent = {package for tag in tags for package in frameworks.missing(tag.removeprefix("needs-"))}
    return " and ".join(sorted(absent))


def writes_to_stderr(cell: NotebookNode) -> bool:
    """Tell whether a cell's stored outputs hold a warning or anything else from stderr."""
    return any(out.get("name") == "stderr" for out in cell.get("outputs", []))


def settle(notebook: NotebookNode) -> NotebookNode:
    """Bring a notebook into the settled form, in place, without changing what it says."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: cell.metadata[k] for k in KEPT_METADATA if cell.metadata.get(k)})
        cell.pop("attachments", None) if not cell.get("attachments") else None
        if cell.cell_type == "code":
            cell.outputs = merge_streams([settle_output(out, cell.execution_count) for out in cell.outputs])
    return notebook


def settle_output(out: NotebookNode, count: int | None) -> NotebookNode:
    """Take from an output what changes from run to run."""
    out.pop("transient", None)
    if out.output_type == "execute_result":
        out.execution_count = count
    if "data" in out:
        out.data.pop(LIVE_VIEW, None)
        out.metadata.pop(LIVE_VIEW, None)
    return out


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring outputs of one stream, which a kernel splits wherever its timing has it."""
    merged: list[NotebookNode] = []
    for out in outputs:
        last: Any = merged[-1] if merged else {}
        if out.output_type == "stream" and last.get("name") == out.name:
            last.text += out.text
        else:
            merged.append(out)
    return merged


def as_text(notebook: NotebookNode) -> str:
    """Write a notebook as JSON with sorted keys and one newline at the end."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def store(page: Path, text: str) -> None:
    """Replace the file in one step, so that an interruption leaves the old page whole."""
    half = page.with_suffix(".part")
    half.write_text(text, encoding="utf-8", newline="\n")
    half.replace(page)


if __name__ == "__main__":
    sys.exit(main())
