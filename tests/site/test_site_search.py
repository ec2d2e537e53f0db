"""What a reader finds by the search of the web edition: chapters before the package, in the book's own words."""

import json
import re
import tomllib
from urllib.parse import quote

import pytest

from tests.site.conftest import ROOT

FIRST = {
    "cell state": "06_compare_cell_and_hidden_state",
    "hidden state": "06_compare_cell_and_hidden_state",
    "forget gate": "03_open_the_gates",
    "input gate": "03_open_the_gates",
    "half-life": "03_open_the_gates",
    "activation function": "02_turn_soft_switches",
    "sigmoid": "02_turn_soft_switches",
    "saturation": "02_turn_soft_switches",
    "BPTT": "07_backpropagate_through_time",
    "numerical gradient": "07_backpropagate_through_time",
    "vanishing": "09_watch_gradients_vanish",
    "vanishing gradients": "09_watch_gradients_vanish",
    "exploding": "09_watch_gradients_vanish",
    "Adam": "10_train_on_long_lags",
    "learning rate": "10_train_on_long_lags",
    "gradient clipping": "10_train_on_long_lags",
    "truncated": "10_train_on_long_lags",
    "initialization": "10_train_on_long_lags",
    "sunspots": "11_forecast_a_series",
    "perplexity": "12_model_a_language",
    "temperature": "12_model_a_language",
    "ONNX": "15_match_the_frameworks",
    "PyTorch": "15_match_the_frameworks",
    "GRU": "16_change_the_cell",
    "peephole": "16_change_the_cell",
    "dropout": "17_stack_layers",
    "bidirectional": "18_read_both_ways",
    "padding mask": "18_read_both_ways",
    "attention": "19_attend_and_translate",
    "beam search": "19_attend_and_translate",
    "seq2seq": "19_attend_and_translate",
    "teacher forcing": "19_attend_and_translate",
    "notation": "A_notation",
}
THE_THEMES = (
    "System Settings",
    "On this page",
    "Skip to main content",
    "Toggle",
    "Search the book",
    "Link to this heading",
)
FOUND = """() => [...document.querySelectorAll('.book-found h2, .book-found li')].map(node => node.tagName === 'H2'
    ? node.textContent : { to: node.querySelector('a').getAttribute('href'), words: node.textContent })"""


