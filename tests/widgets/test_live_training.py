"""Training by hand gives the same bits as a loop, whatever is pressed; `browser/` tests its script."""

import re
import signal

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from lstm_helpers import losses
from lstm_helpers.training import adam, fit, sgd
from lstm_helpers.widgets import LiveTraining, live_training
from lstm_helpers.widgets.loss_curve import _say as say
from tests.widgets.test_loss_curve import MODEL, PARAMS, batches, bits, sent


def make(rate=0.02, **options):
    arguments = {"model": MODEL, "params": PARAMS, "batches": batches, "loss": losses.cross_entropy}
    return LiveTraining(**(arguments | options), learning_rate=rate)


def by_loop(*segments, optimizer=adam):
    """Train for some steps at each of several learning rates, with `fit` alone."""
    now, path = None, []
    for rate, steps in segments:
        items = fit(MODEL, PARAMS, batches, losses.cross_entropy, optimizer(rate), resume=now)
        for _ in range(steps):
            now = next(items)
            path.append(now.loss)
    return now, path


def press(live, what, ticket="a 1", **chosen):
    live._handle_custom_msg({"do": what, "ticket": ticket, **chosen}, [])
    return live._shown


def steps(live, count):
    for _ in range(count):
        live.go_on(seconds=0)


@pytest.mark.parametrize("optimizer", [adam, sgd])
def test_slices_and_learning_rates_equal_a_loop_to_the_bit(optimizer):
    live = make(0.02, optimizer=optimizer)
    steps(live, 4)
    live.learning_rate = 0.1
    steps(live, 3)
    live.learning_rate = np.float32(0.5)
    live.learning_rate = 0.001  # no step used the one in between
    steps(live, 2)
    want, path = by_loop((0.02, 4), (0.1, 3), (0.001, 2), optimizer=optimizer)
    assert live.losses.tolist() == path and live.steps.tolist() == list(range(1, 10))
    assert bits(live.progress) == bits(want)
    assert live.learning_rates == ((0, 0.02), (4, 0.1), (7, 0.001))


def test_a_slice_lasts_for_its_time(monkeypatch):
    now = [0.0]

    def clock():
        now[0] += 0.001
        return now[0]

    monkeypatch.setattr(live_training, "perf_counter", clock)
    live = make()
    live.go_on(seconds=0.005)
    assert live.steps.size == 5
    press(live, "go on")
    assert live.steps.size == 5 + round(live_training.SLICE / 0.001)


def test_every_request_is_answered_with_its_ticket():
    live, messages = make(), []
    live.observe(lambda change: messages.append(change["new"]), "_shown")
    assert live._shown["ticket"] == ""
    shown = press(live, "go on", "one")
    assert shown["ticket"] == "one" and shown["status"] == "going" and live.steps.size >= 1
    assert np.array_equal(sent(live)[0], live.steps) and shown["rates"] == [(0, 0.02)]
    assert shown["words"] == live.words and live.words.startswith("Learning rate 0.02. Step ")
    press(live, "go on", "and", learning_rate=0.1)  # chosen before the request, so it applies to this slice
    assert live.learning_rate == 0.1 and live.learning_rates[-1][1] == 0.1 and len(live.learning_rates) == 2
    shown = press(live, "reset", "two")
    assert shown["ticket"] == "two" and sent(live).shape == (3, 0) and shown["rates"] == []


def test_reset_starts_again_and_keeps_the_learning_rate():
    live = make(0.02)
    steps(live, 3)
    live.learning_rate = 0.05
    steps(live, 3)
    live.reset()
    assert live.steps.size == 0 and live.progress is None and live.learning_rates == ()
    assert live.words == "Learning rate 0.05. No step has been made yet."
    steps(live, 4)
    want, path = by_loop((0.05, 4))
    assert live.losses.tolist() == path and bits(live.progress) == bits(want) and live.learning_rates == ((0, 0.05),)


def test_an_error_is_reported_and_no_step_is_lost():
    live = make(0.02, optimizer=sgd, clip_norm=None)
    steps(live, 3)
    kept, wild = live.progress, [True]

    def optimizer(rate):
        rule = sgd(rate)
        blow_up = lambda grads, state, params: rule.update(grads, state, params._replace(layer=None))  # noqa: E731
        return rule._replace(update=blow_up) if wild[0] else rule

    live = make(0.02, optimizer=optimizer)
    press(live, "go on")
    assert live._shown["status"] == "failed" and "trees differ in structure" in live._shown["words"]
    assert live.progress is None
    wild[0] = False
    steps(live, 3)
    assert live._shown["status"] == "going" and "reason" not in live.words
    assert bits(live.progress) == bits(kept)


