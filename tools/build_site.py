"""Build the web edition from the stored notebooks into build/site (`make site`).

    python -m tools.build_site                 the book, as static pages
    LITE=lite REPOSITORY=https://… python -m tools.build_site      with the buttons that open a page elsewhere

What readers see are the outputs stored in notebooks/. Only for widgets that work without a kernel is a page run again,
in a copy (tools/live_widgets.py). Sphinx, myst-nb and sphinx-book-theme do the rest; a warning is an error. Nothing is
loaded from elsewhere when a page is read: MathJax comes from a Python package and sets the formulas here
(tools/formulas.py), the widgets' scripts come from this one. tools/site_search.py writes what search looks in, and
tools/lighten.py takes out of the pages what a reader does not need.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from importlib import import_module
from itertools import groupby
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import nbformat
from nbformat import NotebookNode

from lstm_helpers.figures.style import COLOURS
from tools import formulas, gallery, lighten, live_widgets, site_search
from tools.extensions import page_header
from tools.readme import layers, sentence

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "docs" / "site"
SOURCE = ROOT / "build" / "site-source"
SITE = ROOT / "build" / "site"
SHORT = 100  # letters of a line that leads on to what stands below it; as in predict.js


def main() -> int:
    """Gather the sources, let Sphinx build them, and say what was left out; return Sphinx's verdict."""
    since = time.monotonic()
    pages = sorted((ROOT / "notebooks").glob("*.ipynb"))
    gather(pages)
    failed = build()
    if failed:
        return failed
    repair(SITE)
    site_search.write(SITE)  # from TeX, before formulas are set
    formulas.write(SITE)
    lighten.lighten(SITE)
    for page in pages:  # what a reader takes home is the notebook as it is in the repository
        shutil.copy(page, SITE / "_sources" / "notebooks" / page.name)
    (SITE / ".nojekyll").touch()
    files = [path for path in SITE.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    lines = [f"No button for {line}." for line in page_header.missing()]
    lines.append("External links, listed and not followed: " + ("  ".join(external(SITE)) or "none"))
    lines.append(
        f"build/site/index.html: {len(pages)} pages of the book, {size:.0f} MB, {time.monotonic() - since:.0f} s."
    )
    (SITE.parent / "site-report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    say("\n".join(lines))
    return 0


def gather(pages: list[Path]) -> None:
    """Write all that Sphinx reads into build/site-source."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    (SOURCE / "notebooks").mkdir(parents=True)
    carried = SOURCE / "carried"
    live = live_widgets.collect(pages)
    (carried / "widgets").mkdir(parents=True)
    for name in sorted({one["widget"] for cells in live.values() for many in cells.values() for one in many}):
        (carried / "widgets" / f"{name}.js").write_text(live_widgets.script(name), encoding="utf-8")
    (carried / "favicon.svg").write_text(favicon(), encoding="utf-8")
    for page in pages:
        notebook = for_the_web(read(page), live[page.stem])
        nbformat.write(notebook, SOURCE / "notebooks" / page.name)
        if page == pages[0]:
            cover = notebook.cells[min(live[page.stem])]  # the first living widget of the first page
    more = sorted((ROOT / "docs").glob("*.md"))  # for teachers, say
    names = {text.stem: text.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ") for text in more}
    filling = {
        "%CHAPTERS%": contents(pages),
        "%RUN%": ways(),
        "%MORE%": "\n".join(f"- [{title}]({name}.md)" for name, title in names.items()),
        "%MORE-NAMES%": "\n".join(names),
        "%GALLERY%": gallery.for_the_site(SOURCE / "gallery-pictures"),
    }
    for text in (*BOOK.glob("*.md"), *more):
        words = text.read_text(encoding="utf-8").replace("](../notebooks/", "](notebooks/")
        for mark, filled in filling.items():
            words = words.replace(mark, filled)
        if "%COVER%" in words:
            nbformat.write(around(cover, *words.split("%COVER%")), SOURCE / f"{text.stem}.ipynb")
        else:
            (SOURCE / text.name).write_text(words, encoding="utf-8")
    write_api(SOURCE / "api")


def favicon() -> str:
    """Fill the book's colours into its icon."""
    drawing = (BOOK / "favicon.svg").read_text(encoding="utf-8")
    return re.sub("%([a-z])%", lambda found: COLOURS[found[1]], drawing)


def build() -> int:
    """Call Sphinx on what was gathered."""
    shutil.rmtree(SITE, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "--builder=html", "--fail-on-warning", "--keep-going", "--quiet"]
    command += ["--jobs=2", f"--conf-dir={BOOK}", "--fresh-env", f"--doctree-dir={ROOT / 'build' / 'site-doctrees'}"]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    return subprocess.run([*command, str(SOURCE), str(SITE)], cwd=ROOT, env=env).returncode


def repair(site: Path) -> None:
    """Repair the finished pages: arrows without words, and links to nowhere or to JSON."""
    notebook = re.compile(r'(href="[^"]*_sources/notebooks/[^"]+\.ipynb") target="_blank"')
    arrow = '<summary><span class="toctree-toggle"'
    back = re.compile(r'<a class="viewcode-back" href="([^"#]*)#([^"]*)">.*?</a>')
    places = {
        page: set(re.findall(r'id="([^"]+)"', page.read_text(encoding="utf-8"))) for page in site.glob("api/*.html")
    }
    for template in (site / "_static").glob("*.html"):  # the theme's own, no page
        template.unlink()
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")

        def if_there(link: re.Match[str], here: Path = page) -> str:
            return link[0] if link[2] in places.get((here.parent / link[1]).resolve(), ()) else ""

        repaired = notebook.sub(r"\1 download", back.sub(if_there, text))
        repaired = repaired.replace('<summary aria-label="Toggle hidden content">', "<summary>")  # it has words
        repaired = repaired.replace(arrow, arrow.replace("<summary>", '<summary aria-label="Pages below">'))
        if repaired != text:
            page.write_text(repaired, encoding="utf-8")


# --- pages


def read(page: Path) -> NotebookNode:
    """Read a notebook."""
    return nbformat.reads(page.read_text(encoding="utf-8"), as_version=4)


def for_the_web(notebook: NotebookNode, live: dict[int, list[dict[str, Any]]]) -> NotebookNode:
    """Tell myst-nb what the web edition does with each cell: words for pictures, what is folded, living widgets."""
    mark_results(notebook)
    notebook.cells[0].source = opened(notebook.cells[0].source)
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.get("tags", [])
        settings: dict[str, Any] = {}
        if "solution" in tags:
            cell.metadata["tags"] = [*tags, "hide-cell"]
            settings |= {"code_prompt_show": "Show a solution", "code_prompt_hide": "Hide the solution"}
        elif only_sets_up(cell.source):
            cell.metadata["tags"] = [*tags, "hide-input"]
            settings |= {"code_prompt_show": "Show the imports", "code_prompt_hide": "Hide the imports"}
        image: dict[str, Any] = {"alt": cell.metadata["alt"]} if cell.metadata.get("alt") else {}
        if width := width_of(cell):
            image["width"] = f"{width}px"
        if image:
            settings["image"] = image
        if settings:
            cell.metadata["mystnb"] = settings
        waiting = list(live.get(position, []))  # each output that is a widget's picture takes the next
        cell.outputs = [new for out in cell.outputs for new in with_life(out, waiting)]
    return notebook


def mark_results(notebook: NotebookNode) -> None:
    """Mark what each question's answers open, as `Predict` says: code cells and the text behind them, or a section."""
    cells = notebook.cells
    for position, cell in enumerate(cells):
        if "predict" not in cell.metadata.get("tags", []):
            continue
        cell.metadata["tags"] = [*cell.metadata["tags"], "remove-input"]
        whole_section = "section=True" in cell.source
        for result in cells[position + 1 :]:
            if result.cell_type == "code":
                if "predict" in tags_of(result):
                    break
                result.metadata["tags"] = [*tags_of(result), "result"]
                continue
            if "**Predict.**" in result.source:
                break
            heading = re.search(r"^#{1,6} ", result.source, re.MULTILINE)
            end = heading.start() if heading else len(result.source)
            text, rest = result.source[:end].strip(), result.source[end:]
            if text:
                result.source = f"``````{{container}} book-result\n{text}\n``````\n\n{rest}"
            if rest or not (whole_section or (text.endswith(":") and len(text) <= SHORT)):
                break


def tags_of(cell: NotebookNode) -> list[str]:
    """List a cell's tags."""
    return list(cell.metadata.get("tags", []))


def opened(source: str) -> str:
    """Set apart what stands below a chapter's title and promise: what one will learn, needs, and how long it takes."""
    promise, mark, rest = source.partition("\n**You will learn**")
    return f"{promise}\n```{{container}} book-opener\n{(mark + rest).strip()}\n```\n" if mark else source


def only_sets_up(source: str) -> bool:
    """Tell whether code only imports, chooses the figures' style and names constants: what a reader passes over."""
    body = ast.parse(source).body if not source.lstrip().startswith(("%", "!")) else []
    kinds = {type(node) for node in body}
    simple = all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or ast.unparse(node) == "figures.use_style()"
        or (isinstance(node, ast.Assign) and not any(isinstance(part, ast.Call) for part in ast.walk(node)))
        for node in body
    )
    return simple and bool(kinds & {ast.Import, ast.ImportFrom})


def around(cell: NotebookNode, before: str, after: str) -> NotebookNode:
    """Make the home page: what a cell shows, without its code, between two texts."""
    shown = nbformat.v4.new_code_cell(
        cell.source, outputs=cell.outputs, metadata={**cell.metadata, "tags": ["remove-input"]}
    )
    texts = [nbformat.v4.new_markdown_cell(words.strip()) for words in (before, after)]
    return nbformat.v4.new_notebook(cells=[texts[0], shown, texts[1]])


def with_life(out: NotebookNode, waiting: list[dict[str, Any]]) -> list[NotebookNode]:
    """Put behind a widget's picture what brings it to life, or the word that it needs Python."""
    name = live_widgets.widget_of(out)
    if not name:
        return [out]
    if live_widgets.alone(name):
        data = json.dumps(waiting.pop(0), separators=(",", ":")).replace("</", "<\\/")
        words = f'<div class="book-live"><script type="application/json">{data}</script></div>'
    else:
        words = (
            '<p class="book-still-only">A still picture: this widget computes in Python. Run the chapter to use it.</p>'
        )
    return [out, nbformat.v4.new_output("display_data", {"text/html": words})]


def width_of(cell: NotebookNode) -> int | None:
    """Return the width in CSS pixels that the cell's pictures were made for, if they say so."""
    for out in cell.outputs:
        if width := out.get("metadata", {}).get("image/png", {}).get("width"):
            return int(width)
    return None


def about(page: Path) -> tuple[str, str, str]:
    """Return a page's title, its promise and its minutes."""
    first = read(page).cells[0].source
    title, promise = re.match(r"# (.+)\n+((?:.+\n?)+)", first).groups()  # type: ignore[union-attr]
    minutes = re.search(r"\*\*Minutes\*\* *([^\n]*)", first)
    return title.strip(), " ".join(promise.split()), minutes[1] if minutes else ""


def contents(pages: list[Path]) -> str:
    """Write the cover's list of chapters, part by part, and the tables of contents that order the site."""
    text = []
    for part, members in groupby(pages, lambda page: page_header.part_of(page.name)):
        rows, entries = [], []
        for page in members:
            title, promise, minutes = about(page)
            number = page.stem.partition("_")[0]
            long = f" · {minutes} min" if minutes else ""
            rows.append(f"- **[{number} {title}](notebooks/{page.name})**{long}  \n  {promise}")
            entries.append(f"{number} {title} <notebooks/{page.stem}>")
        toc = "\n".join(["```{toctree}", ":hidden:", f":caption: {part}", "", *entries, "```"])
        text += [f"### {part}", "\n".join(rows), toc]
    return "\n\n".join(text)


def ways() -> str:
    """Say where a page can be run, as far as it is known."""
    ways = []
    if page_header.lite():
        ways.append(
            "- **Browser edition**: Python itself runs in your browser; nothing is installed, no server is asked."
        )
    names = [name for name, _ in page_header.places("00_start_here")]
    if "Binder" in names:
        ways.append("- **Binder** starts a JupyterLab for you on a public server; that takes a minute or two.")
    if "Colab" in names:
        ways.append(
            "- **Colab** opens the notebook alone, without its package. Run this in a first cell: "
            f"`%pip install git+{page_header.repository()}`"
        )
    return "\n".join(ways)


# --- the package


def write_api(folder: Path) -> None:
    """Write one page for each module of the package, in the order in which they rest on each other."""
    folder.mkdir()
    names = layers()
    rows = []
    for name in names:
        module = import_module(f"lstm_helpers.{name}")
        (folder / f"{name}.rst").write_text(module_page(module), encoding="utf-8")
        rows.append(f"- {{doc}}`{name}`: {sentence(module)}")
    toc = "\n".join(["```{toctree}", ":hidden:", "", *names, "```"])
    text = (BOOK / "api" / "index.md").read_text(encoding="utf-8")
    (folder / "index.md").write_text(text.replace("%MODULES%", "\n".join(rows) + f"\n\n{toc}"), encoding="utf-8")


def module_page(module: ModuleType) -> str:
    """Write a module's page; a package that offers modules gets a section for each, those on the sidelines last."""
    offered = [value for value in getattr(module, "CELLS", ()) if isinstance(value, ModuleType)]
    if offered:
        others = {one.name for one in iter_modules(module.__path__)}
        others -= {one.__name__.rpartition(".")[2] for one in offered}
        offered += [import_module(f"{module.__name__}.{name}") for name in sorted(others)]
    text = [*headline(module.__name__, "="), f".. automodule:: {module.__name__}", ""]
    if offered:
        text.insert(-1, "   :no-members:")
    for one in offered:
        text += [*headline(one.__name__.partition(".")[2], "-"), f".. automodule:: {one.__name__}", ""]
    return "\n".join(text)


def headline(words: str, mark: str) -> list[str]:
    """Write a heading in reStructuredText."""
    return [words, mark * len(words), ""]


# --- what is linked


def external(site: Path) -> list[str]:
    """List the addresses outside the site that its pages link to."""
    found: set[str] = set()
    for page in site.rglob("*.html"):
        found |= set(re.findall(r'<a [^>]*href="(https?://[^"]+)"', page.read_text(encoding="utf-8")))
    return sorted(found)


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
