"""The gradient dial in a browser: used by keyboard and Python, and compared with the measured table."""

import numpy as np
import pytest

from lstm_helpers.data import measured
from lstm_helpers.widgets import GradientDial
from tests.browser.test_widgets import CLIPPED, CONTRAST, FITS, LETTERS, ask, eventually, where_the_reader_is

CELLS = ("from lstm_helpers.widgets import GradientDial", "first = GradientDial()\nfirst", "GradientDial(20, 3, 6)")
LAGS, SCALES, BIASES = measured.GRADIENT_LAGS, measured.GRADIENT_SCALES, measured.GRADIENT_BIASES
SHOWN = """node => Object.fromEntries(['c', 'h'].map(name => {
    const { dataset } = node.querySelector(`.lstm-at-${name}`);
    return [name, [dataset.least, dataset.log, dataset.greatest].map(Number)];
}))"""
LINES = """node => ['c', 'h'].map(name => node.querySelector(`.lstm-${name}-line`).getAttribute('d').slice(1)
    .split('L').map(point => point.split(',').map(Number)))"""


@pytest.fixture
def page_of(lab):
    """Open a page with two dials, run."""

    def open_page(**options):
        lab.write("gradient_dial_under_test", *CELLS)
        page = lab.open("gradient_dial_under_test", **options)
        lab.run_all(page)
        page.wait_for_function("() => document.querySelectorAll('.lstm-gradient-dial .lstm-at-h').length === 2")
        return page

    return open_page


def move(page, lag, bias, scale):
    values = dict(lag=lag, forget_bias=float(bias), weight_scale=float(scale))
    ask(page, f"[first.set_trait(k, v) for k, v in {values!r}.items()]")


def shows(widget, table, lag, bias, scale):
    """Tell whether the marks carry the table's own numbers, to the bit, and the sentence is Python's."""
    s, b = SCALES.index(scale), BIASES.index(bias)
    want = {"c": table.lstm[s, b, :, lag].tolist(), "h": table.rnn[s, :, lag].tolist()}
    words = widget.locator(".lstm-caption").inner_text()
    return widget.evaluate(SHOWN) == want and words == GradientDial(lag, bias, scale).words


def test_the_dial_follows_the_keyboard(lab, page_of):
    page, table = page_of(), measured.gradients()
    first, second = page.locator(".lstm-gradient-dial").nth(0), page.locator(".lstm-gradient-dial").nth(1)
    assert shows(first, table, 60, 1.0, 1.0) and shows(second, table, 20, 3.0, 6.0)
    sliders = {name: first.get_by_label(name) for name in ("lag n", "forget bias b", "weight scale W")}
    sliders["lag n"].focus()
    place = where_the_reader_is(page)
    for name, key, trait, after, said in (
        ("lag n", "ArrowRight", "lag", "61", "61"),
        ("lag n", "End", "lag", "100", "100"),
        ("forget bias b", "ArrowUp", "forget_bias", "1.5", "1.5"),
        ("forget bias b", "End", "forget_bias", "6.0", "6"),
        ("weight scale W", "ArrowRight", "weight_scale", "1.5", "× 1.5"),
        ("weight scale W", "Home", "weight_scale", "0.5", "× 0.5"),
        ("lag n", "Home", "lag", "0", "0"),
    ):
        before = first.locator("svg").inner_html()
        sliders[name].press(key)
        eventually(page, lambda trait=trait, after=after: ask(page, f"first.{trait}") == after)
        assert first.locator("svg").inner_html() != before, (name, key)
        assert sliders[name].get_attribute("aria-valuetext") == said
        assert sliders[name].locator("xpath=..").locator("output").inner_text() == said
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
    assert where_the_reader_is(page) == place
    assert shows(first, table, 0, 6.0, 0.5) and shows(second, table, 20, 3.0, 6.0)
    eventually(page, lambda: "lag 0" in first.locator("[aria-live=polite]").inner_text())
    assert first.locator("svg").get_attribute("aria-label") == first.locator(".lstm-caption").inner_text()
    assert ask(page, "first.set_trait('forget_bias', 0.7)").startswith("TraitError: forget_bias is 0.7; measured were")
    assert not lab.problems(page)


def test_the_dial_shows_the_tables_numbers(lab, page_of):
    page, table = page_of(), measured.gradients()
    widget = page.locator(".lstm-gradient-dial").first
    rng = np.random.default_rng(4)
    settings = [(1, 0.0, 0.5), (LAGS, 6.0, 6.0), (LAGS, 0.0, 0.5), (37, 6.0, 0.5)]
    settings += [(int(rng.integers(1, 101)), rng.choice(BIASES).item(), rng.choice(SCALES).item()) for _ in range(30)]
    for setting in settings:
        move(page, *setting)
        eventually(page, lambda setting=setting: shows(widget, table, *setting))
        _, bias, scale = setting
        tables = table.lstm[SCALES.index(scale), BIASES.index(bias)], table.rnn[SCALES.index(scale)]
        lines = [np.array(points) for points in widget.evaluate(LINES)]
        shown = [median[: np.flatnonzero(median >= -30)[-1] + 1] for _, median, _ in tables]
        assert [len(points) for points in lines] == [len(part) for part in shown]  # ends where it leaves the plot
        x, y = np.concatenate(lines).T
        lags = np.concatenate([np.arange(len(part)) for part in shown])
        for drawn, numbers in ((x, lags), (y, np.concatenate(shown))):  # one linear scale for both lines
            line = np.polynomial.Polynomial.fit(numbers, drawn, 1)
            assert np.abs(line(numbers) - drawn).max() < 0.01
    assert not lab.problems(page)


def test_the_dial_needs_no_kernel_once_it_is_shown(lab, page_of):
    page, table = page_of(), measured.gradients()
    first = page.locator(".lstm-gradient-dial").first
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    slider = first.get_by_label("forget bias b")
    slider.focus()
    slider.press("End")
    eventually(page, lambda: shows(first, table, 60, 6.0, 1.0))


def test_readable_in_both_themes_wide_and_narrow(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-gradient-dial").first
    table = measured.gradients()
    for theme, width in (("light", 1100), ("dark", 480)):
        lab.look(theme, width)
        for setting in ((60, 1.0, 1.0), (100, 0.0, 0.5), (0, 6.0, 3.0), (97, 3.0, 6.0), (4, 0.0, 4.0), (62, 2.0, 0.5)):
            move(page, *setting)
            eventually(page, lambda setting=setting: shows(widget, table, *setting))
            contrast = widget.evaluate(CONTRAST)
            assert contrast["text"] >= 4.5 and contrast["c"] >= 7 and contrast["h"] >= 3, contrast
            assert widget.evaluate(CLIPPED) == []
            assert min(widget.evaluate(LETTERS)) >= 11.5
            assert widget.evaluate(FITS), "wider than its place"
    assert not lab.problems(page)
