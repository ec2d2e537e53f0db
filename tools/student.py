"""Hand out the pages without their solutions, and collect results (`make student`).

    python -m tools.student                      build/student: a folder to hand out
    python -m tools.student --run [03 05]        the same, and every page (or these) is run from a fresh kernel
    python -m tools.student --collect FOLDER     a table of what handed-in pages say, as CSV; runs nothing

A cell tagged ``solution`` is left out; everything else stays, the stored outputs and the checks too. No later cell
uses a name that a solution bound (a test holds that), so what is left still runs from top to bottom. A sentence that
promises what students do not have is put in other words, which tools/student_words.toml keeps beside it.
"""

import argparse
import csv
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import lite, notebooks, release

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "build" / "student"
CHECK = re.compile(r"^(?:\w+ = )?exercises\.(\w+)\.check\(", re.MULTILINE)
WORDS = tomllib.loads(Path(__file__).with_name("student_words.toml").read_text(encoding="utf-8"))["change"]
# What a student's folder does not have, and a page in it must not promise.
LACKS = re.compile(
    r"\bfolded\b|\bmake (?:lab|test|bench|notebooks|site|lite|student)\b"
    r"|(?<![\w/])(?:tools|docs|tests|benchmarks|locks)/"
    r"|\bgit (?:checkout|clone|pull)|web edition|browser edition|the book's tests|the package's tests do|\brepository\b"
    r"|[Ss]olutions? (?:below|above|cell|use|follow|stand)|three dots|\[frameworks\]|CONTRIBUTING|CHANGELOG",
)
TELLS = ("not run", "not passed", "passed")  # of one exercise, the best of its cells counts
READ_ME = """# {title}: pages to work on

Read a page, decide on an answer before you run a cell, and do the exercises at its end. The cell after an exercise
checks your answer and says what may be wrong with it; you can try as often as you like.

With conda: `conda env create -f environment.yml`, then `conda activate lstm-book`. With pip, in a virtual environment:
`pip install jupyterlab ./{wheel}`. Then: `jupyter lab notebooks/00_start_here.ipynb`.

To hand in a page: run all its cells from top to bottom, save it, and give back the file.

## When something fails

- **`No module named lstm_helpers`:** JupyterLab was started from another environment. Activate the one in which you
  installed the wheel, start JupyterLab there, and choose the kernel "Python 3 (ipykernel)".
- **A widget shows only a picture, or an error:** that is the stored page. Choose *Run → Run All Cells*; if that does
  not help, reload the page in the browser once.
- **`NameError`:** an earlier cell has not been run since the kernel started. Choose *Run → Run All Cells*.
- **A cell runs for ever:** the button ■ stops it. *Kernel → Restart Kernel* always does.
- **No browser opens:** copy the address that JupyterLab prints in the terminal.
- **You want the page as it was:** take it again from where you got this folder.
"""


