"""What can be checked about the web edition without building it: its settings, its papers, its widgets."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from lstm_helpers import widgets
from tools import build_site
from tools.extensions import page_header

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "docs" / "site"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAPERS = (BOOK / "bibliography.md").read_text(encoding="utf-8")
YEAR = r"(?P<year>(?:19|20)\d\d)"
NAME = r"(?P<name>[A-Z][\w’'-]+)"
CITED = re.compile(rf"{NAME}(?:(?:, [A-Z][\w-]+)* and [A-Z]?[\w-]+| et al\.)?,? \(?{YEAR}(?:[,)]|\b(?=\)))", re.UNICODE)
NO_PAPERS = {"El", "Niño", "Hawaii", "Peru", "January", "March", "Press"}


@pytest.fixture
def header(monkeypatch):
    for name in ("REPOSITORY", "LITE", "BRANCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(page_header, "BRANCH", "main")
    return page_header


def cited(text: str) -> set[tuple[str, str]]:
    return {(one["name"], one["year"]) for one in CITED.finditer(text) if one["name"] not in NO_PAPERS}


def listed(name: str, year: str) -> bool:
    entries = re.split(r"\n(?=- )", PAPERS)
    return any(re.search(rf"\b{name}\b", entry.split("*")[0]) and year in entry for entry in entries)


def test_every_paper_that_is_named_is_in_the_bibliography():
    found = {}
    for path in (ROOT / "lstm_helpers").rglob("*.py"):
        docs = re.findall(r'"""(.*?)"""', path.read_text(encoding="utf-8"), re.DOTALL)
        found |= {pair: path.name for text in docs for pair in cited(re.sub(r"\s+", " ", text))}
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
        found |= {pair: path.name for text in texts for pair in cited(re.sub(r"\s+", " ", text))}
    assert len(found) > 30, "names and years are no longer found"
    absent = {f"{name} ({year}), named in {where}" for (name, year), where in found.items() if not listed(name, year)}
    assert not absent, "not in docs/site/bibliography.md"


def test_names_and_years_are_found():
    text = "see Cho et al. (2014), (Madsen, 2019) and (Gers, Schmidhuber and Cummins, 2000); El Niño (1950)"
    assert cited(text) == {("Cho", "2014"), ("Madsen", "2019"), ("Gers", "2000")}
    assert listed("Gers", "2000") and not listed("Gers", "1950") and not listed("Nobody", "2000")


def test_every_chapter_belongs_to_a_part():
    parts = list(tomllib.loads((BOOK / "book.toml").read_text(encoding="utf-8"))["parts"])
    assert parts == sorted(parts)
    for notebook in NOTEBOOKS:
        assert notebook.name >= parts[0], notebook.name


def test_buttons_need_an_address_and_nothing_is_invented(header, monkeypatch):
    monkeypatch.setattr(header, "repository", lambda: "")
    assert header.places("03_open_the_gates") == []
    assert [line.split(":")[0] for line in header.missing()] == ["Binder and Colab", "the browser edition"]
    monkeypatch.setenv("LITE", "lite/")
    assert header.places("03_x") == [("Browser edition", "lite/lab/index.html?path=03_x.ipynb")]
    monkeypatch.setattr(header, "repository", lambda: "https://github.com/some/book")
    assert dict(header.places("03_x")) == {
        "Browser edition": "lite/lab/index.html?path=03_x.ipynb",
        "Binder": "https://mybinder.org/v2/gh/some/book/main?urlpath=lab%2Ftree%2Fnotebooks%2F03_x.ipynb",
        "Colab": "https://colab.research.google.com/github/some/book/blob/main/notebooks/03_x.ipynb",
    }
    assert header.missing() == []
    monkeypatch.setattr(header, "repository", lambda: "https://gitlab.com/some/book")
    assert dict(header.places("03_x"))["Binder"].startswith("https://mybinder.org/v2/gl/some%2Fbook/main")
    assert "Colab" not in dict(header.places("03_x"))
    monkeypatch.setattr(header, "repository", lambda: "https://example.org/git/book")
    assert list(dict(header.places("03_x"))) == ["Browser edition"]


def test_the_repository_is_read_from_where_it_is_known(header, monkeypatch, tmp_path):
    monkeypatch.setattr(header, "ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    (tmp_path / "CITATION.cff").write_text("title: x\n", encoding="utf-8")
    assert header.repository() == ""
    monkeypatch.setenv("REPOSITORY", "https://github.com/a/environment.git")
    assert header.repository() == "https://github.com/a/environment"
    (tmp_path / "CITATION.cff").write_text("repository-code: https://github.com/a/cited/\n", encoding="utf-8")
    assert header.repository() == "https://github.com/a/cited"
    urls = "[project]\nname = 'x'\n[project.urls]\nRepository = 'https://github.com/a/listed'\n"
    (tmp_path / "pyproject.toml").write_text(urls, encoding="utf-8")
    assert header.repository() == "https://github.com/a/listed"


def test_widgets_that_ask_python_say_so_and_others_do_not_ask():
    for name in widgets.__all__:
        kind = getattr(widgets, name)
        script = str(kind._esm).replace("function whenKernelGoes", "")
        speaks = bool(re.search(r"model\.send\(|whenKernelGoes\(model,", script))
        assert kind._needs_python == speaks, name


def test_the_icon_is_drawn_in_the_houses_colours(monkeypatch):
    monkeypatch.setattr(build_site, "COLOURS", {"i": "#111111", "f": "#222222", "o": "#333333", "c": "#444444"})
    drawing = build_site.favicon()
    assert "%" not in drawing and all(colour in drawing for colour in build_site.COLOURS.values())


@pytest.mark.parametrize("section", [False, True])
def test_an_answer_opens_the_result_or_the_rest_of_its_section(section):
    def code(source, *tags):
        return v4.new_code_cell(source, metadata={"tags": list(tags)})

    call = f"Predict('yes', 'no'{', section=True' * section})"
    cells = [code(call, "predict"), code("1"), v4.new_markdown_cell("No."), v4.new_markdown_cell("Why? " * 30)]
    cells += [code("2"), v4.new_markdown_cell("So.\n\n## Next\n\nOn."), code("3")]
    notebook = v4.new_notebook(cells=cells)
    build_site.mark_results(notebook)
    opens = ["result" in cell.metadata.get("tags", []) or "book-result" in cell.source for cell in notebook.cells]
    assert opens == [False, True, True, *[section] * 3, False]
    assert notebook.cells[5].source.endswith("## Next\n\nOn.")


def test_the_next_question_is_no_part_of_a_result():
    asks = v4.new_code_cell("Predict('yes', 'no', section=True)", metadata={"tags": ["predict"]})
    text = v4.new_markdown_cell("More.\n\n**Predict.** And now?")
    notebook = v4.new_notebook(cells=[asks, v4.new_code_cell("1"), text])
    build_site.mark_results(notebook)
    assert notebook.cells[1].metadata["tags"] == ["result"]
    assert "book-result" not in notebook.cells[2].source
