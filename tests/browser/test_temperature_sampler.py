"""The temperature sampler in a browser: used by keyboard and Python, its bars and texts compared with the package."""

import numpy as np
import pytest

from lstm_helpers.data import trained
from lstm_helpers.widgets import TemperatureSampler
from tests.browser.test_widgets import CLIPPED, FITS, LETTERS, ask, eventually, where_the_reader_is

PROMPTS = ["The forget gate ", "Predict. ", "a long text:\n" + "so it goes on " * 4]
CELLS = (
    "from lstm_helpers.data import trained\nfrom lstm_helpers.widgets import TemperatureSampler",
    f"first = TemperatureSampler(trained.prose(), {PROMPTS!r})\nfirst",
    "TemperatureSampler(trained.brackets(), ['( he', '[ a '], 0.5)",
)
BARS = """node => [...node.querySelectorAll('.lstm-next')]
    .map(({ dataset }) => [dataset.key, Number(dataset.probability)])"""
HEIGHTS = """node => [...node.querySelectorAll('.lstm-next')].map(bar => Number(bar.getAttribute('height')))"""
CONTRAST = """node => {
    const light = colour => {
        const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let under = node, paper = 'rgba(0, 0, 0, 0)';
    while (paper === 'rgba(0, 0, 0, 0)' && under) {
        paper = getComputedStyle(under).backgroundColor;
        under = under.parentElement;
    }
    const ratio = (part, property) => {
        const [a, b] = [light(getComputedStyle(part)[property]), light(paper)].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    };
    return { text: Math.min(...[...node.querySelectorAll('text')].map(part => ratio(part, 'fill')),
                            ...[...node.querySelectorAll('p, label, output')].map(part => ratio(part, 'color'))),
             bars: Math.min(...[...node.querySelectorAll('.lstm-next')].map(part => ratio(part, 'fill'))) };
}"""


@pytest.fixture
def page_of(lab):
    """Open a page with two samplers, run."""

    def open_page(**options):
        lab.write("temperature_sampler_under_test", *CELLS)
        page = lab.open("temperature_sampler_under_test", **options)
        lab.run_all(page)
        page.wait_for_function("() => document.querySelectorAll('.lstm-temperature .lstm-sample').length === 2")
        return page

    return open_page


def shows(widget, same):
    """Tell whether bars, sentence and text are those of the Python widget."""
    bars = widget.evaluate(BARS)
    probabilities = dict(zip(same._letters, same.probabilities, strict=True))
    shown = [(key, p) for key, p in bars if key != "others"]
    right = [key for key, _ in shown] == sorted(probabilities, key=lambda key: -probabilities[key])[: len(shown)]
    right &= all(abs(p - probabilities[key]) < 1e-12 for key, p in shown)
    right &= abs(sum(p for _, p in bars) - 1) < 1e-12
    words = widget.locator(".lstm-caption").inner_text() == same.words
    written = widget.locator(".lstm-sample").evaluate("node => node.textContent")
    return right and words and written == same._prompts[same.prompt] + same.text


def test_the_sampler_follows_the_keyboard(lab, page_of):
    page = page_of()
    first, second = page.locator(".lstm-temperature").nth(0), page.locator(".lstm-temperature").nth(1)
    prose = TemperatureSampler(trained.prose(), PROMPTS)
    other = TemperatureSampler(trained.brackets(), ["( he", "[ a "], 0.5)
    assert shows(first, prose) and shows(second, other)
    slider = first.get_by_label("temperature τ")
    slider.focus()
    place = where_the_reader_is(page)
    for key, value in (("ArrowRight", 1.1), ("End", 2.0), ("ArrowLeft", 1.9), ("Home", 0.1), ("ArrowUp", 0.2)):
        before = first.locator("svg").inner_html()
        slider.press(key)
        prose.temperature = value
        eventually(page, lambda value=value: ask(page, "first.temperature") == repr(value))
        assert shows(first, prose) and first.locator("svg").inner_html() != before
        assert slider.get_attribute("aria-valuetext") == f"{value:.1f}"
    first.get_by_label("“The forget gate ”").focus()
    page.keyboard.press("ArrowDown")
    prose.prompt = 1
    eventually(page, lambda: ask(page, "first.prompt") == "1")
    assert shows(first, prose) and shows(second, other)
    assert where_the_reader_is(page) == place
    eventually(page, lambda: "Temperature 0.2" in first.locator(".lstm-unseen[aria-live=polite]").inner_text())
    assert first.locator("svg").get_attribute("aria-label") == first.locator(".lstm-caption").inner_text()
    assert ask(page, "first.set_trait('temperature', 9)").startswith("TraitError: temperature is 9")
    assert not lab.problems(page)


def test_every_temperature_shows_the_packages_probabilities(lab, page_of):
    page = page_of()
    first, prose = page.locator(".lstm-temperature").first, TemperatureSampler(trained.prose(), PROMPTS)
    for prompt, temperature in [(p, t) for p in range(3) for t in (0.1, 0.4, 1.0, 1.7, 2.0)]:
        ask(page, f"[first.set_trait('prompt', {prompt}), first.set_trait('temperature', {temperature})]")
        prose.prompt, prose.temperature = prompt, temperature
        eventually(page, lambda: shows(first, prose))
        heights, probabilities = first.evaluate(HEIGHTS), [p for _, p in first.evaluate(BARS)]
        assert np.allclose(heights, np.array(probabilities) * heights[0] / probabilities[0], atol=1e-6)
    assert not lab.problems(page)


def test_another_sample_is_one_of_those_that_python_sent(lab, page_of):
    page = page_of()
    first, prose = page.locator(".lstm-temperature").first, TemperatureSampler(trained.prose(), PROMPTS)
    another, seen = first.get_by_role("button", name="Another sample"), set()
    another.focus()
    for sample in (1, 2, 3, 4, 5, 0):
        page.keyboard.press("Enter")
        eventually(page, lambda sample=sample: ask(page, "first.sample") == str(sample))
        prose.sample = sample
        assert shows(first, prose)
        assert first.locator(".lstm-sample-count").inner_text() == f"sample {sample + 1} of 6"
        seen.add(prose.text)
    assert len(seen) == 6
    assert not lab.problems(page)


def test_the_sampler_needs_no_kernel_once_it_is_shown(lab, page_of):
    page = page_of()
    first, prose = page.locator(".lstm-temperature").first, TemperatureSampler(trained.prose(), PROMPTS, 2.0)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    slider = first.get_by_label("temperature τ")
    slider.focus()
    slider.press("End")
    eventually(page, lambda: shows(first, prose))


def test_readable_in_both_themes_wide_and_narrow(lab, page_of):
    page = page_of()
    widget, prose = page.locator(".lstm-temperature").first, TemperatureSampler(trained.prose(), PROMPTS)
    for theme, width in (("light", 1100), ("dark", 480)):
        lab.look(theme, width)
        for prompt, temperature in ((0, 0.1), (1, 2.0), (2, 1.0)):
            ask(page, f"[first.set_trait('prompt', {prompt}), first.set_trait('temperature', {temperature})]")
            prose.prompt, prose.temperature = prompt, temperature
            eventually(page, lambda: shows(widget, prose))
            contrast = widget.evaluate(CONTRAST)
            assert contrast["text"] >= 4.5 and contrast["bars"] >= 3, contrast
            assert widget.evaluate(CLIPPED) == []
            assert min(widget.evaluate(LETTERS)) >= 11.5
            assert widget.evaluate(FITS), "wider than its place"
    assert not lab.problems(page)
