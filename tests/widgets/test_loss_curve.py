"""The live curve keeps every loss, draws it, and loses nothing at a stop; `browser/` tests its script."""

import re
import signal
import threading
from itertools import islice

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_helpers import losses, training
from lstm_helpers.arrays import leaves
from lstm_helpers.cells import lstm
from lstm_helpers.data.tasks import latch
from lstm_helpers.figures.style import COLOURS
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Model
from lstm_helpers.training import Progress, adam, fit
from lstm_helpers.widgets import LossCurve, loss_curve
from lstm_helpers.widgets.base import VIEW
from lstm_helpers.widgets.downsampling import POINTS, downsample, trailing_mean
from lstm_helpers.widgets.interrupts import Stop

MODEL = Model(Recurrent(lstm), at="last")
PARAMS = MODEL.init(np.random.default_rng(0), latch.INPUT_SIZE, 3, latch.OUTPUT_SIZE)


def batches(step):
    return latch.batch(np.random.default_rng([1, step]), 4, 5)


def train(resume=None, batches=batches):
    return fit(MODEL, PARAMS, batches, losses.cross_entropy, adam(0.02), resume=resume)


def progress(step, loss=0.5):
    return Progress(step, loss, 1.0, (), (), (), ())


def bits(progress):
    return [(path, leaf.tobytes()) for path, leaf in leaves((progress.params, progress.optimizer_state))]


WHOLE = list(islice(train(), 12))
LOSSES = [item.loss for item in WHOLE]


# Downsampling


@given(st.integers(0, 3000), st.integers(6, 60), st.integers(0, 2**32 - 1))
def test_downsampling_keeps_ends_and_extremes_within_the_limit(count, most, seed):
    losses = np.random.default_rng(seed).lognormal(size=count)
    kept = downsample(losses, most)
    assert len(kept) <= most and np.all(np.diff(kept) > 0)
    if count <= most:
        assert np.array_equal(kept, np.arange(count))
    else:
        assert kept[0] == 0 and kept[-1] == count - 1
        assert {losses.argmin(), losses.argmax()} <= set(kept)
        assert len(kept) > most / 5  # and not much less either


def test_every_bin_keeps_its_lowest_and_its_highest():
    losses = np.random.default_rng(3).normal(size=100)
    kept = downsample(losses, 30)  # bins of 8: 13 of them, two from each, two ends
    for start in range(0, 100, 8):
        part = losses[start : start + 8]
        assert {start + part.argmin(), start + part.argmax()} <= set(kept)
    assert np.array_equal(downsample(np.arange(40.0), 12), [0, 7, 8, 15, 16, 23, 24, 31, 32, 39])


def test_kept_points_stay_kept_while_training_goes_on():
    losses = np.random.default_rng(4).normal(size=1600)
    for count in range(801, 1585, 7):  # bins of 8 all along
        now, later = downsample(losses[:count]), downsample(losses[: count + 7])
        whole = count - count % 8
        assert set(now[now < whole]) - {count - 1} <= set(later) and set(later[later < whole]) <= set(now)


def test_a_spike_among_a_million_losses_is_kept():
    losses = np.ones(1_000_000)
    losses[123_456], losses[777_777] = 9.0, 0.1
    assert {123_456, 777_777} <= set(downsample(losses)) and len(downsample(losses)) <= POINTS


