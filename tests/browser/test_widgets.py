"""The widgets in a browser: used by keyboard, mouse and Python, their numbers compared with the package's."""

import math

import nbformat
import numpy as np
import pytest

from lstm_helpers.activations import half_life, logit
from lstm_helpers.interventions import apply_gates, steady_state
from lstm_helpers.widgets import GateSliders

NAME = "widgets_under_test"
CELLS = (
    "from lstm_helpers.widgets import GateSliders",
    "first = GateSliders()\nfirst",
    "second = GateSliders(f=0.5, feed='always', steps=60)\nsecond",
)
POINTS = """node => [...node.querySelectorAll('.lstm-c-mark')]
    .map(({ dataset }) => [dataset.c, dataset.h, dataset.kept, dataset.added])"""


@pytest.fixture
def book(lab):
    """A page with two widgets between two headings; call the fixture to open and run it."""

    def open_page(**options):
        cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
        heading = nbformat.v4.new_markdown_cell("# Widgets")
        lab.put(NAME, [heading, *cells, nbformat.v4.new_markdown_cell("## After")])
        page = lab.open(NAME, **options)
        lab.run_all(page)
        page.wait_for_function("() => document.querySelectorAll('.lstm-widget .lstm-picture text').length > 40")
        return page

    return open_page


def ask(page, expression):
    """Evaluate an expression in the page's kernel and return its repr."""
    return page.evaluate(
        """async (expression) => {
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const request = kernel.requestExecute({ code: '', user_expressions: { it: expression } });
            const answer = (await request.done).content.user_expressions.it;
            return answer.data ? answer.data['text/plain'] : `${answer.ename}: ${answer.evalue}`;
        }""",
        expression,
    )


def tell(page, name, value):
    """Set a widget's trait from Python, and wait until the page knows."""
    ask(page, f"{name.split('.')[0]}.set_trait({name.split('.')[1]!r}, {value!r})")


def shown(widget):
    return np.array(widget.evaluate(POINTS), dtype=float).T


def where_the_reader_is(page):
    return page.evaluate(
        """() => {
            const { content } = window.jupyterapp.shell.currentWidget;
            return [content.activeCellIndex, content.mode, content.widgets.filter(cell => cell.isHidden).length,
                    content.widgets.length];
        }"""
    )


def same(drawn, expected):
    return max(float(np.max(np.abs(np.asarray(a) - b))) for a, b in zip(drawn, expected, strict=True)) < 1e-12


def eventually(page, check, *, seconds=15):
    """Wait until a check holds; the last failing value is what pytest shows."""
    for _ in range(int(seconds / 0.05)):
        if check():
            return
        page.wait_for_timeout(50)
    assert check()


def test_gate_sliders_follows_keys_mouse_and_python(lab, book):
    page = book()
    widgets = page.locator(".lstm-gate-sliders")
    first, second = widgets.nth(0), widgets.nth(1)
    slider, path = first.get_by_label("forget gate f"), first.locator(".lstm-c-line")
    run = apply_gates(0.9, 1.0, 0.5, 1.0, 20, feed="once")
    assert same(shown(first), (run.c, run.h, run.kept, run.added))
    other = shown(second)

    slider.focus()
    before, place = path.get_attribute("d"), where_the_reader_is(page)
    slider.press("ArrowRight")
    eventually(page, lambda: ask(page, "first.f") == "0.91")
    assert path.get_attribute("d") != before
    assert slider.locator("xpath=..").locator("output").inner_text() == "0.91"
    assert slider.get_attribute("aria-valuetext") == "0.91"
    assert same(shown(first)[:1], [apply_gates(0.91, 1.0, 0.5, 1.0, 20, feed="once").c])
    for key in ("ArrowLeft", "ArrowUp", "ArrowDown", "PageDown", "Home", "End", "ArrowLeft"):
        slider.press(key)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "forget gate f"
    assert where_the_reader_is(page) == place  # JupyterLab neither moved to another cell nor folded a heading
    eventually(page, lambda: ask(page, "first.f") == "0.99")

    box = first.get_by_label("output gate o").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    eventually(page, lambda: abs(float(ask(page, "first.o")) - 0.5) < 0.03)
    first.get_by_label("at step 1 only").focus()
    page.keyboard.press("ArrowRight")
    eventually(page, lambda: ask(page, "first.feed") == "'always'")

    picture = first.locator("svg").element_handle()
    picture.evaluate("node => { node.mark = 'the same picture' }")
    tell(page, "first.f", 0.995)
    tell(page, "first.g", -0.25)
    o = float(ask(page, "first.o"))
    run = apply_gates(0.995, 1.0, -0.25, o, 20)
    eventually(page, lambda: same(shown(first), (run.c, run.h, run.kept, run.added)))
    assert first.locator("svg").evaluate("node => node.mark") == "the same picture"
    assert "0.9950" in first.inner_text()
    assert ask(page, "first.set_trait('f', 1.5)").startswith("TraitError: f is 1.5")
    assert ask(page, "first.f") == "0.995"
    assert np.array_equal(shown(second), other), "the second widget changed with the first"
    eventually(page, lambda: "every step" in first.locator("[aria-live=polite]").inner_text())
    assert first.locator("svg").get_attribute("aria-label") == first.locator(".lstm-caption").inner_text()
    assert not lab.problems(page)


