"""The live curve and training by hand in a browser: watched, stopped, changed and disconnected, by keyboard."""

import ast
import re

import numpy as np
import pytest

from tests.browser.test_widgets import CLIPPED, CONTRAST, FITS, LETTERS, ask, eventually, where_the_reader_is

SETUP = """
import numpy as np
from lstm_helpers import losses, training
from lstm_helpers.cells import lstm
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Model
from lstm_helpers.data.tasks import latch
from lstm_helpers.widgets import LiveTraining, LossCurve

model = Model(Recurrent(lstm), at="last")
start = model.init(np.random.default_rng(0), 1, 8, 2)
batches = lambda step: latch.batch(np.random.default_rng([1, step]), 8, 20)
loss, adam = losses.cross_entropy, training.adam
curve = LossCurve("The latch", level=np.log(2), level_label="chance level")
live = LiveTraining(model, start, batches, loss, title="By hand", level=np.log(2), level_label="chance level")

def fit(resume=None):
    return training.fit(model, start, batches, loss, adam(0.01), resume=resume)

def broken(rate, progress):
    raise FloatingPointError("the loss is nan")

def equals(progress):
    items = fit()
    want = [next(items) for _ in range(progress.step)][-1]
    return all(map(np.array_equal, progress.params.layer, want.params.layer))
"""
WATCH = """
for progress in curve.watch(fit(curve.progress), total=100_000):
    pass
"""
POINTS = """(node, name) => (node.querySelector(`.lstm-${name}`)?.getAttribute('d') || '').split(/[ML]/).slice(1)
    .map(point => point.split(',').map(Number))"""
RUN = """index => {
    const { commands, shell } = window.jupyterapp;
    shell.currentWidget.content.activeCellIndex = index;
    window.ran = false;
    commands.execute('notebook:run-cell').catch(() => {}).finally(() => { window.ran = true; });
}"""
STOP = "() => { window.jupyterapp.commands.execute('notebook:interrupt-kernel'); }"
RESTART = "() => { window.jupyterapp.shell.currentWidget.sessionContext.restartKernel(); }"


@pytest.fixture
def page_of(lab):
    """Open a page with a curve, an endless loop, and training by hand; run all but the loop."""

    def open_page(**options):
        lab.write("loss_curve_under_test", SETUP, "curve", WATCH, "live")
        page = lab.open("loss_curve_under_test", **options)
        for index in (0, 1, 3):
            page.evaluate(RUN, index)
            page.wait_for_function("() => window.ran", timeout=60_000)
        page.wait_for_function("() => document.querySelectorAll('.lstm-widget .lstm-picture text').length > 10")
        return page

    return open_page


def drawn(widget, name="loss"):
    return np.array(widget.evaluate(POINTS, name)).reshape(-1, 2)


def check_picture(page, widget, name):
    """Compare the drawing with the numbers in the kernel: a linear scale for steps, and one for log10 of the loss."""
    what = f"[x.tolist() for x in {name}._points()]"
    steps, losses, means = map(np.array, ast.literal_eval(ask(page, what)))
    points = drawn(widget), drawn(widget, "mean")
    assert len(steps) > 10 and [len(part) for part in points] == [len(steps)] * 2
    both = np.concatenate(points)
    for shown, numbers in ((both[:, 0], np.tile(steps, 2)), (both[:, 1], np.log10([*losses, *means]))):
        line = np.polynomial.Polynomial.fit(numbers, shown, 1)
        assert np.abs(line(numbers) - shown).max() < 0.02


def caption(widget):
    return widget.locator(".lstm-caption").inner_text().replace("\u00a0", " ")


