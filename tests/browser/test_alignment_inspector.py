"""The alignment inspector in a browser: used by keyboard, mouse and Python, and compared with the package."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lstm_helpers.widgets import AlignmentInspector
from tests.browser.test_text_inspector import CONTRAST
from tests.browser.test_widgets import FITS, ask, eventually, where_the_reader_is

WORDS = "sleep the old dogs near the cat".split(), "dogi olda kato nere slipun".split()
LETTERS = list("Wednesday, 3 September 1997"), list("1997-09-03")
DRAWN = "np.random.default_rng({}).dirichlet(np.full({}, 0.1), size={})"
CELLS = (
    "import numpy as np\nfrom lstm_helpers.widgets import AlignmentInspector",
    f"first = AlignmentInspector({WORDS[0]!r}, {WORDS[1]!r}, {DRAWN.format(0, 7, 5)}, at=2)\nfirst",
    f"AlignmentInspector({LETTERS[0]!r}, {LETTERS[1]!r}, {DRAWN.format(1, 27, 10)})",
)
LOOK = """node => {
    const look = span => {
        const { backgroundColor } = getComputedStyle(span);
        const here = span.classList.contains('lstm-here');
        return [span.firstChild.textContent, span.lastChild.textContent, backgroundColor, here];
    };
    return [...node.querySelectorAll('.lstm-tokens')].map(row => [...row.querySelectorAll('.lstm-token')].map(look));
}"""


def python_widget(tokens, seed, at=0):
    weights = np.random.default_rng(seed).dirichlet(np.full(len(tokens[0]), 0.1), size=len(tokens[1]))
    return AlignmentInspector(*tokens, weights, at)


@pytest.fixture
def page_of(lab):
    """Open a page with two inspectors, run."""

    def open_page(**options):
        lab.write("alignment_inspector_under_test", *CELLS)
        page = lab.open("alignment_inspector_under_test", **options)
        lab.run_all(page)
        page.wait_for_function("() => document.querySelectorAll('.lstm-aligned .lstm-alignment').length === 2")
        return page

    return open_page


def rgb(colour):
    return "rgb({}, {}, {})".format(*(round(255 * channel) for channel in to_rgb(colour)))


def shows(widget, same):
    """Tell whether tokens, numbers, colours, frame and sentence are those of the Python widget."""
    read, written = widget.evaluate(LOOK)
    shown = [token.replace(" ", "␣") for token in same._tokens["source"]]
    colours = [rgb(same._map[round(weight * 11)][0]) for weight in same.values]
    wanted = [[t, f"{w:.2f}", c, False] for t, w, c in zip(shown, same.values, colours, strict=True)]
    answer = [[token, t == same.at] for t, token in enumerate(same._tokens["answer"])]
    said = widget.locator(".lstm-caption").inner_text().replace("\u00a0", " ")
    return read == wanted and [[row[0], row[3]] for row in written] == answer and said == same.words


def test_the_inspector_follows_keyboard_and_mouse(lab, page_of):
    page = page_of()
    first, second = page.locator(".lstm-aligned").nth(0), page.locator(".lstm-aligned").nth(1)
    same, other = python_widget(WORDS, 0, 2), python_widget(LETTERS, 1)
    assert shows(first, same) and shows(second, other)
    place = first.get_by_label("written token", exact=True)
    place.focus()
    where = where_the_reader_is(page)
    for key, at in (("ArrowRight", 3), ("End", 4), ("ArrowLeft", 3), ("ArrowDown", 2), ("Home", 0)):
        place.press(key)
        same.at = at
        eventually(page, lambda at=at: ask(page, "first.at") == str(at))
        assert shows(first, same), key
    first.locator("span[data-t='4']").hover()
    same.at = 4
    eventually(page, lambda: ask(page, "first.at") == "4")
    assert shows(first, same) and shows(second, other)
    first.locator("span[data-t='1']").click()
    same.at = 1
    eventually(page, lambda: ask(page, "first.at") == "1")
    assert shows(first, same) and where_the_reader_is(page) == where
    eventually(page, lambda: "Written token 2" in first.locator("[aria-live=polite]").inner_text())
    picture = first.get_by_role("img")
    assert picture.get_attribute("aria-label") == first.locator(".lstm-caption").inner_text()
    assert place.get_attribute("aria-valuetext") == "2 of 5"
    assert ask(page, "first.set_trait('at', 99)").startswith("TraitError: at is 99")
    assert not lab.problems(page)


def test_every_token_shows_the_packages_numbers_and_no_kernel_is_needed(lab, page_of):
    page = page_of()
    second, same = page.locator(".lstm-aligned").nth(1), python_widget(LETTERS, 1)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    place = second.get_by_label("written token", exact=True)
    place.focus()
    for at in range(len(LETTERS[1])):
        same.at = at
        eventually(page, lambda: shows(second, same))
        place.press("ArrowRight")


def test_all_rows_are_shown_below_and_can_be_pointed_at(lab, page_of):
    page = page_of()
    for k, (tokens, seed) in enumerate(((WORDS, 0), (LETTERS, 1))):
        widget, same = page.locator(".lstm-aligned").nth(k), python_widget(tokens, seed)
        weights = widget.evaluate("node => [...node.querySelectorAll('.lstm-weight')].map(one => +one.dataset.weight)")
        assert weights == same._table.ravel().tolist()
    first = page.locator(".lstm-aligned").first
    row, frame = first.locator(".lstm-weight[data-t='3']"), first.locator(".lstm-row-frame")
    assert frame.get_attribute("y") != row.first.get_attribute("y")
    row.nth(5).click()
    eventually(page, lambda: ask(page, "first.at") == "3")
    assert frame.get_attribute("y") == row.first.get_attribute("y")
    assert not lab.problems(page)


def test_readable_in_both_themes_wide_and_narrow(lab, page_of):
    page = page_of()
    for theme, width in (("light", 1100), ("dark", 480)):
        lab.look(theme, width)
        for widget in page.locator(".lstm-aligned").all():
            read = "node => node.querySelector('.lstm-tokens').classList.add('lstm-read')"  # what CONTRAST looks at
            widget.evaluate(read)
            assert widget.evaluate(CONTRAST) >= 4.5
            parts = "node => [...node.querySelectorAll('p, label, small, span')]"
            sizes = f"{parts}.map(part => parseFloat(getComputedStyle(part).fontSize))"
            assert min(widget.evaluate(sizes)) >= 11.5
            assert widget.evaluate(FITS), "wider than its place"
    assert not lab.problems(page)
