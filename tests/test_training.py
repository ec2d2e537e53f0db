"""Networks learn; what is interrupted, killed or stopped early loses nothing; what cannot work is named."""

import os
import re
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import losses, training
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.data.tasks import adding, agreement
from lstm_helpers.gradcheck import relative_error
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Batch, Model
from lstm_helpers.training import adam, fit, loop, progress_bar, sgd, train, trainer
from tests import train_forever

ORDER = train_forever.batches
OPTIMIZER = train_forever.OPTIMIZER


def same(a, b):
    """Assert that two trees are equal to the last bit, Python numbers included."""
    tree_map(np.testing.assert_array_equal, a, b)


def last_of(run, steps):
    return list(islice(run, steps))[-1]


def small_run(cell_dropout=0.0, batches=ORDER, **options):
    net = Model(Recurrent(lstm, recurrent_dropout=cell_dropout), "last")
    return fit(
        net, train_forever.PARAMS, batches, losses.cross_entropy, options.pop("optimizer", adam(0.02)), **options
    )


# Learning


def test_agreement_is_learned_to_the_last_sentence():
    net = Model(Recurrent(lstm), at="last")
    params = net.init(np.random.default_rng(0), len(agreement.VOCABULARY), 8, 2)
    run = fit(
        net,
        params,
        lambda step: agreement.batch(np.random.default_rng([0, step]), 16, (0, 2)),
        losses.cross_entropy,
        adam(0.03),
    )
    learned = last_of(run, 150).params
    held_out = agreement.batch(np.random.default_rng(99), 500, (0, 2))
    assert losses.accuracy(net.predict(params, held_out.xs, mask=held_out.mask), held_out.targets) < 0.7
    assert losses.accuracy(net.predict(learned, held_out.xs, mask=held_out.mask), held_out.targets) == 1.0


def test_adding_is_learned():
    net = Model(Recurrent(lstm), at="last")
    params = net.init(np.random.default_rng(0), adding.INPUT_SIZE, 8, adding.OUTPUT_SIZE)
    run = fit(net, params, lambda step: adding.batch(np.random.default_rng([0, step]), 32, 10), losses.mse, adam(0.03))
    learned, held_out = last_of(run, 350).params, adding.batch(np.random.default_rng(99), 1000, 10)
    assert net.loss(params, held_out, losses.mse) > 0.1 * adding.baseline()
    assert net.loss(learned, held_out, losses.mse) < 0.02


# One step


def test_the_first_step_is_loss_gradient_clip_update():
    net, params, batch = Model(Recurrent(lstm), "last"), train_forever.PARAMS, ORDER(0)
    result = net.loss_and_grads(params, batch, losses.cross_entropy)
    grads, norm = training.clip_norm(result.grads, 0.1)
    assert norm > 0.1
    want, state = adam(0.02).update(grads, adam(0.02).init(params), params)
    got = next(small_run(clip_norm=0.1))
    assert (got.step, got.loss, got.grad_norm) == (1, result.loss, norm)
    same((got.params, got.optimizer_state), (want, state))
    assert got.state == () and got.rng_state == () and got.best == ()


def test_without_a_limit_nothing_is_clipped():
    params, rate = train_forever.PARAMS, 0.1
    got = next(small_run(clip_norm=None, optimizer=sgd(rate)))
    moved = np.sqrt(
        sum(((a - b) ** 2).sum() for (_, a), (_, b) in zip(leaves(got.params), leaves(params), strict=True))
    )
    assert abs(moved - rate * got.grad_norm) < 1e-14


def test_start_params_and_generator_are_left_alone():
    before = tree_map(np.copy, train_forever.PARAMS)
    rng = np.random.default_rng(4)
    run = small_run(0.5, rng=rng)
    state = rng.bit_generator.state  # the one draw that seeds the run is behind it
    last_of(run, 3)
    assert rng.bit_generator.state == state
    same(train_forever.PARAMS, before)


