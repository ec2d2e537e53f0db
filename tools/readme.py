"""Write the README's two lists, of the pages and of the package's modules (`make readme`).

The questions are those of the table on the book's cover; what a module holds is the first sentence of its docstring.
"""

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
COVER = "00_start_here.ipynb"
ROW = re.compile(r"^\| (\w+) \| \[[^]]+\]\((\w+\.ipynb)\) \| (.+) \| [^|]+ \|$", re.MULTILINE)


def main() -> None:
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")


def written(text: str) -> str:
    """Return the README with both lists as they have to be."""
    for name, table in (("pages", pages(ROOT / "notebooks")), ("modules", modules())):
        begin, end = f"<!-- {name}: from make readme -->\n", "<!-- until here -->"
        if begin not in text or end not in text.split(begin)[1]:
            raise ValueError(f"README.md has not the two lines {begin}{end}; expected them around the list of {name}")
        before, after = text.split(begin)
        text = before + begin + table + after[after.index(end) :]
    return text


def pages(folder: Path) -> str:
    """List the pages, each with its question on the cover."""
    cells = json.loads((folder / COVER).read_text(encoding="utf-8"))["cells"]
    cover = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    questions = {page: question for _, page, question in ROW.findall(cover)}
    there = {path.name for path in folder.glob("*.ipynb")} - {COVER}
    if there != set(questions):
        raise ValueError(
            f"the table of {COVER} has no row for {sorted(there - set(questions))}, and rows for pages that are not "
            f"there, {sorted(set(questions) - there)}; expected | NN | [title](NN_page.ipynb) | question | minutes |"
        )
    questions = {COVER: "What is this book, and does it work on my machine?", **questions}
    rows = [
        f"| [{page.removesuffix('.ipynb').replace('_', ' ')}](notebooks/{page}) | {question} |"
        for page, question in sorted(questions.items())
    ]
    return "\n".join(["| page | the question |", "|---|---|", *rows, ""])


def modules() -> str:
    """List the package's modules, each with the first sentence of its docstring."""
    rows = []
    for name in layers():
        module = import_module(f"lstm_helpers.{name}")
        path = Path(str(module.__file__)).relative_to(ROOT)
        where = path.parent if path.name == "__init__.py" else path
        rows.append(f"| [`{name}`]({where.as_posix()}) | {sentence(module).replace('``', '`')} |")
    return "\n".join(["| module | what it is |", "|---|---|", *rows, ""])


def layers() -> list[str]:
    """List the package's modules, from the lowest of import-linter's layers up."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = project["tool"]["importlinter"]["contracts"]
    names = [name.strip() for layer in reversed(contract["layers"]) for name in layer.split("|")]
    package = import_module("lstm_helpers")
    assert set(names) == {module.name for module in iter_modules(package.__path__)}
    return names


def sentence(module: ModuleType) -> str:
    """Return the first sentence of a module's docstring."""
    return " ".join((module.__doc__ or "").split("\n\n", 1)[0].split())


if __name__ == "__main__":
    main()