def test_an_error_before_the_first_step_is_reported_too():
    def optimizer(rate):
        if rate > 0.05:
            raise ValueError("no such rule")
        return adam(rate)

    live = make(0.02, optimizer=optimizer)
    steps(live, 2)
    live.learning_rate = 0.1
    assert press(live, "go on")["status"] == "failed" and live.words.endswith("The reason: no such rule.")
    assert live.steps.size == 2
    live.learning_rate = 0.03
    assert press(live, "go on")["status"] == "going" and live.steps.size > 2 and "reason" not in live.words


def test_a_learning_rate_that_is_too_high_is_named():
    def batches_that_grow(step):
        return batches(step)._replace(xs=batches(step).xs * 1e200)

    live = make(10.0, batches=batches_that_grow, optimizer=lambda rate: sgd(rate * 1e307), clip_norm=None)
    for _ in range(20):
        press(live, "go on")
        if live._shown["status"] == "failed":
            break
    assert "try a smaller learning_rate" in live.words and live._shown["status"] == "failed"
    assert live.progress is None or np.isfinite(live.progress.loss)


def test_a_stop_and_the_end_of_the_batches_are_reported(monkeypatch):
    monkeypatch.setattr(live_training, "perf_counter", lambda: 0.0)  # no slice ends because its time is up
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:

        def stopped(step):
            if step == 2:
                signal.raise_signal(signal.SIGINT)
            return batches(step) if step < 5 else None

        live = make(batches=stopped)
        assert press(live, "go on")["status"] == "stopped" and live.steps.size == 3
        assert press(live, "go on")["status"] == "ended" and live.steps.size == 5
        assert press(live, "go on", "again")["ticket"] == "again" and live.steps.size == 5
    finally:
        signal.signal(signal.SIGINT, before)
    assert live.losses.tolist() == by_loop((0.02, 5))[1]


def test_the_slider_changes_the_sentence_at_once():
    live = make()
    live.learning_rate = 0.3
    assert live._shown["words"] == live.words == "Learning rate 0.3. No step has been made yet."
    assert repr(live) == "LiveTraining('', 0 steps)"


def test_the_changes_that_are_sent_are_bounded():
    live = make()
    for k in range(100):
        live.learning_rate = 0.01 + 0.001 * k
        steps(live, 1)
    assert len(live._shown["rates"]) == live_training.MARKS and len(live.learning_rates) == 100
    assert tuple(live._shown["rates"]) == live.learning_rates[-live_training.MARKS :]


def test_invalid_arguments_are_refused():
    for value, words in (
        (0, "learning_rate is 0; the learning rate lies between 1e-06 and 10"),
        ("x", "learning_rate is 'x'"),
    ):
        with pytest.raises(traitlets.TraitError, match=re.escape(words)):
            make(value)
        with pytest.raises(traitlets.TraitError, match=re.escape(words)):
            make().learning_rate = value
    with pytest.raises(ValueError, match="clip_norm is -1"):
        make(clip_norm=-1)
    with pytest.raises(ValueError, match="level is 0"):
        make(level=0)


def test_the_stored_picture_shows_the_learning_rates():
    live = make(title="By hand")
    empty = live.static_png()[0]
    steps(live, 3)
    live.learning_rate = 0.1
    steps(live, 3)
    assert live.static_png()[0] not in (empty, b"")
    figure = plt.figure()
    live.draw_static(figure)
    marks = [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_gid() == "learning rate"]
    assert marks == [1, 4] and {" learning rate 0.02", " learning rate 0.1"} <= {
        text.get_text() for text in figure.axes[0].texts
    }
    plt.close(figure)
    code = live._esm + live._css
    assert "import " not in live._esm and "fetch(" not in code and live._esm.count("export default") == 1


def test_the_first_run_stays_visible():
    live = make(0.02, level=float(np.log(2)), level_label="chance level")
    steps(live, 12)
    live.learning_rate = 0.1
    steps(live, 3)
    first, path = live.steps, live.losses
    assert live._shown["first"] == b""
    live.reset()
    assert np.array_equal(np.frombuffer(live._shown["first"], "<f4").reshape(2, -1)[0], first)
    assert live._shown["first_name"] == "first run (learning rates 0.02, 0.1)"
    steps(live, 5)
    assert (
        f" After the same number of steps, the {live._shown['first_name']} had a mean of {say(path[:5].mean())}."
        in live.words
    )
    steps(live, 20)
    assert live.words.endswith(" The first run (learning rates 0.02, 0.1) ended after step 15.")
    live.reset()  # the first one stays
    steps(live, 1)
    assert f"had a mean of {say(path[0])}." in live.words
    assert live.static_png()[0] != make(0.02).static_png()[0]


def test_worse_than_chance_is_reported():
    live = make(10.0, level=1e-3, level_label="chance level")
    assert "chance" not in live.words
    steps(live, 2)
    assert "; chance level: 0.0010. That is worse than chance." in live.words
    fine = make(0.02, level=50.0)
    steps(fine, 2)
    assert "; chance level: 50." in fine.words and "worse" not in fine.words