def test_gate_sliders_draws_the_packages_numbers(lab, book):
    page = book()
    widget = page.locator(".lstm-gate-sliders").first
    rng = np.random.default_rng(11)
    settings = [(1, 1, 1, 1, 200), (0, 0.3, -1, 0.2, 5), (0.9, 0, 0.5, 1, 20), (0.3, 1, 1, 0, 1)]
    settings += [(*rng.random(2), rng.uniform(-1, 1), rng.random(), int(rng.integers(1, 80))) for _ in range(6)]
    lives = limits = 0
    for f, i, g, o, steps in settings:
        for feed in ("once", "always"):
            values = dict(zip("figo", map(float, (f, i, g, o)), strict=True), steps=steps, feed=feed)
            ask(page, f"[first.set_trait(k, v) for k, v in {values!r}.items()]")
            run = apply_gates(f, i, g, o, steps, feed=feed)
            eventually(page, lambda run=run, n=steps: shown(widget).shape == (4, n) and same(shown(widget), run[:4]))
            memory = widget.locator("[data-forget-bias]")
            bias = float(memory.get_attribute("data-forget-bias"))
            assert math.isclose(bias, logit(f), rel_tol=1e-12, abs_tol=1e-12)
            assert memory.inner_text() == GateSliders(f=float(f)).forgetting
            for life in widget.locator("[data-half-life]").all():
                assert math.isclose(float(life.get_attribute("data-half-life")), half_life(f), rel_tol=1e-12)
                lives += 1
            for line in widget.locator("[data-limit]").all():
                assert math.isclose(float(line.get_attribute("data-limit")), steady_state(f, i, g), rel_tol=1e-12)
                limits += 1
    assert lives > 3 and limits > 3
    assert not lab.problems(page)


def test_gate_sliders_keeps_a_ghost_and_says_when_its_axis_changes(lab, book):
    page = book()
    widget = page.locator(".lstm-gate-sliders").first
    assert widget.locator(".lstm-ghost").count() == 0
    tell(page, "first.f", 0.99)  # 0.5 once: the axis stays at 1
    ghost, note = widget.locator(".lstm-ghost"), widget.locator(".lstm-axis-note")
    eventually(page, lambda: ghost.count() == 1)
    assert math.isclose(float(ghost.get_attribute("data-c")), apply_gates(0.9, 1, 0.5, 1, 20, feed="once").c[-1])
    assert note.count() == 0
    tell(page, "first.feed", "always")  # now it grows to 9
    eventually(page, lambda: note.count() == 1)
    assert (note.get_attribute("data-was"), note.get_attribute("data-top")) == ("1", "10")
    assert math.isclose(float(ghost.get_attribute("data-c")), apply_gates(0.99, 1, 0.5, 1, 20, feed="once").c[-1])
    tell(page, "first.g", 0.05)  # a tenth: the axis holds the last setting as well, so that it looks like a tenth
    eventually(page, lambda: note.count() == 0)
    assert math.isclose(float(ghost.get_attribute("data-c")), apply_gates(0.99, 1, 0.5, 1, 20).c[-1])
    heights = widget.evaluate("""node => ['.lstm-ghost', '.lstm-c-line'].map(one => {
        const [zero, ...rest] = node.querySelector(one).getAttribute('d').slice(1).split('L').map(p => p.split(',')[1]);
        return zero - rest.at(-1);
    })""")
    assert math.isclose(heights[0], 10 * heights[1], rel_tol=1e-6)
    widget.get_by_role("button", name="Undo").click()
    eventually(page, lambda: ask(page, "first.g") == "0.5")
    assert not lab.problems(page)


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
    const frames = [...node.querySelectorAll('.lstm-cell-frame')].map(frame => getComputedStyle(frame).fill);
    const against = (selector, property) => [...node.querySelectorAll(selector)].flatMap(part =>
        [paper, ...frames].map(under => {
            const [a, b] = [light(getComputedStyle(part)[property]), light(under)].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05);
        }));
    return { text: Math.min(...against('text', 'fill'), ...against('p, b, output, .lstm-label', 'color')),
             c: Math.min(...against('.lstm-c-line', 'stroke')), h: Math.min(...against('.lstm-h-line', 'stroke')) };
}"""
FITS = """node => node.scrollWidth <= node.clientWidth
    && node.getBoundingClientRect().right <= node.closest('.jp-OutputArea').getBoundingClientRect().right + 1"""
LETTERS = """node => [...node.querySelectorAll('text')]
    .map(word => parseFloat(getComputedStyle(word).fontSize)
        * Math.hypot(word.getScreenCTM().a, word.getScreenCTM().b))"""
CLIPPED = """node => [...node.querySelectorAll('svg')].flatMap(picture => {
    const view = picture.getBoundingClientRect();
    return [...picture.querySelectorAll('text')].filter(word => {
        const box = word.getBoundingClientRect();  // as it is painted, turned or not
        return box.width && (box.left < view.left - 0.5 || box.top < view.top - 0.5
            || box.right > view.right + 0.5 || box.bottom > view.bottom + 0.5);
    }).map(word => word.textContent);
})"""


def test_readable_in_both_themes_wide_and_narrow(lab, book):
    page = book()
    for theme, width in (("light", 1100), ("dark", 480)):
        lab.look(theme, width)
        ask(page, "[first.set_trait(k, v) for k, v in dict(f=1.0, g=-1.0, feed='always', steps=200).items()]")
        ask(page, "[second.set_trait(k, v) for k, v in dict(f=0.97, g=1.0).items()]")
        eventually(page, lambda: ask(page, "second.g") == "1.0")
        for widget in page.locator(".lstm-widget").all():
            contrast = widget.evaluate(CONTRAST)
            assert contrast["text"] >= 4.5 and contrast["c"] >= 7 and contrast["h"] >= 3, contrast
            assert widget.evaluate(CLIPPED) == []
            assert min(widget.evaluate(LETTERS)) >= 11.5
            assert widget.evaluate(FITS), "wider than its place"
    assert not lab.problems(page)
