"""Tests of every widget: it keeps up with input, cleans up, and outlives its kernel.

A widget that is missing from `every_widget.EXAMPLES` fails here. With SOAK=n in the environment all tests of this
folder run n times, and these for longer: that is `make soak`.
"""

import os

import pytest

from lstm_helpers import widgets
from tests.browser.contrast import complaints, measure, too_faint
from tests.browser.every_widget import EXAMPLES, open_page
from tests.browser.test_widgets import ask, eventually

SOAKING = int(os.environ.get("SOAK", "1")) > 1
EVENTS = 500 if SOAKING else 200
RUNS = 20
NARROW = "(all, width) => { for (const node of all) node.style.width = `${width}px`; }"
COUNTS = "[len(Widget.widgets), len(__import__('comm').get_comm_manager().comms), len(plt.get_fignums())]"
# Moves every slider to and fro, in bursts between which the browser may draw; returns where each was left.
SHAKE = """async (node, events) => {
    const inputs = [...node.querySelectorAll('input[type=range]')];
    for (let k = 0; k < events; k += 1) {
        const input = inputs[k % inputs.length];
        const steps = Math.round((input.max - input.min) / input.step);
        input.value = Number(input.min) + input.step * ((k * 7919) % (steps + 1));
        input.dispatchEvent(new Event('input', { bubbles: true }));
        if (k % 7 === 6) await new Promise(requestAnimationFrame);
    }
    return Object.fromEntries(inputs.map(input => [input.getAttribute('aria-label'), Number(input.value)]));
}"""
RUN_CELL = """async position => {
    const { commands, shell } = window.jupyterapp;
    shell.currentWidget.content.activeCellIndex = position;
    await commands.execute('notebook:run-cell');
}"""


def each(page):
    """Give name, example and widget, in the order of the page."""
    shown = page.locator(".lstm-widget")
    assert shown.count() == len(EXAMPLES)
    return [(name, example, shown.nth(k)) for k, (name, example) in enumerate(EXAMPLES.items())]


def with_sliders(page):
    """Give the widgets whose sliders are traits; the others have their own tests."""
    return [one for one in each(page) if one[1].sliders]