def test_every_progress_is_a_snapshot():
    path = list(islice(small_run(0.3, rng=np.random.default_rng(0)), 5))
    assert [p.step for p in path] == [1, 2, 3, 4, 5]
    first = next(small_run(0.3, rng=np.random.default_rng(0)))
    same(path[0], first)
    assert len({p.rng_state.tobytes() for p in path}) == 5
    assert relative_error(path[0].params, path[4].params) > 1e-3


def test_dropout_is_drawn_from_rng_and_only_in_training():
    runs = [last_of(small_run(0.5, rng=np.random.default_rng(seed)), 3).params for seed in (0, 0, 1)]
    same(runs[0], runs[1])
    assert relative_error(runs[0], runs[2]) > 1e-4
    net = Model(Recurrent(lstm, recurrent_dropout=0.5), "last")
    options = dict(rng=np.random.default_rng(0), validate=lambda p: float(net.loss(p, ORDER(99), losses.cross_entropy)))
    same(last_of(small_run(0.5, **options), 3).params, runs[0])  # validation draws nothing


def test_batches_may_end_the_training():
    run = small_run(batches=lambda step: ORDER(step) if step < 4 else None)
    assert [p.step for p in run] == [1, 2, 3, 4]


# Carried state


def stream(step, length=4, B=3):
    """Cut three endless sequences into chunks."""
    xs = np.random.default_rng(11).normal(size=(40, B, 2))
    chunk = slice(length * step, length * (step + 1))
    return Batch(xs[chunk], np.cumsum(xs, axis=0)[chunk, :, :1])


NET2 = Model(Recurrent(lstm))
PARAMS2 = NET2.init(np.random.default_rng(0), 2, 4, 1)


def test_a_carried_state_goes_on_and_its_gradient_is_cut():
    tiny = sgd(1e-300)  # weights that do not move: the chunks are then one long run
    path = list(islice(fit(NET2, PARAMS2, stream, losses.mse, tiny, carry_state=True), 3))
    whole = stream(0, length=12)
    y = NET2.predict(PARAMS2, whole.xs)
    chunks = [losses.mse(y[k : k + 4], whole.targets[k : k + 4]).value for k in (0, 4, 8)]
    assert relative_error(np.array([p.loss for p in path]), np.array(chunks)) < 1e-14
    same(path[2].state, NET2.forward(PARAMS2, whole.xs).trace.state)
    second = NET2.loss_and_grads(PARAMS2, stream(1), losses.mse, path[0].state)  # the state as a mere number
    assert path[1].grad_norm == training.clip_norm(second.grads, 1.0)[1]
    fresh = list(islice(fit(NET2, PARAMS2, stream, losses.mse, tiny), 2))
    assert fresh[0].loss == path[0].loss and fresh[1].loss != path[1].loss and fresh[1].state == ()


def test_a_carried_state_survives_a_checkpoint(tmp_path):
    def run(resume=None):
        return fit(NET2, PARAMS2, stream, losses.mse, sgd(0.1, 0.9), carry_state=True, resume=resume)

    path = list(islice(run(), 6))
    training.save_checkpoint(tmp_path / "c.npz", path[2])
    like = training.start(PARAMS2, sgd(0.1, 0.9), state=NET2.zero_state(PARAMS2, stream(0).xs))
    same(last_of(run(training.load_checkpoint(tmp_path / "c.npz", like)), 3), path[5])


def test_a_changed_batch_size_is_named():
    run = fit(NET2, PARAMS2, lambda step: stream(step, B=3 if step < 2 else 2), losses.mse, sgd(0.1), carry_state=True)
    with pytest.raises(ValueError, match=r"batches\(2\) holds 2 sequences but the carried state 3; .*incomplete"):
        list(run)


# Interruption