def main() -> int:
    """Read the command line, and hand out or collect; return how many pages failed."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--run", nargs="*", metavar="PAGE", help="run the pages, or those whose names begin so")
    ask.add_argument("--collect", type=Path, metavar="FOLDER", help="where handed-in pages are, in any folders below")
    chosen = ask.parse_args()
    if chosen.collect:
        write_table(collected(chosen.collect))
        return 0
    hand_out(OUTPUT)
    return 0 if chosen.run is None else run_all(OUTPUT / "notebooks", chosen.run)


def hand_out(output: Path) -> None:
    """Write the folder to hand out, in place of an earlier one."""
    shutil.rmtree(output, ignore_errors=True)
    (output / "notebooks").mkdir(parents=True)
    left_out, wrong = 0, list[str]()
    for page in sorted((ROOT / "notebooks").glob("*.ipynb")):
        whole = nbformat.read(page, as_version=4)
        stripped = without_solutions(whole)
        wrong += in_students_words(stripped, page.name)
        left_out += len(whole.cells) - len(stripped.cells)
        text = nbformat.writes(stripped) + "\n"
        (output / "notebooks" / page.name).write_text(text, encoding="utf-8", newline="\n")
    if wrong:
        shutil.rmtree(output)
        sys.exit("\n".join(["Nothing was handed out (see tools/student_words.toml):", *wrong]))
    wheel = release.build(output, "wheel")
    own = (ROOT / "environment.yml").read_text(encoding="utf-8").replace("- -e .", f"- ./{wheel.name}")
    (output / "environment.yml").write_text(own, encoding="utf-8")
    title = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    (output / "README.md").write_text(READ_ME.format(title=title, wheel=wheel.name), encoding="utf-8")
    print(f"{lite.shown(output)}: the pages without {left_out} solutions, the package and environment.yml")


def without_solutions(notebook: NotebookNode) -> NotebookNode:
    """Return a copy that lacks the cells tagged ``solution``, counted anew; nothing else changes."""
    copy = nbformat.from_dict(notebook)
    copy.cells = [cell for cell in copy.cells if "solution" not in cell.metadata.get("tags", [])]
    counted = [cell for cell in copy.cells if cell.cell_type == "code" and cell.execution_count]
    for count, cell in enumerate(counted, 1):
        cell.execution_count = count
        for out in cell.outputs:
            if "execution_count" in out:
                out.execution_count = count
    return copy


def in_students_words(notebook: NotebookNode, name: str) -> list[str]:
    """Put a page without solutions in words that promise only what students have; return what could not be."""
    wrong = []
    for change in WORDS:
        if name.startswith(change["page"]):
            cells = [cell for cell in notebook.cells if change["book"] in cell.source]
            if len(cells) != 1 or cells[0].source.count(change["book"]) != 1:
                wrong.append(f"{name}: these words stand there {len(cells)} times, expected once: {change['book']}")
            for cell in cells:
                cell.source = cell.source.replace(change["book"], change["student"])
    for cell in notebook.cells:
        texts = [cell.source, *(shown_text(out) for out in cell.get("outputs", []))]
        lines = [line for text in texts for line in text.splitlines() if LACKS.search(line)]
        wrong += [f"{name}: promises what students do not have, {LACKS.search(line)[0]!r}: {line}" for line in lines]  # type: ignore[index]
    return wrong


def shown_text(out: NotebookNode) -> str:
    """Give the words of an output."""
    return str(out.get("text") or out.get("data", {}).get("text/plain", ""))


def run_all(folder: Path, beginnings: list[str]) -> int:
    """Run the handed-out pages, each from a fresh kernel, and return how many failed; the files stay as they are."""
    failed = 0
    for page in notebooks.find_pages(beginnings, folder):
        notebook = nbformat.read(page, as_version=4)
        try:
            notebooks.run(notebook, folder)
            trouble = [str(k) for k, cell in enumerate(notebook.cells) if notebooks.writes_to_stderr(cell)]
            said = f"cells {', '.join(trouble)} write to stderr" if trouble else ""
        except Exception as error:
            said = str(error).strip()
        failed += bool(said)
        print(f"{page.name}: {'FAILED' if said else 'runs'} {said}".rstrip(), flush=True)
    return failed


def collected(folder: Path) -> Iterator[dict[str, str]]:
    """Tell for every page below the folder which of its checks passed, by what is stored in it; nothing is run."""
    for path in sorted(folder.rglob("*.ipynb")):
        try:
            notebook = nbformat.read(path, as_version=4)
        except Exception as error:
            yield {
                "file": str(path.relative_to(folder)),
                "exercise": "",
                "verdict": f"not readable: {type(error).__name__}",
            }
            continue
        for exercise, verdict in checked(notebook).items():
            yield {"file": str(path.relative_to(folder)), "exercise": exercise, "verdict": verdict}


def checked(notebook: NotebookNode) -> dict[str, str]:
    """Tell of each exercise on a page whether its check was run and passed."""
    found: dict[str, str] = {}
    for cell in notebook.cells:
        for name in CHECK.findall(cell.source) if cell.cell_type == "code" else ():
            said = " ".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs)
            verdict = TELLS[0] if not said else TELLS[2] if said.startswith("Right.") else TELLS[1]
            found[name] = max(found.get(name, verdict), verdict, key=TELLS.index)
    return found


def write_table(rows: Iterator[dict[str, str]]) -> None:
    """Print the rows as CSV."""
    table = csv.DictWriter(sys.stdout, ["file", "exercise", "verdict"], lineterminator="\n")
    table.writeheader()
    table.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
