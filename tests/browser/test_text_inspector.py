"""The text inspector in a browser: used by keyboard, mouse and Python, its numbers compared with the package's."""

import pytest
from matplotlib.colors import to_rgb

from lstm_helpers.data import trained
from lstm_helpers.figures import style_text
from lstm_helpers.widgets import TextInspector
from tests.browser.test_widgets import FITS, ask, eventually, where_the_reader_is

WORDS = "he [ then { a ( an ) } the ] and "
PROSE = "(It is true.)\nA cell reads the next word, and forgets."
CELLS = (
    "from lstm_helpers.data import trained\nfrom lstm_helpers.widgets import TextInspector",
    f"first = TextInspector(trained.brackets(), {WORDS!r}, at=20)\nfirst",
    f"TextInspector(trained.prose(), {PROSE!r}, 14, 3, 'unit')",
)
OPENED = {"opened": [WORDS[: t + 1].count("[") for t in range(len(WORDS) - 1)], "place": list(range(len(WORDS) - 1))}
ONE = f"TextInspector(trained.brackets(), {WORDS!r}, 8, 22, 'unit', {OPENED!r})"
BARS = """node => [...node.querySelectorAll('.lstm-read span')]
    .map(({ style }) => Number((style.boxShadow.match(/^0 ([0-9.]+)px/) || [0, 0])[1]))"""
LOOK = """node => [...node.querySelectorAll('.lstm-read span')].map(span => {
    const { backgroundColor, color } = getComputedStyle(span);
    return [span.textContent, backgroundColor, color, span.classList.contains('lstm-here')];
})"""


@pytest.fixture
def page_of(lab):
    """Open a page with two inspectors, run."""

    def open_page(**options):
        lab.write("text_inspector_under_test", *CELLS)
        page = lab.open("text_inspector_under_test", **options)
        lab.run_all(page)
        page.wait_for_function("() => document.querySelectorAll('.lstm-inspector .lstm-read').length === 2")
        return page

    return open_page


def rgb(colour):
    return "rgb({}, {}, {})".format(*(round(255 * channel) for channel in to_rgb(colour)))


def shows(widget, same):
    """Tell whether text, colours, frame and sentence are those of the Python widget."""
    look = widget.evaluate(LOOK)
    text = "".join(letters for letters, *_ in look).replace("↵\n", "\n") == same._words[:-1]
    styled = style_text(same._words[:-1], same.values, "amount" if same.show == "prediction" else "c")
    colours = [paper for _, paper, *_ in look] == [rgb(colour) for colour in styled.colours]
    frame = [t for t, (*_, here) in enumerate(look) if here] == [same.at]
    return (
        text and colours and frame and widget.locator(".lstm-caption").inner_text().replace("\u00a0", " ") == same.words
    )


def test_the_inspector_follows_keyboard_and_mouse(lab, page_of):
    page = page_of()
    first, second = page.locator(".lstm-inspector").nth(0), page.locator(".lstm-inspector").nth(1)
    same = TextInspector(trained.brackets(), WORDS, at=20)
    other = TextInspector(trained.prose(), PROSE, 14, 3, "unit")
    assert shows(first, same) and shows(second, other)
    place, unit = first.get_by_label("character", exact=True), first.get_by_label("unit", exact=True)
    place.focus()
    where = where_the_reader_is(page)
    for control, key, name, value in (
        (place, "ArrowRight", "at", 21),
        (place, "End", "at", len(WORDS) - 2),
        (place, "ArrowLeft", "at", len(WORDS) - 3),
        (place, "Home", "at", 0),
        (unit, "End", "unit", 47),
        (unit, "ArrowDown", "unit", 46),
    ):
        control.press(key)
        setattr(same, name, value)
        eventually(page, lambda name=name, value=value: ask(page, f"first.{name}") == str(value))
        assert shows(first, same), (key, name)
    first.get_by_label("saliency for the prediction here").focus()
    page.keyboard.press("ArrowDown")
    same.show = "unit"
    eventually(page, lambda: ask(page, "first.show") == "'unit'")
    assert shows(first, same)
    first.locator(".lstm-read span").nth(11).hover()
    same.at = 11
    eventually(page, lambda: ask(page, "first.at") == "11")
    assert shows(first, same) and shows(second, other)
    assert where_the_reader_is(page) == where
    eventually(page, lambda: "Character 12" in first.locator("[aria-live=polite]").inner_text())
    assert first.locator(".lstm-read").get_attribute("aria-label") == first.locator(".lstm-caption").inner_text()
    assert ask(page, "first.set_trait('at', 99)").startswith("TraitError: at is 99")
    assert not lab.problems(page)


def test_every_character_shows_the_packages_numbers(lab, page_of):
    page = page_of()
    first, same = page.locator(".lstm-inspector").first, TextInspector(trained.brackets(), WORDS)
    for at in range(0, len(WORDS) - 1, 3):
        for show in ("prediction", "unit"):
            values = dict(at=at, unit=at, show=show)
            ask(page, f"[first.set_trait(k, v) for k, v in {values!r}.items()]")
            same.at, same.unit, same.show = at, at, show
            eventually(page, lambda: shows(first, same))
    assert not lab.problems(page)


def test_a_pattern_is_shown_below_the_letters(lab, page_of):
    lab.write("pattern_under_test", CELLS[0], f"one = {ONE}\none")
    page = lab.open("pattern_under_test")
    lab.run_all(page)
    widget = page.locator(".lstm-inspector")
    same = TextInspector(trained.brackets(), WORDS, 8, 22, "unit", OPENED)
    for name in ("opened", "place", "", "opened"):
        same.pattern = name
        widget.get_by_label(name or "none", exact=True).check()
        eventually(page, lambda name=name: ask(page, "one.pattern") == repr(name))
        assert shows(widget, same)
        values = same._table.get(name)
        heights = widget.evaluate(BARS)
        if values is None:
            assert not any(heights)
            continue
        want = 9 * (values - values.min()) / (values.max() - values.min())
        assert max(abs(a - b) for a, b in zip(heights, want, strict=True)) < 0.06
    widget.get_by_label("unit", exact=True).press("ArrowRight")
    same.unit = 23
    eventually(page, lambda: shows(widget, same))
    assert not lab.problems(page)


def test_the_inspector_needs_no_kernel_once_it_is_shown(lab, page_of):
    page = page_of()
    first, same = page.locator(".lstm-inspector").first, TextInspector(trained.brackets(), WORDS)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    place = first.get_by_label("character", exact=True)
    place.focus()
    place.press("Home")
    eventually(page, lambda: shows(first, same))


CONTRAST = """node => {
    const light = colour => {
        const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return Math.min(...[...node.querySelectorAll('.lstm-read span')].map(span => {
        const { backgroundColor, color } = getComputedStyle(span);
        const [a, b] = [light(color), light(backgroundColor)].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    }));
}"""


def test_readable_in_both_themes_wide_and_narrow(lab, page_of):
    page = page_of()
    for theme, width in (("light", 1100), ("dark", 480)):
        lab.look(theme, width)
        for widget in page.locator(".lstm-inspector").all():
            assert widget.evaluate(CONTRAST) >= 4.5
            parts = "node => [...node.querySelectorAll('p, label')]"
            sizes = f"{parts}.map(part => parseFloat(getComputedStyle(part).fontSize))"
            assert min(widget.evaluate(sizes)) >= 11.5
            assert widget.evaluate(FITS), "wider than its place"
    assert not lab.problems(page)