@pytest.fixture
def interrupts():
    """Python's own answer to SIGINT, also where whoever started the tests has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("place", ["batches", "loss", "update", "validate"])
@pytest.mark.parametrize("stop", [0, 1, 5])
def test_an_interrupted_run_resumes_to_the_same_bits(place, stop):
    """A real SIGINT, raised in the middle of a step: that step is dropped, and nothing else."""
    calls = {"batches": 0, "loss": 0, "update": 0, "validate": 0}
    rule = adam(0.02)

    def watched(name, function):
        def call(*arguments):
            calls[name] += 1
            if name == place and calls[name] == stop + 1:
                signal.raise_signal(signal.SIGINT)
            return function(*arguments)

        return call

    def run(wrap, **options):
        update = rule._replace(update=wrap("update", rule.update))
        net = Model(Recurrent(lstm, recurrent_dropout=0.3), "last")
        return fit(
            net,
            train_forever.PARAMS,
            wrap("batches", ORDER),
            wrap("loss", losses.cross_entropy),
            update,
            rng=np.random.default_rng(2),
            validate=wrap("validate", lambda params: float(net.loss(params, ORDER(99), losses.cross_entropy))),
            **options,
        )

    whole = list(islice(run(lambda name, function: function), 8))
    done = list(run(watched))  # ends by itself, without an error
    assert [p.step for p in done] == list(range(1, stop + 1))
    rest = list(islice(run(lambda name, function: function, resume=done[-1] if done else None), 8 - stop))
    same([*done, *rest][-1], whole[-1])
    for a, b in zip([*done, *rest], whole, strict=True):
        same(a, b)


def test_a_killed_process_resumes_to_the_same_bits(tmp_path):
    """SIGKILL at no particular moment, most likely while a checkpoint is being written."""
    path = tmp_path / "run.npz"
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-m", "tests.train_forever", str(path)]
    with subprocess.Popen(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}) as process:
        try:
            deadline = time.monotonic() + 60
            while not path.exists() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(np.random.default_rng().uniform(0.05, 0.3))  # unseeded on purpose: any moment must do
        finally:
            process.kill()
    survived = training.load_checkpoint(path, train_forever.like())
    assert survived.step >= 1
    goal = survived.step + 7
    same(last_of(train_forever.run(survived), 7), last_of(train_forever.run(), goal))


def test_a_checkpoint_gives_back_what_was_saved(tmp_path):
    progress = last_of(train_forever.run(), 3)
    training.save_checkpoint(tmp_path / "a.npz", progress)
    loaded = training.load_checkpoint(tmp_path / "a.npz", train_forever.like())
    same(loaded, progress)
    assert type(loaded.step) is int and type(loaded.loss) is float and type(loaded.best.waited) is int
    assert type(loaded) is training.Progress and type(loaded.best) is training.Best
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert all(archive[name].dtype.kind in "fiu" for name in archive.files)


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    training.save_checkpoint(tmp_path / "a.npz", next(small_run()))
    with pytest.raises(ValueError, match=r"a\.npz cannot be loaded: it holds .*; expected best\.") as caught:
        training.load_checkpoint(tmp_path / "a.npz", train_forever.like())
    assert "the same params, optimizer, rng, state and validate" in caught.value.__notes__[0]


@pytest.mark.parametrize(("given", "carried"), [(np.float32, np.float64), (np.float64, np.float32)])
def test_a_run_is_not_resumed_in_another_precision(given, carried):
    def run(dtype, **options):
        params = tree_map(lambda a: a.astype(dtype), PARAMS2)
        xs, targets = (a.astype(dtype) for a in stream(0)[:2])
        return fit(NET2, params, lambda step: Batch(xs, targets), losses.mse, adam(0.1), **options)

    progress = next(run(carried))
    with pytest.raises(ValueError, match=r"resume\.params is of another model or optimizer: it holds params\."):
        run(given, resume=progress)
    half = progress._replace(params=tree_map(lambda a: a.astype(given), progress.params))
    with pytest.raises(ValueError, match=r"resume\.optimizer_state is of another model or optimizer"):
        run(given, resume=half)
    assert next(run(carried, resume=progress)).step == 2


def test_the_state_of_random_numbers_is_kept_whole():
    for draws in range(5):
        rng = np.random.Generator(np.random.PCG64(123))
        rng.integers(2**32, size=draws, dtype=np.uint32)  # half a word may be left over
        again = loop._unpack(loop._pack(rng.bit_generator))
        assert np.array_equal(
            again.integers(2**32, size=9, dtype=np.uint32), rng.integers(2**32, size=9, dtype=np.uint32)
        )
        assert np.array_equal(again.random(9), rng.random(9))


# Early stopping


def all_of(run):
    """List what should end by itself."""
    path = list(islice(run, 40))
    assert len(path) < 40
    return path


def falling_to(lowest_step):
    """Validate so that the loss falls until a step and then rises; the run's first step gives 1."""
    count = [0]

    def validate(params):
        count[0] += 1
        return float(abs(count[0] - lowest_step))

    return validate