@pytest.fixture
def index(site) -> dict:
    text = (site / "_static" / "search-index.js").read_text(encoding="utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


def test_what_is_typed_finds_the_chapter_that_treats_it_first(read):
    reader = read()
    found = {}
    for words in FIRST:
        page = reader.open(f"search.html?q={quote(words)}")
        page.wait_for_selector("#search-results li a")
        found[words] = page.evaluate(FOUND)
    assert {words: rows[1]["to"].split("#")[0] for words, rows in found.items()} == {
        words: f"notebooks/{name}.html" for words, name in FIRST.items()
    }
    for words, rows in found.items():
        heads = [row for row in rows if isinstance(row, str)]
        assert heads in (["In the book"], ["In the book", "In the package"]), words
        assert [isinstance(row, dict) for row in rows[:2]] == [False, True]
        text = " ".join(row["words"] for row in rows if isinstance(row, dict))
        assert not [one for one in (*THE_THEMES, "\\(", "\\[") if one in text], words
        pages = [
            row["to"] for row in rows[: rows.index(heads[-1]) if len(heads) > 1 else None] if isinstance(row, dict)
        ]
        assert not [to for to in pages if to.startswith(("api/", "_modules/"))], words
    assert reader.problems == []


def test_words_in_one_piece_come_before_the_same_words_apart(read):
    page = read().open("search.html")
    ranked = """() => window.lstmSearch.find({ names: [], pages: [
        ['apart', 'The state of things. A cell is a room. A state is a country. A cell is a room in a state.'],
        ['together', 'Here stands, once, the cell state of a network, with many other words around it and behind it.'],
    ].map(([url, words]) => ({ url, title: url, kind: 'chapter', also: '', sections: [['', url, words, '', '']] })) },
        'cell state').pages.map(page => page.url)"""
    assert page.evaluate(ranked) == ["together", "apart"]


def test_a_word_is_found_in_its_other_forms_and_a_name_only_as_itself(read):
    page = read().open("search.html")
    finds = """([typed, words]) => window.lstmSearch.find({ names: [], pages: [{ url: 'x', title: 'x', kind: 'chapter',
        also: '', sections: [['', 'x', words, '', '']] }] }, typed).pages.length === 1"""
    same = [("gates", "a gate"), ("vanishing", "it vanishes"), ("initialization", "initialised"), ("Nino", "El Niño")]
    same += [("half life", "the half-life"), ("LSTM", "two LSTMs"), ("backpropagation", "backpropagated")]
    other = [("GRU", "a grumble"), ("gate", "delegate"), ("mask", "masquerade"), ("(", "(a)")]
    assert [(typed, page.evaluate(finds, [typed, words])) for typed, words in same] == [
        (typed, True) for typed, _ in same
    ]
    assert [(typed, page.evaluate(finds, [typed, words])) for typed, words in other] == [
        (typed, False) for typed, _ in other
    ]


def test_typing_finds_at_once_and_the_address_remembers_it(read):
    reader = read()
    page = reader.open("notebooks/03_open_the_gates.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("peephole")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    field = page.locator(".bd-search-container input[name=q]")
    assert field.input_value() == "peephole"
    field.fill("perplexity")
    page.wait_for_function("document.querySelector('#search-results li a')?.href.includes('12_model_a_language')")
    assert page.url.endswith("?q=perplexity")
    field.fill("<b>nowhere</b>xyzzy")
    page.wait_for_function("document.querySelector('#search-results').textContent.includes('Nothing was found')")
    assert page.locator("#search-results b").count() == 0
    assert reader.problems == []


def test_a_section_that_is_found_is_opened_at_its_place(read):
    reader = read()
    page = reader.open("search.html?q=half-life")
    page.locator("#search-results li a").first.click()
    page.wait_for_url("**/notebooks/03_open_the_gates.html#half-life")
    assert page.locator("#half-life").evaluate("node => node.getBoundingClientRect().top < innerHeight / 2")


def test_names_of_the_package_are_found_by_name_and_by_what_they_do(read):
    page = read().open("search.html?q=half_life")
    page.wait_for_selector("#search-results li a")
    rows = [row for row in page.evaluate(FOUND) if isinstance(row, dict)]
    first = next(row for row in rows if row["to"].startswith("api/"))
    assert first["to"].endswith(".half_life") and "Count the steps" in first["words"]


def test_the_index_holds_the_books_words_and_nothing_of_the_theme(site, index):
    text = json.dumps(index, ensure_ascii=False)
    assert not [one for one in (*THE_THEMES, "\\\\(", "import numpy", "Download this notebook") if one in text]
    of = {page["url"]: page for page in index["pages"]}
    chapters = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert [page["url"] for page in index["pages"] if page["kind"] != "other"] == [
        f"notebooks/{name}.html" for name in chapters
    ]
    assert "Schmidhuber" in json.dumps(of["bibliography.html"], ensure_ascii=False)
    for page in index["pages"]:
        assert (site / page["url"]).is_file() and page["title"]
        there = set(re.findall(r'id="([^"]+)"', (site / page["url"]).read_text(encoding="utf-8")))
        assert {anchor for anchor, *_ in page["sections"] if anchor} <= there
    assert len(index["names"]) > 400


def test_only_the_search_page_loads_the_index(site):
    loaded = [page.name for page in site.rglob("*.html") if "search-index.js" in page.read_text(encoding="utf-8")]
    assert loaded == ["search.html"]


def test_every_keyword_belongs_to_a_chapter():
    keywords = tomllib.loads((ROOT / "docs" / "site" / "keywords.toml").read_text(encoding="utf-8"))
    assert set(keywords) <= {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