class Browser:
    """What the page holds in memory, after the rubbish is thrown away."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)

    def weigh(self):
        self.session.send("HeapProfiler.collectGarbage")
        counters = self.session.send("Memory.getDOMCounters")
        heap = self.session.send("Runtime.getHeapUsage")["usedSize"]
        return {"nodes": counters["nodes"], "listeners": counters["jsEventListeners"], "heap": heap}


def test_every_widget_is_tested_here():
    assert list(EXAMPLES) == sorted(widgets.__all__)


def test_hundreds_of_quick_moves_leave_the_last_value_and_nothing_else(lab):
    page = open_page(lab, afresh=True)  # the window is weighed
    browser = Browser(page)
    for name, example, widget in with_sliders(page):
        widget.evaluate(SHAKE, 50)  # one-time allocations happen now
        page.wait_for_timeout(500)
        before, counts = browser.weigh(), ask(page, COUNTS)
        left = widget.evaluate(SHAKE, EVENTS)
        picture = widget.locator("svg").inner_html()
        for label, trait in example.sliders.items():
            wanted = f"abs({name.lower()}.{trait} - {left[label]!r}) < 1e-9"
            eventually(page, lambda wanted=wanted: ask(page, wanted) == "True")
        page.wait_for_timeout(300)
        assert widget.locator("svg").inner_html() == picture, f"{name} moved on after the last event"
        assert widget.evaluate(SHAKE, 0) == left, f"{name}'s sliders moved back"
        after = browser.weigh()
        assert ask(page, COUNTS) == counts, f"{name} left widgets, comms or figures in the kernel"
        # A leak leaves one node or listener an event; the heap is not still to less than a megabyte.
        for kind, most in (("nodes", 0.5 * EVENTS), ("listeners", 0.5 * EVENTS), ("heap", 1_000_000)):
            assert after[kind] - before[kind] < most, (name, kind, before, after)
    assert not lab.problems(page)


def test_running_a_cell_again_and_again_leaves_one_widget(lab):
    page = open_page(lab, afresh=True)  # the window is weighed
    browser = Browser(page)
    for position, (name, _, _) in enumerate(each(page), start=1):
        page.evaluate(RUN_CELL, position)
        page.wait_for_timeout(300)
        before, counts = browser.weigh(), ask(page, COUNTS)
        ask(page, f"globals().__setitem__('old', {name.lower()})")
        runs = RUNS if SOAKING or name == "SoftGate" else 3
        for _ in range(runs):
            page.evaluate(RUN_CELL, position)
        eventually(page, lambda name=name: ask(page, f"{name.lower()} is old") == "False")
        eventually(page, lambda: page.locator(".lstm-widget").count() == len(EXAMPLES))
        page.wait_for_timeout(300)
        assert ask(page, COUNTS) == counts, f"{name} left widgets, comms or figures in the kernel"
        after = browser.weigh()
        # JupyterLab keeps two empty nodes of a widget that is gone, and anywidget its script.
        for kind, once, most in (("nodes", 300, 10), ("listeners", 900, 10), ("heap", 2_000_000, 300_000)):
            assert after[kind] - before[kind] < once + most * runs, (name, kind, before, after)
    assert not lab.problems(page)


def test_a_widget_can_be_looked_at_after_its_kernel_restarts(lab):
    page = open_page(lab)
    page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    eventually(page, lambda: "NameError" in ask(page, "softgate"))
    for name, _, widget in with_sliders(page):
        slider = widget.locator("input[type=range]").first
        slider.focus()
        slider.press("Home")
        before = widget.locator("svg").inner_html(), widget.locator(".lstm-caption").inner_text()
        slider.press("End")
        slider.press("ArrowLeft")
        now = widget.locator("svg").inner_html(), widget.locator(".lstm-caption").inner_text()
        assert now[0] != before[0] and now[1] != before[1], f"{name} is dead"
    assert not lab.problems(page)  # nothing on the console either
    lab.run_all(page)
    eventually(page, lambda: page.locator(".lstm-widget").count() == len(EXAMPLES))
    slider = page.locator(".lstm-soft-gate").get_by_label("pre-activation z")
    slider.focus()
    slider.press("Home")
    eventually(page, lambda: ask(page, "softgate.z") == "-8.0")
    assert not lab.problems(page)


@pytest.mark.parametrize("width", [860, 328, 244])  # a window of 1280 pixels, of 360 on the web and in JupyterLab
def test_words_lines_and_controls_stand_out_from_what_is_behind_them(lab, width):
    page = open_page(lab)
    ask(page, "[livetraining.go_on(0) for _ in range(40)] and None")
    fit = "training.fit(net, start, batches, losses.cross_entropy, training.sgd(0.5))"
    ask(page, f"len([*losscurve.watch(islice({fit}, 40))])")
    ask(page, "[gatesliders.set_trait('f', 0.8), fadingdifference.set_trait('scale', 2)]")
    faint, lines = {}, set()
    for theme in ("light", "dark"):
        lab.look(theme, 1100, 2600)
        page.locator(".lstm-widget").evaluate_all(NARROW, width)
        page.wait_for_timeout(500)
        for name, _, widget in each(page):
            found = measure(page, widget)
            lines |= {name for one in found if one.kind == "line" and not one.faint}
            if listed := complaints(found):
                faint[theme, name] = listed
    page.locator(".lstm-widget").evaluate_all(NARROW, 860)
    assert lines == set(EXAMPLES) - {"Predict", "TextInspector"}, "what is measured has been lost"
    assert not faint, "\n".join(f"{where}: {listed}" for where, listed in faint.items())


# Page 03's vote among nouns: its gates are 0 and 1, its wires as thin and as thick as they get.
VOTE = """
from lstm_helpers import exercises, unroll, widgets
words = "the dogs near the cat and the horse".split()
alphabet = list(dict.fromkeys(words))
opens, number = {"dogs": 80, "cat": 80, "horse": 80, "bias": -40}, {"dogs": 40, "cat": -40, "horse": -40}
vote = exercises.program(alphabet, [{"i": opens, "f": 40, "g": number, "o": 40}])
"""

UP = """node => {
    const side = (one, edge) => node.querySelector(one).getBoundingClientRect()[edge];
    return { operator: side('[data-node=show] > circle', 'right'), tanh: side('[data-node=tanh] > rect', 'right'),
             up: side('[data-wire=fork_h-up]', 'left'), box: side('[data-node=h] > rect', 'left') };
}"""  # the wire that leads h up, and the boxes it passes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_wires_of_gates_that_are_open_or_closed_stand_out_at_every_width(lab, theme):
    shown = "cell = widgets.LiveCell(unroll(lstm_cell, vote, exercises.encode(alphabet, words)), vote, words)\ncell"
    shown = "from lstm_helpers.cells import lstm as lstm_cell\n" + shown
    lab.write("a_vote_under_test", VOTE, shown)
    page = lab.open("a_vote_under_test", theme=theme, height=2600)
    lab.run_all(page)
    lab.look(theme, 1100, 2600)
    widget = page.locator(".lstm-live-cell")
    for width in (244, 328, 375, 645, 655, 860):
        widget.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
        for step in (0, 1, 4):
            ask(page, f"cell.set_trait('step', {step})")
            eventually(page, lambda step=step: f"Step {step + 1} of" in widget.locator(".lstm-caption").inner_text())
            page.wait_for_timeout(100)
            assert not (faint := too_faint(page, widget)), f"{width} pixels, step {step}: {faint}"
        places = widget.evaluate(UP)
        assert places["operator"] < places["up"] > places["tanh"] + 2 and places["box"] > places["up"], (width, places)
    assert not lab.problems(page)


# Where a press counts: a control's own place, or its label's. WCAG 2.2, 2.5.8, asks for 24 by 24 pixels.
SMALL = """node => [...node.querySelectorAll('button, select, input, textarea, a[href]')]
    .filter(control => control.checkVisibility())
    .flatMap(control => {
        const places = [control, control.closest('label')].filter(Boolean).map(place => place.getBoundingClientRect());
        const [wide, tall] = ['width', 'height'].map(side => Math.max(...places.map(place => place[side])));
        const name = control.getAttribute('aria-label') || control.closest('label')?.textContent || control.textContent;
        return Math.min(wide, tall) < 24 ? [`${name.trim()}: ${wide} x ${tall}`] : [];
    })"""


def test_every_control_is_large_enough_to_be_hit(lab):
    page = open_page(lab)
    small = {}
    for width in (860, 340):
        page.locator(".lstm-widget").evaluate_all(NARROW, width)
        page.wait_for_timeout(300)
        small |= {(width, name): listed for name, _, widget in each(page) if (listed := widget.evaluate(SMALL))}
    assert not small, small
