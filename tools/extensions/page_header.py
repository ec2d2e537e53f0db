"""What stands around every page of the web edition: where it can be run, the notebook to take home, where it belongs.

The repository's address is read from pyproject.toml (`[project.urls] Repository`), then from CITATION.cff
(`repository-code`), then from the environment (REPOSITORY). Where there is none, Binder and Colab have nothing to open,
and their buttons are left out; so is the browser edition's where LITE does not name its folder.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

ROOT = Path(__file__).resolve().parents[2]
BRANCH = os.environ.get("BRANCH", "main")
BOOK = tomllib.loads((ROOT / "docs" / "site" / "book.toml").read_text(encoding="utf-8"))


def anchor(heading: str) -> str:
    """Return the fragment that JupyterLab gives a heading."""
    return re.sub(r"[*`]|\[(.*?)\]\(.*?\)", r"\1", heading).replace(" ", "-")


def repository() -> str:
    """Return the repository's public address, or nothing where none is known."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    listed = {name.lower(): address for name, address in project.get("urls", {}).items()}
    found = listed.get("repository") or citation.get("repository-code") or os.environ.get("REPOSITORY", "")
    return str(found).removesuffix(".git").rstrip("/")


def lite() -> str:
    """Return how a page is opened in the browser edition, with `{page}` to be filled in, or nothing."""
    folder = os.environ.get("LITE", "").rstrip("/")
    return f"{folder}/{BOOK['site']['lite']}" if folder else ""


def part_of(name: str) -> str:
    """Name the part of the book that a chapter belongs to: the last one that does not begin after it."""
    return str([part for first, part in BOOK["parts"].items() if first <= name][-1])


def places(page: str) -> list[tuple[str, str]]:
    """List where a notebook can be opened, name and address; addresses without a host are seen from the site's top."""
    found, home = [], repository()
    if lite():
        found.append(("Browser edition", lite().format(page=page)))
    if host := re.fullmatch(r"https://(github|gitlab)\.com/(.+)", home):
        where = "gh/" + host[2] if host[1] == "github" else "gl/" + quote(host[2], safe="")
        path = quote(f"lab/tree/notebooks/{page}.ipynb", safe="")
        found.append(("Binder", f"https://mybinder.org/v2/{where}/{BRANCH}?urlpath={path}"))
        if host[1] == "github":
            colab = f"https://colab.research.google.com/github/{host[2]}/blob/{BRANCH}/notebooks/{page}.ipynb"
            found.append(("Colab", colab))
    return found


def missing() -> list[str]:
    """Say which buttons are left out, and why."""
    lines = []
    if not repository():
        lines.append(
            "Binder and Colab: no public repository is known; give it as [project.urls] Repository in pyproject.toml, "
            "as repository-code in CITATION.cff, or as REPOSITORY=https://…"
        )
    if not lite():
        lines.append("the browser edition: LITE names no folder; give it as `make site LITE=lite`")
    return lines


def add_buttons(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Put the buttons into the header of a page that is a notebook; on others only the one that prints."""
    buttons = context.get("header_buttons")
    if buttons is None:
        return
    folder, _, name = page.rpartition("/")
    if folder == "notebooks":
        up = context["pathto"](app.config.root_doc).rsplit("/", 1)
        top = f"{up[0]}/" if len(up) == 2 else ""
        rows = [
            {"type": "link", "text": text, "tooltip": f"Run this page: {text}", "url": to if ":" in to else top + to}
            for text, to in places(name)
        ]
        rows = [{**row, "icon": "fas fa-play"} for row in rows]
        if rows:
            tip = "Run this page"
            buttons.append({"type": "group", "tooltip": tip, "icon": "fas fa-rocket", "buttons": rows, "label": "run"})
        source = f"{context['pathto']('_sources', 1)}/{page}.ipynb"
        icon = "fas fa-download"
        buttons.append({"type": "link", "url": source, "tooltip": "Download this notebook", "icon": icon, "text": ""})
        tip, do, icon = "Keys on this page", "lstmKeys.show()", "fas fa-keyboard"
        buttons.append({"type": "javascript", "javascript": do, "tooltip": tip, "icon": icon, "text": ""})
    if doctree is not None:
        tip, do = "Print this page", "window.print()"
        buttons.append({"type": "javascript", "javascript": do, "tooltip": tip, "icon": "fas fa-print", "text": ""})


def add_sections(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Put the open page's sections below its name in the list of chapters: the room beside the text is for figures."""
    chapters, sections = context.get("generate_toctree_html"), context.get("generate_toc_html")
    if chapters is None or sections is None:
        return

    def both(*args: Any, **kwargs: Any) -> str:
        here = re.compile(r'<a class="[^"]*\bcurrent\b[^"]*" href="#">.*?</a>', re.DOTALL)
        inside = sections()
        nav = (
            f'<nav id="pst-page-toc-nav" class="book-sections" aria-label="On this page">{inside}</nav>'
            if inside
            else ""
        )
        return here.sub(lambda link: link[0] + nav, str(chapters(*args, **kwargs)), count=1)

    context["generate_toctree_html"] = both


def add_place(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Say above a chapter's title which one it is."""
    folder, _, name = page.rpartition("/")
    if folder == "notebooks":
        number = name.partition("_")[0]
        words = f"{part_of(name)} · chapter {number}" if number.isdigit() else f"Appendix {number}"
        context["body"] = context["body"].replace("<h1>", f'<p class="book-eyebrow">{words}</p>\n<h1>', 1)


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx, after the theme, which begins the list of buttons and writes that of chapters."""
    for add in (add_buttons, add_sections, add_place):
        app.connect("html-page-context", add, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
