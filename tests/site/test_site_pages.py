"""The web edition as files: what it holds, in which order, with which words, and that every link leads somewhere."""

import ast
import itertools
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from lstm_helpers import widgets

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SETTINGS = tomllib.loads((ROOT / "docs" / "site" / "book.toml").read_text(encoding="utf-8"))
each_chapter = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@cache
def soup(path: Path):
    from bs4 import BeautifulSoup

    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def page_of(site: Path, notebook: Path):
    return soup(site / "notebooks" / f"{notebook.stem}.html")


def article(page):
    return page.select_one("article.bd-article")


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def title(notebook: Path) -> str:
    first = nbformat.read(notebook, as_version=4).cells[0].source
    return f"{notebook.stem.partition('_')[0]} {first.split(chr(10), 1)[0].removeprefix('# ')}"


def code_cells(notebook: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]


def test_the_build_says_which_buttons_it_left_out_and_lists_what_is_outside(said, site):
    buttons = soup(site / "notebooks" / f"{NOTEBOOKS[0].stem}.html").select_one(".article-header-buttons")
    for name, of in (("Binder", "Binder and Colab"), ("Browser edition", "the browser edition")):
        assert (name in buttons.get_text()) != (f"No button for {of}" in said)
    assert "External links, listed and not followed:" in said


def test_chapters_stand_in_order_under_their_parts(site):
    sidebar = soup(site / "index.html").select_one("nav.bd-links")
    parts, found = [], []
    for node in sidebar.select("p.caption, li > a"):
        if node.name == "p":
            parts.append(node.get_text(strip=True))
        elif "notebooks/" in node["href"]:
            found.append((parts[-1], node.get_text(" ", strip=True), node["href"]))
    assert [(text, href) for _, text, href in found] == [(title(n), f"notebooks/{n.stem}.html") for n in NOTEBOOKS]
    for part, text, _ in found:
        assert part == [name for first, name in SETTINGS["parts"].items() if first <= text][-1]
    assert parts == [*SETTINGS["parts"].values(), "Reference"]


def test_next_leads_from_the_cover_through_every_chapter_and_previous_back(site):
    names, here = [], site / "index.html"
    while link := soup(here).select_one("a.right-next"):
        there = (here.parent / link["href"]).resolve()
        back = soup(there).select_one("a.left-prev")
        assert (there.parent / back["href"].split("#")[0]).resolve() == here.resolve()
        names.append(there.stem)
        here = there
    chapters = [name for name in names if re.match(r"\d\d_|[A-Z]_", name)]
    assert chapters == [notebook.stem for notebook in NOTEBOOKS] and names[: len(chapters)] == chapters


def test_the_cover_lists_every_chapter_with_its_promise_and_minutes(site):
    text = article(soup(site / "index.html")).get_text(" ", strip=True)
    text = text.translate(str.maketrans("“”’", '""\''))  # the site sets quotation marks as printers do
    for notebook in NOTEBOOKS:
        first = nbformat.read(notebook, as_version=4).cells[0].source
        minutes = re.search(r"\*\*Minutes\*\* *(\d+)", first)
        assert title(notebook) in text, notebook.stem
        assert first.split("\n\n")[1][:25].replace("*", "") in text
        assert not minutes or f"· {minutes[1]}" in text


@each_chapter
def test_every_stored_picture_is_there_with_its_words(site, notebook):
    images = [image for image in article(page_of(site, notebook)).select(".cell_output img")]
    expected = [
        cell.metadata["alt"]
        for cell in code_cells(notebook)
        for out in cell.outputs
        if "image/png" in out.get("data", {})
    ]
    assert [image["alt"] for image in images] == expected
    for image in images:
        assert (site / "notebooks" / image["src"]).resolve().is_file()


def test_no_picture_is_without_words(site):
    for path in pages(site):
        for image in soup(path).select("img"):
            assert image.get("alt", "").strip(), f"{path.relative_to(site)}: {image}"


@each_chapter
def test_texts_outputs_and_mathematics_are_there(site, notebook):
    text = re.sub(r"\s+", " ", article(page_of(site, notebook)).get_text())
    for cell in code_cells(notebook):
        for line in cell.source.splitlines() if "predict" not in cell.metadata.get("tags", []) else ():
            assert re.sub(r"\s+", " ", line.strip()) in text
        for out in cell.outputs:
            if out.output_type == "stream":
                assert re.sub(r"\s+", " ", out.text.strip()) in text
    assert "$$" not in text


@each_chapter
def test_solutions_are_folded(site, notebook):
    solutions = [cell for cell in code_cells(notebook) if "solution" in cell.metadata.get("tags", [])]
    folded = article(page_of(site, notebook)).select(".tag_solution details")
    assert len(folded) == len(solutions)
    for cell, details in zip(solutions, folded, strict=True):
        assert not details.has_attr("open") and details.select_one("summary").get_text(strip=True)
        assert cell.source.splitlines()[0].strip() in details.get_text()