@pytest.mark.parametrize("patience", [1, 3])
def test_training_stops_when_validation_no_longer_falls(patience):
    path = all_of(small_run(validate=falling_to(4), patience=patience))
    assert len(path) == 4 + patience
    best = path[-1].best
    assert (best.loss, best.step, best.waited, best.latest) == (0.0, 4, patience, float(patience))
    same(best.params, path[3].params)


def test_what_is_validated_are_the_weights_after_the_step():
    """Not the best ones so far, nor those before."""
    seen = []

    def validate(params):
        seen.append(params)
        return float(len(seen))  # the first is the best

    path = list(islice(small_run(validate=validate), 4))
    assert len(seen) == 4 and all(params is after.params for params, after in zip(seen, path, strict=True))
    assert path[-1].best.params is path[0].params


def test_an_equal_loss_is_no_progress():
    assert len(all_of(small_run(validate=lambda params: 1.0, patience=2))) == 3


def test_validation_every_few_steps():
    path = all_of(small_run(validate=falling_to(2), validate_every=3, patience=2))
    assert len(path) == 12 and path[-1].best.step == 6
    assert np.isnan(path[1].best.latest) and path[1].best.loss == np.inf
    assert [p.best.waited for p in path] == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2]


def test_a_stopped_run_stays_stopped_and_a_longer_patience_goes_on():
    stopped = all_of(small_run(validate=lambda params: 1.0, patience=2))[-1]
    assert all_of(small_run(validate=lambda params: 1.0, patience=2, resume=stopped)) == []
    assert len(all_of(small_run(validate=lambda params: 1.0, patience=5, resume=stopped))) == 3


# What cannot work


def test_a_diverging_run_is_reported_and_keeps_the_last_progress():
    net = Model(Recurrent(lstm))
    params = net.init(np.random.default_rng(0), 2, 4, 1)
    run = fit(net, params, lambda step: stream(step % 5), losses.mse, sgd(1e5), clip_norm=None)
    path = []
    message = r"in step \d+ \(step \d+ was fine, .*too large; try a smaller learning_rate"
    with pytest.raises(FloatingPointError, match=message):
        for progress in run:
            path.append(progress)
    assert path and all(np.isfinite(leaf).all() for _, leaf in leaves(path[-1].params))
    assert np.isfinite(path[-1].loss) and path[-1].step == len(path)
    resumed = fit(net, params, lambda step: stream(step % 5), losses.mse, sgd(1e-3), clip_norm=1.0, resume=path[0])
    assert np.isfinite(last_of(resumed, 3).loss)


def test_a_step_to_infinite_weights_is_never_yielded():
    def far_off(step):
        return stream(step)._replace(targets=1e6 * stream(step).targets)

    with pytest.raises(FloatingPointError, match=r"the norm of the new weights is inf in step 1: most likely"):
        next(fit(NET2, PARAMS2, far_off, losses.mse, sgd(1e308), clip_norm=100.0))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_nan_loss_is_reported_at_once(bad):
    def loss(y, targets, mask):
        value, d_y = losses.cross_entropy(y, targets, mask)
        return losses.Loss(value if bad is np.inf else bad, d_y * bad if bad is np.inf else d_y)

    with pytest.raises(
        FloatingPointError, match=r"the (loss is nan|norm of the gradient is nan) in step 1: most likely"
    ):
        next(fit(train_forever.NET, train_forever.PARAMS, ORDER, loss, adam(0.1)))