def test_the_curve_grows_while_the_cell_runs_and_stop_keeps_all(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-loss-curve")
    assert caption(widget) == "No step has been made yet."
    page.evaluate(RUN, 2)
    seen = []
    for _ in range(3):  # further each time, with the cell still running
        last = seen[-1] if seen else ""
        eventually(
            page, lambda last=last: re.match(r"Step \d+ of 100000: ", caption(widget)) and caption(widget) != last
        )
        seen.append(caption(widget))
    assert not page.evaluate("() => window.ran") and len(drawn(widget)) > 1
    page.evaluate(STOP)
    page.wait_for_function("() => window.ran", timeout=20_000)
    eventually(page, lambda: caption(widget).startswith("Stopped after step "))
    assert not lab.problems(page) and page.locator("[data-mime-type*=error]").count() == 0
    step = int(re.search(r"\d+", caption(widget)).group())
    assert ask(page, "(curve.progress.step, curve.losses.size, equals(curve.progress))") == f"({step}, {step}, True)"
    check_picture(page, widget, "curve")
    eventually(page, lambda: "Stopped" in widget.locator("[aria-live=polite]").inner_text())

    page.evaluate(RUN, 2)  # the same cell again goes on
    eventually(page, lambda: re.match(r"Step \d+ of", caption(widget)))
    page.wait_for_timeout(300)
    page.evaluate(STOP)
    page.wait_for_function("() => window.ran", timeout=20_000)
    more = int(ask(page, "curve.progress.step"))
    assert more > step and ask(page, "equals(curve.progress)") == "True"
    assert ask(page, "(curve.steps == np.arange(1, curve.steps.size + 1)).all().item()") == "True"
    assert not lab.problems(page)


def test_training_by_hand_with_the_keyboard(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-training")
    start, slider = widget.get_by_role("button", name="Start"), widget.get_by_role("slider", name="learning rate")

    def count():
        return int(ask(page, "live.steps.size"))

    start.focus()
    place = where_the_reader_is(page)
    page.keyboard.press("Enter")
    eventually(page, lambda: len(drawn(widget)) > 20)
    assert ask(page, "1 + 1") == "2"  # the kernel answers between two slices
    slider.focus()
    for key, rate in (("ArrowRight", 0.03), ("ArrowRight", 0.1), ("Home", 0.0001)):
        slider.press(key)
        eventually(page, lambda rate=rate: float(ask(page, "live.learning_rates[-1][1]")) == rate)
        assert slider.get_attribute("aria-valuetext") == str(rate)
    pause = widget.get_by_role("button", name="Pause")
    pause.focus()
    page.keyboard.press("Space")
    eventually(page, lambda: caption(widget).startswith("Paused. Learning rate 0.0001. Step "))
    page.wait_for_timeout(300)
    rested = count()
    page.wait_for_timeout(500)
    assert count() == rested and page.evaluate("document.activeElement.textContent") == "Start"
    rates = ast.literal_eval(ask(page, "live.learning_rates"))
    assert [rate for _, rate in rates] == [0.01, 0.03, 0.1, 0.0001]
    marks = widget.locator(".lstm-rate").evaluate_all("nodes => nodes.map(n => [+n.dataset.step, +n.dataset.rate])")
    assert [tuple(mark) for mark in marks] == list(rates[1:])
    check_picture(page, widget, "live")
    page.keyboard.press("Enter")
    eventually(page, lambda: count() > rested)

    widget.get_by_role("button", name="Reset").focus()  # while it runs
    page.keyboard.press("Enter")
    eventually(page, lambda: caption(widget) == "Learning rate 0.01. No step has been made yet.")  # both are reset
    page.wait_for_timeout(400)
    assert count() == 0 and len(drawn(widget)) == 0
    assert where_the_reader_is(page) == place
    assert ask(page, "live.learning_rate") == "0.01" and widget.get_by_role("button", name="Reset").is_disabled()
    start.focus()
    page.keyboard.press("Enter")
    eventually(page, lambda: count() > 30)
    page.keyboard.press("Enter")
    eventually(page, lambda: start.count() == 1)
    page.wait_for_timeout(300)
    assert ask(page, "live.learning_rates") == "((0, 0.01),)"
    assert ask(page, "equals(live.progress)") == "True"
    first = widget.locator(".lstm-first")
    assert first.count() == 1 and "the first run (learning rates 0.01, 0.03, 0.1, 0.0001)" in caption(widget)
    assert not lab.problems(page)


def test_any_step_can_be_read_by_keyboard_and_mouse(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-training")
    reading = widget.get_by_label("read step")
    assert reading.is_disabled()
    ask(page, "[live.go_on(0) for _ in range(60)] and None")
    eventually(page, lambda: len(drawn(widget)) == 60)
    reading.press("Home")
    reading.press("ArrowRight")
    losses = ast.literal_eval(ask(page, "live.losses.tolist()"))
    means = [sum(losses[max(0, k - 19) : k + 1]) / len(losses[max(0, k - 19) : k + 1]) for k in range(60)]

    def said():
        step, loss, mean = re.fullmatch(
            r"step (\d+): loss (\S+), mean (\S+)", reading.get_attribute("aria-valuetext")
        ).groups()
        return int(step), float(loss), float(mean)

    for step, move in ((2, None), (60, "End"), (59, "ArrowLeft"), (1, "Home")):
        if move:
            reading.press(move)
        eventually(page, lambda step=step: said()[0] == step)
        assert said()[1:] == pytest.approx((losses[step - 1], means[step - 1]), rel=5e-3)
        assert widget.locator("[data-read]").get_attribute("data-read") == str(step)
    box = widget.locator("svg").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 100)
    eventually(page, lambda: said()[0] > 5)
    assert said()[1] == pytest.approx(losses[said()[0] - 1], rel=5e-3)
    assert not lab.problems(page)


def test_an_error_is_shown_in_the_widget(lab, page_of):
    page = page_of()
    ask(page, "setattr(live, '_resume', broken)")
    widget = page.locator(".lstm-live-training")
    widget.get_by_role("button", name="Start").press("Enter")
    eventually(page, lambda: "The reason: the loss is nan." in caption(widget))
    eventually(page, lambda: widget.get_by_role("button", name="Start").count() == 1)  # it has stopped by itself
    assert not lab.problems(page)


def test_a_lost_kernel_is_reported(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-training")
    widget.get_by_role("button", name="Start").press("Enter")
    eventually(page, lambda: len(drawn(widget)) > 20)
    page.evaluate(RESTART)
    for one in page.locator(".lstm-widget").all():
        eventually(page, lambda one=one: caption(one).endswith("The kernel has gone: run the cell again."))
    assert widget.locator("button:disabled, input:disabled").count() == 4 and len(drawn(widget)) > 20
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget.sessionContext.isReady", timeout=30_000)
    for index in (0, 1, 3):
        page.evaluate(RUN, index)
        page.wait_for_function("() => window.ran", timeout=60_000)
    eventually(page, lambda: caption(widget) == "Learning rate 0.01. No step has been made yet.")
    widget.get_by_role("button", name="Start").press("Enter")
    eventually(page, lambda: len(drawn(widget)) > 5)
    assert not lab.problems(page)


@pytest.mark.parametrize(("theme", "width"), [("light", 1100), ("dark", 480)])
def test_readable_in_both_themes_wide_and_narrow(lab, page_of, theme, width):
    page = page_of(theme=theme, width=width)
    widget = page.locator(".lstm-live-training")
    for rate in (0.01, 0.03, 0.0003):
        ask(page, f"[live.set_trait('learning_rate', {rate}), [live.go_on(0) for _ in range(40)]] and None")
    eventually(page, lambda: len(drawn(widget)) == 120)
    ask(page, "[None for _ in curve.watch(fit(), total=30)]")
    eventually(page, lambda: len(drawn(page.locator(".lstm-loss-curve"))) == 30)
    for one in page.locator(".lstm-widget").all():
        one.locator(".lstm-mean").evaluate("node => node.classList.add('lstm-c-line', 'lstm-h-line')")
        contrast = one.evaluate(CONTRAST)
        assert contrast["text"] >= 4.5 and contrast["c"] >= 7, contrast
        assert one.evaluate(CLIPPED) == []
        assert min(one.evaluate(LETTERS)) >= 11.5
        assert one.evaluate(FITS), "wider than its place"
    assert not lab.problems(page)