@each_chapter
def test_imports_are_folded_and_nothing_else(site, notebook):
    folded = article(page_of(site, notebook)).select(".cell:not(.tag_solution) details")
    assert folded and "import" in folded[0].get_text()
    for details in folded:
        assert not details.has_attr("open") and "Show the imports" in details.select_one("summary").get_text()
        code = ast.parse(details.select_one(".cell_input").get_text())
        calls = [ast.unparse(node) for node in ast.walk(code) if isinstance(node, ast.Call)]
        assert calls in ([], ["figures.use_style()"])
    for cell in code_cells(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if lines and all(line.startswith(("import ", "from ")) for line in lines):
            assert any(lines[0] in details.get_text() for details in folded)


def test_the_home_page_shows_the_covers_first_widget_before_any_code(site):
    page = article(soup(site / "index.html"))
    cover = article(soup(site / "notebooks" / "00_start_here.html"))
    assert page.select_one(".book-live").get_text() == cover.select_one(".book-live").get_text()
    assert page.select_one("img")["alt"] == cover.select_one(".cell_output img")["alt"]
    before = [
        node.name for node in page.select_one(".cell").find_all_previous(["h1", "p", "pre"]) if page in node.parents
    ]
    assert before == ["p", "h1"] and not page.select("pre")


@each_chapter
def test_widgets_have_what_they_need_or_say_that_they_need_python(site, notebook):
    outs = [out.get("data", {}) for cell in code_cells(notebook) for out in cell.outputs]
    with_words = [data for data in outs if {"image/png", "text/markdown"} & set(data)]
    names = [data.get("text/plain", "").split("(")[0] for data in with_words]
    shown = [name for name in names if name in widgets.__all__]
    part = article(page_of(site, notebook))
    living = [json.loads(one.select_one("script").string)["widget"] for one in part.select(".book-live")]
    assert living == [name for name in shown if not getattr(widgets, name)._needs_python]
    assert len(part.select(".book-still-only")) == len(shown) - len(living)
    assert all((site / "_static" / "widgets" / f"{name}.js").is_file() for name in living)


@each_chapter
def test_the_notebook_to_take_home_is_the_repositorys(site, notebook):
    link = page_of(site, notebook).select_one(".article-header-buttons a[href$='.ipynb']")
    assert link.has_attr("download") and link["title"] == "Download this notebook"
    taken = (site / "notebooks" / link["href"]).resolve()
    assert taken.name == notebook.name and taken.read_bytes() == notebook.read_bytes()


def test_headings_are_in_order_and_begin_with_one_title(site):
    for path in pages(site):
        titles = soup(path).select("main :is(h1, h2, h3, h4, h5, h6)")
        levels = [int(node.name[1]) for node in titles if not node.find_parent(class_="onlyprint")]
        where = path.relative_to(site)
        assert levels and levels[0] == 1 and levels.count(1) == 1, f"{where}: {levels}"
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), f"{where}: {levels}"


def anchors(path: Path) -> set[str]:
    page = soup(path)
    return {node["id"] for node in page.select("[id]")} | {node["name"] for node in page.select("a[name]")}


@cache
def anchors_of(path: Path) -> set[str]:
    return anchors(path)


def links(page) -> Iterator[str]:
    for node in page.select("[href], [src]"):
        yield node.get("href", node.get("src"))


def test_every_link_of_the_site_leads_to_a_file_and_a_place_in_it(site):
    checked = 0
    for path in pages(site):
        for link in links(soup(path)):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert there.is_relative_to(site.resolve()), f"{path.relative_to(site)} links out of the site: {link}"
            assert there.is_file(), f"{path.relative_to(site)} links to {link}"
            if parts.fragment and there.suffix == ".html":
                assert unquote(parts.fragment) in anchors_of(there), f"{path.relative_to(site)} links to {link}"
            checked += 1
    assert checked > 1000


def test_pages_load_nothing_from_elsewhere(site):
    for path in pages(site):
        for node in soup(path).select("script[src], link[href], img[src], iframe, source[src]"):
            address = node.get("src", node.get("href", ""))
            if "canonical" not in (node.get("rel") or []):
                assert not re.match(r"(https?:)?//", address), f"{path.relative_to(site)} loads {address}"
    for style in site.rglob("*.css"):
        found = re.findall(r"(?:@import|url\()\s*[\"']?((?:https?:)?//[^\"')]+)", style.read_text(encoding="utf-8"))
        assert not found, f"{style.relative_to(site)} loads {found}"


def test_no_page_names_the_machine_it_was_built_on(site):
    machine = re.compile("/" + r"(?:root|work|Users|home)/\w|/tmp/\w")
    for path in pages(site):
        found = machine.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(site)} holds {found[0]}"


def test_the_package_is_described_whole(site):
    import importlib
    import pkgutil

    import lstm_helpers

    for module in pkgutil.iter_modules(lstm_helpers.__path__):
        page = soup(site / "api" / f"{module.name}.html")
        there = {node["id"] for node in page.select("dt[id]")}
        own = importlib.import_module(f"lstm_helpers.{module.name}")
        offered = getattr(own, "__all__", None) or [
            name
            for name, value in vars(own).items()
            if callable(value) and getattr(value, "__module__", "") == own.__name__ and not name.startswith("_")
        ]
        for name in offered:
            value = getattr(own, name)
            if callable(value) and getattr(value, "__doc__", None):
                assert any(one.endswith(f".{name}") for one in there), f"{module.name}.{name} is not described"
    lstm = article(soup(site / "api" / "cells.html")).get_text(" ")
    assert "'D 4H'" in " ".join(lstm.split()) and "c_t = f * c_{t-1} + i * g" in lstm


def test_the_list_of_papers_is_there(site):
    text = article(soup(site / "bibliography.html")).get_text(" ")
    assert text.count("doi:") + text.count("arXiv:") > 35 and "Hochreiter" in text