def test_trailing_means():
    losses = np.array([4.0, 2.0, 6.0, 8.0])
    assert trailing_mean(losses, [0, 1, 2, 3], 3).tolist() == [4.0, 3.0, 4.0, 16 / 3]
    assert trailing_mean(losses, [3, 1], 1).tolist() == [8.0, 2.0] and trailing_mean([], [], 5).size == 0
    noisy = np.random.default_rng(0).random(200)
    want = [noisy[max(0, k - 19) : k + 1].mean() for k in range(200)]
    np.testing.assert_allclose(trailing_mean(noisy, range(200)), want, rtol=1e-13)
    assert trailing_mean([1e300, *[1e-6] * 20], [20])[0] == pytest.approx(
        1e-6, rel=1e-12
    )  # earlier means do not change


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: downsample(np.ones((2, 3))), "losses has shape (2, 3); expected (n,)"),
        (lambda: downsample([1.0], 5), "most is 5; expected at least 6"),
        (lambda: trailing_mean(1.0, [0]), "losses has shape (); expected (n,)"),
        (lambda: trailing_mean([1.0], [0], 0), "window is 0; expected a whole number from 1"),
        (lambda: LossCurve(level=0.0), "level is 0.0; expected a loss above 0"),
        (lambda: LossCurve(level=float("nan")), "level is nan; expected a loss above 0"),
        (lambda: LossCurve().watch(3), "items is a int; expected what training.fit returns"),
        (lambda: LossCurve().watch([], total=0), "total is 0; expected a whole number from 1"),
        (lambda: list(LossCurve().watch([0.5])), "items yields a float; expected Progress"),
    ],
)
def test_invalid_arguments_are_refused(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


# Watching


def test_watching_passes_items_on_and_keeps_every_loss():
    curve = LossCurve()
    assert curve.steps.size == curve.losses.size == 0 and curve.progress is None
    seen = list(curve.watch(train(), total=12))
    assert [bits(a) for a in seen] == [bits(b) for b in WHOLE]
    assert curve.steps.tolist() == list(range(1, 13)) and curve.losses.tolist() == LOSSES
    assert curve.progress is seen[-1] and repr(curve) == "LossCurve('', 12 steps)"
    assert curve.steps.dtype == np.int64 and curve.losses.dtype == np.float64
    curve.losses[:] = 0  # a copy
    assert curve.losses.tolist() == LOSSES


def test_a_cell_that_is_run_again_resumes_up_to_the_total():
    curve = LossCurve()
    for item in curve.watch(train(resume=curve.progress), total=12):
        if item.step == 5:
            break
    assert curve.words.startswith("Left after step 5 of 12: ") and "resume from its progress" in curve.words
    for _ in range(2):
        list(curve.watch(train(resume=curve.progress), total=12))
        assert curve.losses.tolist() == LOSSES and bits(curve.progress) == bits(WHOLE[-1])
        assert curve.words.startswith("Ended after step 12 of 12: ")


def test_an_earlier_progress_rewinds_the_curve():
    curve = LossCurve()
    list(curve.watch([progress(k, k / 10) for k in range(1, 9)]))
    list(curve.watch([progress(4, 9.0), progress(5, 8.0)]))
    assert curve.steps.tolist() == [1, 2, 3, 4, 5] and curve.losses.tolist() == [0.1, 0.2, 0.3, 9.0, 8.0]
    list(curve.watch([progress(1, 7.0)]))  # started again
    assert curve.steps.tolist() == [1] and curve.progress.loss == 7.0
    late = LossCurve()
    list(late.watch([progress(100), progress(101)]))
    assert late.steps.tolist() == [100, 101]


def test_the_sentence():
    curve = LossCurve(level=np.log(2), level_label="chance level")
    assert curve.words == "No step has been made yet."
    list(curve.watch([progress(k, 0.5 if k < 25 else 0.04) for k in range(1, 31)], total=40))
    mean = "the mean of the last 20 is 0.36"  # (14 · 0.5 + 6 · 0.04) / 20
    assert curve.words == f"Ended after step 30 of 40: the last loss is 0.040, {mean}; chance level: 0.69."
    plain = LossCurve()
    list(plain.watch([progress(1, 0.0)]))
    assert plain.words == "Ended after step 1: the last loss is 0, the mean of the last 1 is 0."


def test_an_error_in_training_is_reported_and_raised():
    def bad(step):
        batch = batches(step)
        return batch if step < 3 else batch._replace(xs=batch.xs * np.nan)

    curve = LossCurve()
    with pytest.raises(ValueError, match="xs"):
        list(curve.watch(train(batches=bad)))
    assert curve.progress.step == 3 and curve.losses.tolist() == LOSSES[:3]
    assert curve.words.startswith("Failed after step 3: ") and " The reason: xs[0, 0, 0] is nan" in curve.words


# Stopping


@pytest.fixture
def interrupts():
    """Python's own handler, which raises KeyboardInterrupt, before the test and after it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "not restored"
    signal.signal(signal.SIGINT, before)


def press():
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("where", ["body", "batches", "update", "showing", "adding", "last showing"])
@pytest.mark.parametrize("stop", [1, 4])
def test_a_stop_anywhere_ends_the_loop_and_resumes_to_the_same_bits(where, stop, interrupts, monkeypatch):
    curve, rule, seen = LossCurve(), adam(0.02), []

    def stopping_at(place, function):
        calls = iter(range(1, 10_000))
        return lambda *args, **kw: (press() if where == place and next(calls) == stop else None, function(*args, **kw))[
            1
        ]

    optimizer = rule._replace(update=stopping_at("update", rule.update))
    monkeypatch.setattr(curve, "_add", stopping_at("adding", curve._add))
    show = curve._show
    monkeypatch.setattr(curve, "_show", stopping_at("showing", show))
    if where == "last showing":
        monkeypatch.setattr(
            curve, "_show", lambda status, **kw: (press() if status == "left" else None, show(status, **kw))[1]
        )
    items = fit(MODEL, PARAMS, stopping_at("batches", batches), losses.cross_entropy, optimizer)
    for item in curve.watch(items, total=12):
        seen.append(item.step)
        if where == "body" and item.step == stop:
            press()
        if where == "last showing" and item.step == stop:
            break
    assert seen == list(range(1, stop + 1)) == curve.steps.tolist()
    assert curve.progress.step == stop  # the step in progress is complete, and the body has seen it
    monkeypatch.undo()
    if where != "last showing":
        assert curve.words.startswith(f"Stopped after step {stop} of 12: ")
    list(curve.watch(train(resume=curve.progress), total=12))
    assert curve.losses.tolist() == LOSSES and bits(curve.progress) == bits(WHOLE[-1])


@pytest.mark.parametrize("where", ["step", "widget"])
def test_a_second_stop_does_not_wait(where, interrupts, monkeypatch):
    """Two stops within one step drop that step, and the loop still ends without an error."""
    curve = LossCurve()

    def slow(step):
        if where == "step" and step == 4:
            press()
            press()
        return batches(step)

    if where == "widget":
        add = curve._add
        monkeypatch.setattr(curve, "_add", lambda item: (press(), press()) if item.step == 5 else add(item))
    seen = [item.step for item in curve.watch(train(batches=slow), total=12)]
    assert seen == [1, 2, 3, 4] and curve.progress.step == 4 and curve.words.startswith("Stopped after step 4")
    monkeypatch.undo()
    list(curve.watch(train(resume=curve.progress), total=12))
    assert curve.losses.tolist() == LOSSES


def test_a_second_stop_interrupts_a_body_that_hangs(interrupts):
    curve = LossCurve()
    with pytest.raises(KeyboardInterrupt):
        for _ in curve.watch(train(), total=12):
            press()
            press()
    assert curve.progress.step == 1 and curve.words.startswith("Left after step 1 of 12")


def test_outside_the_main_thread_and_with_other_handlers():
    curve, seen = LossCurve(), []
    thread = threading.Thread(target=lambda: seen.extend(curve.watch(train(), total=3)))
    thread.start()
    thread.join()
    assert len(seen) == 3 and curve.progress.step == 3
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Stop() as stop:
            press()
        assert not stop.asked and signal.getsignal(signal.SIGINT) == signal.SIG_IGN
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with Stop():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a kernel does when the next cell begins
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


# Data for the browser


def sent(curve):
    return np.frombuffer(curve._shown["points"], "<f4").reshape(3, -1)


def test_the_picture_is_downsampled_and_smoothed():
    curve = LossCurve(level=0.7, level_label="chance level")
    losses = np.random.default_rng(5).lognormal(size=5000)
    list(curve.watch([progress(k + 1, float(loss)) for k, loss in enumerate(losses)], total=6000))
    kept = downsample(losses)
    steps, thinned, means = sent(curve)
    assert np.array_equal(steps, kept + 1) and np.array_equal(thinned, losses[kept].astype("f4"))
    assert np.array_equal(means, trailing_mean(losses, kept).astype("f4"))
    assert len(curve._shown["points"]) <= 12 * POINTS and curve.losses.size == 5000
    assert curve._shown["words"] == curve.words and curve._shown["total"] == 6000
    assert curve._level == {"loss": 0.7, "label": "chance level"} and curve._colours == dict(COLOURS)


def test_a_dozen_pictures_a_second_and_always_the_last(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(loss_curve, "perf_counter", lambda: now[0])
    curve, pictures = LossCurve(), []
    curve.observe(lambda change: pictures.append(change["new"]["status"]), "_shown")
    for _ in curve.watch((progress(k) for k in range(1, 1001)), total=1000):
        now[0] += 0.001
    assert 12 <= pictures.count("going") <= 14 and pictures[-1] == "ended" and sent(curve)[0, -1] == 1000


def test_slow_pictures_are_drawn_less_often(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(loss_curve, "perf_counter", lambda: now[0])
    curve, pictures = LossCurve(), []
    monkeypatch.setattr(curve, "_picture", lambda: (pictures.append(1), now.__setitem__(0, now[0] + 0.03))[0] or {})
    for _ in curve.watch((progress(k) for k in range(1, 10_001)), total=10_000):
        now[0] += 0.001
    assert 0.03 * (len(pictures) - 1) < 0.04 * now[0]


def test_a_stored_page_keeps_text_and_picture():
    curve = LossCurve("The latch", level=0.69, level_label="chance level")
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    data, metadata = curve._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW} and data["text/plain"] == "LossCurve('The latch', 0 steps)"
    assert metadata["image/png"]["width"] == 720
    empty = curve.static_png()[0]
    assert empty == data["image/png"] and curve.static_png()[0] == empty
    list(curve.watch(WHOLE))
    assert curve.static_png()[0] != empty
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings
    figure = plt.figure()
    curve.draw_static(figure)
    lines = {line.get_gid(): line for line in figure.axes[0].lines}
    assert np.array_equal(lines["loss"].get_ydata(), np.log10(LOSSES)) and "level" in lines
    assert np.array_equal(lines["mean of 20"].get_ydata(), np.log10(trailing_mean(LOSSES, range(12))))
    plt.close(figure)


def test_the_script_fetches_nothing():
    code = LossCurve()._esm + LossCurve()._css
    assert "import " not in code and "fetch(" not in code and "url(" not in code
    assert set(re.findall(r"https?://[^\"'\s]+", code)) == {"http://www.w3.org/2000/svg"}
    assert LossCurve()._esm.count("export default") == 1


def test_progress_can_be_saved_and_loaded(tmp_path):
    curve = LossCurve()
    list(curve.watch(train(), total=5))
    training.save_checkpoint(tmp_path / "run.npz", curve.progress)
    like = training.start(PARAMS, adam(0.02))
    again = LossCurve()
    list(again.watch(train(resume=training.load_checkpoint(tmp_path / "run.npz", like)), total=12))
    assert again.steps.tolist() == list(range(6, 13)) and bits(again.progress) == bits(WHOLE[-1])
