"""The generated tasks are what their pages say, and their baselines exact."""

import re

import numpy as np
import pytest

from lstm_helpers import losses
from lstm_helpers.data.tasks import adding, anbn, copying, latch, temporal_order

RNG = np.random.default_rng
TASKS = {adding: 10, copying: 15, temporal_order: 20, latch: 12, anbn: 14}
MANY = 40_000


def close(mean_of, exact, times=4.5):
    """Assert that the mean of many independent numbers is the exact one, within its own standard error."""
    values = np.asarray(mean_of, float)
    assert abs(values.mean() - exact) <= times * values.std() / np.sqrt(values.size) + 1e-12


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.__name__.rpartition(".")[2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batches_fit_a_model(task, dtype):
    T = TASKS[task]
    batch = task.batch(RNG(1), 7, T, dtype=dtype)
    steps = len(batch.xs)
    assert batch.xs.shape == (steps, 7, task.INPUT_SIZE) and batch.xs.dtype == dtype
    assert steps == T or (task is anbn and steps <= T)
    loss = losses.mse if task is adding else losses.cross_entropy
    where = (steps, 7) if task in (copying, anbn) else (7,)
    value, d_y = loss(np.zeros((*where, task.OUTPUT_SIZE), dtype), batch.targets, batch.mask)
    assert value > 0 and d_y.dtype == dtype
    again = task.batch(RNG(1), 7, T, dtype=dtype)
    assert np.array_equal(again.xs, batch.xs) and np.array_equal(again.targets, batch.targets)
    assert not np.array_equal(task.batch(RNG(2), 7, T).xs[:, :, 0], batch.xs[:, :, 0])


def test_adding_by_its_definition():
    xs, targets, mask = adding.batch(RNG(0), 500, 11)
    value, marker = xs[:, :, 0], xs[:, :, 1]
    assert mask is None and set(np.unique(marker)) == {0, 1}
    assert (marker[:5].sum(axis=0) == 1).all() and (marker[5:].sum(axis=0) == 1).all()
    assert np.abs((value * marker).sum(axis=0) - targets[:, 0]).max() < 1e-15
    assert value.min() >= 0 and value.max() <= 1 and np.all(marker.max(axis=1) == 1)  # every step gets its turn


def test_addings_baseline():
    targets = adding.batch(RNG(0), MANY, 10).targets
    assert adding.baseline() == 1 / 6
    close((targets - 1) ** 2, adding.baseline())
    assert np.mean((targets - 0.9) ** 2) > adding.baseline() < np.mean((targets - 1.1) ** 2)


def test_remembering_one_of_two_leaves_an_error_of_a_twelfth():
    xs, targets, _ = adding.batch(RNG(0), MANY, 10)
    first = (xs[:5, :, 0] * xs[:5, :, 1]).sum(axis=0)
    close((targets[:, 0] - first - 0.5) ** 2, 1 / 12)


def test_copying_by_its_definition():
    xs, targets, mask = copying.batch(RNG(0), 300, 12, count=3)
    read = xs.argmax(axis=2)
    assert mask is None and np.array_equal(xs.sum(axis=2), np.ones((12, 300)))
    assert np.array_equal(targets[9:], read[:3]) and set(np.unique(read[:3])) == set(range(8))
    assert np.all(read[8] == copying.CUE) and np.all(np.delete(read, [0, 1, 2, 8], axis=0) == copying.BLANK)
    assert np.all(targets[:9] == copying.BLANK)


def test_copyings_baseline():
    T, count = 14, 4
    targets = copying.batch(RNG(0), 50, T, count).targets
    y = np.full((T, 50, 9), -1e4)
    y[: T - count, :, copying.BLANK] = 0  # a sure blank, then a guess among the symbols
    y[T - count :, :, :8] = 0
    assert abs(losses.cross_entropy(y, targets).value - copying.baseline(T, count)) < 1e-13
    assert copying.baseline(T, count) == pytest.approx(4 * np.log(8) / 14)


def test_temporal_order_by_its_definition():
    for T in (2, 3, 9, 10, 25, 100):
        xs, targets, mask = temporal_order.batch(RNG(0), 400, T)
        read = xs.argmax(axis=2)
        assert mask is None and np.array_equal(xs.sum(axis=2), np.ones((T, 400)))
        assert ((read >= 4).sum(axis=0) == 2).all()
        where = np.array([np.flatnonzero(column >= 4) for column in read.T])
        assert (where[:, 0] >= T // 10).all() and (where[:, 0] <= 2 * T // 10).all()
        assert (where[:, 1] >= 5 * T // 10).all() and (where[:, 1] <= 6 * T // 10).all()
        assert set(where[:, 0]) == set(range(T // 10, 2 * T // 10 + 1))  # each of these places, the last one too
        assert set(where[:, 1]) == set(range(5 * T // 10, 6 * T // 10 + 1)) or T == 2  # there both want one step
        names = ["".join(temporal_order.SYMBOLS[k] for k in column[column >= 4]) for column in read.T]
        assert names == [temporal_order.CLASSES[k] for k in targets]


def test_temporal_orders_table():
    read_xs, targets, _ = temporal_order.batch(RNG(0), MANY, 10)
    symbols = read_xs[:, :, 4:].sum(axis=0)  # how many X, how many Y: all but their order
    assert temporal_order.baseline() == np.log(4)
    letters = read_xs[0, :, :4]  # step 0 holds no X or Y
    for k in range(4):
        close(letters[:, k][letters.any(axis=1)], 1 / 4)
    for k in range(4):
        close(targets == k, 1 / 4)
    close(np.where(symbols[:, 0] == 1, targets == 1, True), 3 / 4)
    close(np.where(symbols[:, 0] == 1, np.log(2), 0.0), np.log(2) / 2)


def test_latch_by_its_definition():
    xs, targets, mask = latch.batch(RNG(0), MANY, 6, noise=0.3)
    assert mask is None and np.array_equal(xs[0, :, 0], np.where(targets, 1, -1))
    close(targets, 1 / 2)
    close(xs[1:], 0.0)
    close(xs[1:] ** 2, 0.09)
    close(xs[1:, :, 0].sum(axis=0) * (2 * targets - 1), 0.0)  # the noise says nothing about the bit
    assert losses.cross_entropy(np.zeros((MANY, 2)), targets).value == pytest.approx(latch.baseline(), abs=1e-12)
    assert not latch.batch(RNG(0), 5, 4, noise=0.0).xs[1:].any()


def test_anbn_by_its_definition():
    xs, targets, mask = anbn.batch_of([1, 3])
    letters = ["".join("ab"[k] for k in xs[mask[:, b], b].argmax(axis=1)) for b in range(2)]
    answers = ["".join(anbn.SYMBOLS[k] for k in targets[mask[:, b], b]) for b in range(2)]
    assert letters == ["ab", "aaabbb"] and answers == ["b$", "aabbb$"]
    assert np.array_equal(xs.sum(axis=2), mask)


def test_anbn_draws_every_n_equally():
    counts = anbn.batch(RNG(0), MANY, 10).mask.sum(axis=0) // 2
    for n in range(1, 6):
        close(counts == n, 1 / 5)


@pytest.mark.parametrize("length", [2, 4, 10, 40])
def test_anbns_baseline_and_lower_bound(length):
    """Over one string of each n the mean cost of the best answers is exactly what the page says."""
    longest = length // 2
    xs, targets, mask = anbn.batch_of(np.arange(1, longest + 1))
    letter, t = xs.argmax(axis=2), np.arange(length)[:, None]
    shares = np.stack([[np.mean(targets[mask & (letter == k)] == s) for s in range(3)] for k in range(2)])
    with np.errstate(divide="ignore"):
        blind = np.maximum(np.log(shares), -1e4)[letter]
        left = np.maximum(longest - t, 1)  # n is equally any of t + 1 … N while a come
        counting = np.maximum(np.log(np.stack([1 - 1 / left, 1 / left, 0 * left], axis=-1)), -1e4)
    counting = np.where((letter == 0)[..., None], counting, np.maximum(np.eye(3)[targets] - 1, -1) * 1e4)
    assert abs(losses.cross_entropy(blind, targets, mask).value - anbn.baseline(length)) < 1e-12
    assert abs(losses.cross_entropy(counting, targets, mask).value - anbn.lower_bound(length)) < 1e-12
    assert anbn.lower_bound(length) <= anbn.baseline(length) + 1e-15 and (length == 2 or anbn.lower_bound(length) > 0)


BAD = {
    "length is 1; expected at least 2 steps: two steps are marked": lambda: adding.batch(RNG(0), 3, 1),
    "length is 10; expected at least 11 steps: to read 5 symbols": lambda: copying.batch(RNG(0), 3, 10),
    "length is 4; expected at least 5 steps": lambda: copying.baseline(4, 2),
    "count is 0": lambda: copying.batch(RNG(0), 3, 20, count=0),
    "length is 1; expected at least 2 steps: two steps hold": lambda: temporal_order.batch(RNG(0), 3, 1),
    "length is 0": lambda: latch.batch(RNG(0), 3, 0),
    "noise is -1; expected a standard deviation": lambda: latch.batch(RNG(0), 3, 5, noise=-1),
    "length is 7; expected an even number": lambda: anbn.batch(RNG(0), 3, 7),
    "counts is [0, 1]": lambda: anbn.batch_of([0, 1]),
    "counts is []": lambda: anbn.batch_of([]),
    "rng is 0; expected a numpy Generator": lambda: adding.batch(0, 3, 10),
    "batch_size is 0": lambda: latch.batch(RNG(0), 0, 10),
    "length is 2.5": lambda: anbn.baseline(2.5),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD[message]()