def test_a_bad_batch_is_named_with_its_number():
    def batches(step):
        batch = ORDER(step)
        if step == 2:
            batch.xs[3, 1, 0] = np.nan
        return batch

    path = []
    with pytest.raises(ValueError, match=r"xs\[3, 1, 0\] is nan") as caught:
        path.extend(small_run(batches=batches))
    assert caught.value.__notes__ == ["This was in step 3, with batches(2)."]


def nan_params():
    params = tree_map(np.copy, train_forever.PARAMS)
    params.layer.W_h[0, 1] = np.nan
    return params


OTHER = Model(Recurrent(lstm), "last").init(np.random.default_rng(0), 6, 3, 4)
BAD = {
    "clip_norm is 0; expected a number above 0, or None": lambda: small_run(clip_norm=0),
    "patience needs validate": lambda: small_run(patience=3),
    "patience is 0": lambda: small_run(patience=0, validate=lambda p: 0.0),
    "validate_every is 1.5": lambda: small_run(validate_every=1.5),
    "rng is 3; expected a numpy Generator": lambda: small_run(rng=3),
    "params.layer.W_h[0, 1] is nan": lambda: fit(None, nan_params(), ORDER, losses.mse, adam(0.1)),
    "resume is a tuple of 2; expected a Progress": lambda: small_run(resume=(1, 2)),
    "resume was made without rng": lambda: small_run(resume=next(small_run()), rng=np.random.default_rng(0)),
    "resume was made with validate": lambda: small_run(resume=next(small_run(validate=lambda p: 0.0))),
    "resume.params is of another model or optimizer: it holds params.layer.W_x (6, 12)": lambda: small_run(
        resume=next(small_run())._replace(params=OTHER)
    ),
    "resume.optimizer_state is of another": lambda: small_run(resume=next(small_run(optimizer=sgd(0.1)))),
    "validate returned nan after step 1": lambda: next(small_run(validate=lambda p: np.nan)),
    "total is 0": lambda: progress_bar([1], 0),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD[message]()


# The whole of a training in one call


def trained(steps, batches=ORDER, loss=losses.cross_entropy, optimizer=OPTIMIZER, **options):
    """Train with all that a training can have."""
    rng, validate = np.random.default_rng(1), train_forever.validate
    options = dict(rng=rng, validate=validate, validate_every=2) | options
    return train(train_forever.NET, train_forever.PARAMS, batches, loss, optimizer, steps, **options)


def test_train_gives_the_progress_of_fit():
    same(trained(7), last_of(train_forever.run(), 7))


def test_train_hands_every_option_to_fit():
    net, start = Model(Recurrent(lstm)), PARAMS2
    options = dict(clip_norm=1e-3, carry_state=True)
    got = train(net, start, stream, losses.mse, sgd(0.1, 0.9), 5, **options)
    same(got, last_of(fit(net, start, stream, losses.mse, sgd(0.1, 0.9), **options), 5))
    assert got.state != ()
    assert trained(50, validate=lambda params: 1.0, validate_every=3, patience=2).step == 9  # found at 3, two no better
    assert trained(50, batches=lambda step: ORDER(step) if step < 4 else None).step == 4


@pytest.mark.parametrize("stop", [0, 1, 5, 7])
@pytest.mark.parametrize("place", ["batches", "loss", "update", "between"])
def test_an_interrupted_training_goes_on_to_the_same_bits(place, stop, tmp_path, capsys, monkeypatch):
    """Interrupted by a signal in its step ``stop``, or after it; resumed from memory and from a file."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    calls = [0]

    def watched(function):
        def call(*arguments):
            calls[0] += 1
            if calls[0] == stop + 1:
                signal.raise_signal(signal.SIGINT)
            return function(*arguments)

        return call

    def bar(items, total, shown):
        for made in range(total):
            if made == stop:
                signal.raise_signal(signal.SIGINT)
            yield next(items)

    try:
        if place == "between":
            monkeypatch.setattr(trainer, "progress_bar", bar)
            stopped = trained(8)
            monkeypatch.undo()
        else:
            functions = dict(batches=ORDER, loss=losses.cross_entropy, update=OPTIMIZER.update)
            functions[place] = watched(functions[place])
            optimizer = OPTIMIZER._replace(update=functions.pop("update"))
            stopped = trained(8, optimizer=optimizer, **functions)
    finally:
        signal.signal(signal.SIGINT, before)
    assert stopped.step == stop
    assert capsys.readouterr().err.startswith(f"Interrupted after step {stop} of 8. Nothing is lost")
    whole = trained(8)
    same(trained(8, resume=stopped), whole)
    training.save_checkpoint(tmp_path / "a.npz", stopped)
    same(trained(8, resume=training.load_checkpoint(tmp_path / "a.npz", train_forever.like())), whole)


def test_a_finished_training_is_given_back():
    whole = trained(3)
    assert trained(3, resume=whole) is whole


def test_a_training_prints_nothing_without_a_terminal(capsys, monkeypatch):
    trained(2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    stopped = trained(2)
    assert capsys.readouterr() == (f"2 steps: {FULL}", "")
    trained(6, resume=stopped)
    assert capsys.readouterr() == (f"4 steps: {FULL}", "")
    trained(2, bar=False)
    assert capsys.readouterr() == ("", "")


BAD_TRAININGS = {
    "steps is 0; expected a whole number from 1": lambda: trained(0),
    "steps is 2.5; expected a whole number from 1": lambda: trained(2.5),
    "steps is 2, but resume has run 3 already; expected at least as many: steps counts from the first, so for 2 more "
    "pass steps=5": lambda: trained(2, resume=trained(3)),
    "resume is a tuple of 2; expected a Progress": lambda: trained(2, resume=(1, 2)),
    "patience needs validate": lambda: trained(2, validate=None, patience=3),
    "clip_norm is 0": lambda: trained(2, clip_norm=0),
}


@pytest.mark.parametrize("message", BAD_TRAININGS)
def test_bad_arguments_of_a_training_are_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD_TRAININGS[message]()


def test_a_training_that_diverges_is_reported():
    with pytest.raises(FloatingPointError, match="try a smaller learning_rate"):
        train(NET2, PARAMS2, lambda step: stream(step % 5), losses.mse, sgd(1e5), 100, clip_norm=None)


# The bar

FULL = "0...10...20...30...40...50...60...70...80...90...100 %\n"


def shown(capsys, monkeypatch, items, total, take=None):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    got = []
    for item in progress_bar(items, total):
        got.append(item)
        if len(got) == take:
            break
    return got, capsys.readouterr().out


@pytest.mark.parametrize("total", [1, 3, 40, 41, 500])
def test_the_bar_is_the_same_line_for_any_number_of_steps(capsys, monkeypatch, total):
    got, line = shown(capsys, monkeypatch, iter(range(1000)), total)
    assert got == list(range(total)) and line == f"{total} steps: {FULL}"


def test_an_abandoned_bar_names_the_step(capsys, monkeypatch):
    assert shown(capsys, monkeypatch, range(3), 8)[1] == "8 steps: 0...10...20...30... stopped after 3 steps\n"
    assert shown(capsys, monkeypatch, range(30), 8, take=2)[1] == "8 steps: 0...10...20.. stopped after 2 steps\n"


def test_the_bar_grows_while_items_come(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    bar = progress_bar(range(4), 4)
    lines = []
    for _ in bar:
        lines.append(capsys.readouterr().out)
    assert lines == ["4 steps: 0...10...20..", ".30...40...50", "...60...70..", ".80...90...100"]


def test_the_bar_prints_nothing_without_a_terminal(capsys):
    assert list(progress_bar(range(9), 5)) == [0, 1, 2, 3, 4]
    assert capsys.readouterr().out == ""
