"""Temperature and sampling: limits, the distribution of the samples, and a generated text, followed step by step."""

import re

import numpy as np
import pytest

from lstm_helpers.activations import softmax
from lstm_helpers.cells import lstm
from lstm_helpers.language import sampling
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Model

RNG = np.random.default_rng
LOGITS = np.array([[2.0, -1.0, 0.5, 2.5], [0.0, 0.0, 0.0, -3.0]])
MODEL = Model(Recurrent(lstm), embedding_size=3)
PARAMS = MODEL.init(RNG(0), 5, 6, 5)
PARAMS = PARAMS._replace(readout=PARAMS.readout._replace(W_y=6 * PARAMS.readout.W_y))


def test_at_one_it_is_the_softmax_and_elsewhere_the_softmax_of_the_quotient():
    assert np.abs(sampling.softmax_with_temperature(LOGITS, 1.0) - softmax(LOGITS)).max() < 1e-16
    for tau in (0.2, 0.9, 3.0):
        assert np.abs(sampling.softmax_with_temperature(LOGITS, tau) - softmax(LOGITS / tau)).max() < 1e-15


def test_the_law_of_temperature_ratios_are_raised_to_its_inverse():
    p, q = sampling.softmax_with_temperature(LOGITS, 1.0), sampling.softmax_with_temperature(LOGITS, 0.5)
    assert np.allclose(q[0, 0] / q[0, 1], (p[0, 0] / p[0, 1]) ** 2)


def test_towards_zero_only_the_best_is_left_towards_infinity_all_are_alike():
    best = np.eye(4)[LOGITS.argmax(axis=-1)]
    assert np.array_equal(sampling.softmax_with_temperature(LOGITS, 0.0), best)  # the first of three that tie
    assert np.array_equal(sampling.softmax_with_temperature(LOGITS[:1], 1e-4), best[:1])
    tie = [best[0], [1 / 3, 1 / 3, 1 / 3, 0]]
    assert np.abs(sampling.softmax_with_temperature(LOGITS, 5e-324) - tie).max() < 1e-15  # each row has its own best
    assert np.abs(sampling.softmax_with_temperature(LOGITS, 1e-200)[1] - [1 / 3, 1 / 3, 1 / 3, 0]).max() < 1e-15
    assert np.abs(sampling.softmax_with_temperature(LOGITS, 1e12) - 0.25).max() < 1e-11
    assert np.array_equal(sampling.softmax_with_temperature(np.array([1e3, -1e3]), 0.01), [1.0, 0.0])


def test_each_row_may_have_its_own_temperature_and_precision_stays():
    rows = sampling.softmax_with_temperature(LOGITS, np.array([0.5, 0.0]))
    assert np.array_equal(rows[0], sampling.softmax_with_temperature(LOGITS[0], 0.5)) and rows[1].tolist() == [
        1,
        0,
        0,
        0,
    ]
    assert sampling.softmax_with_temperature(LOGITS.astype(np.float32), 0.7).dtype == np.float32


def test_samples_invert_the_cumulative_sums():
    probabilities = np.array([0.2, 0.0, 0.5, 0.3])
    drawn = [int(sampling.sample(probabilities, u)) for u in (0.0, 0.199, 0.2, 0.45, 0.699, 0.7, 0.999999)]
    assert drawn == [0, 0, 2, 2, 2, 3, 3]
    assert sampling.sample(np.array([0.0, 1.0]), 0.0) == 1  # what has no chance is never chosen
    short = np.full(10, 0.1 - 1e-9)  # rounding may leave the sum below 1
    assert sampling.sample(short, np.nextafter(1.0, 0)) == 9
    assert sampling.sample(np.tile(probabilities, (2, 1)), np.array([0.1, 0.8])).tolist() == [0, 3]


@pytest.mark.parametrize("tau", [0.5, 1.0, 2.0])
def test_samples_follow_the_probabilities_at_the_temperature(tau):
    probabilities = sampling.softmax_with_temperature(LOGITS[0], tau)
    n = 40_000
    share = np.bincount(sampling.sample(np.tile(probabilities, (n, 1)), RNG(1).random(n)), minlength=4) / n
    assert np.all(np.abs(share - probabilities) < 4.5 * np.sqrt(probabilities * (1 - probabilities) / n) + 1e-9)


def test_a_text_is_drawn_one_token_at_a_time_each_read_by_the_next_step():
    prompts = np.array([[0, 3], [2, 2], [1, 4]])
    drawn = sampling.generate(MODEL, PARAMS, RNG(5), prompts, 7, 0.8)
    whole, rng = prompts, RNG(5)
    for row in drawn:  # from the beginning every time, nothing carried
        logits = MODEL.predict(PARAMS, whole)[-1]
        assert np.array_equal(row, sampling.sample(softmax(logits / 0.8), rng.random()))
        whole = np.concatenate([whole, row[None]])
    assert drawn.shape == (7, 2) and drawn.dtype.kind == "i"
    assert not np.array_equal(drawn, sampling.generate(MODEL, PARAMS, RNG(6), prompts, 7, 0.8))


def test_at_temperature_zero_the_best_follows_and_no_seed_matters():
    prompts = np.array([[1, 0, 4, 2, 3], [2, 4, 0, 3, 1], [3, 2, 2, 0, 4]])
    a, b = (sampling.generate(MODEL, PARAMS, RNG(seed), prompts, 12, 0.0) for seed in (1, 2))
    assert np.array_equal(a, b)
    whole = np.concatenate([prompts, a])
    assert np.array_equal(MODEL.predict(PARAMS, whole)[2:-1].argmax(-1), a)


def test_rows_that_differ_in_temperature_alone_can_be_compared():
    alone = sampling.generate(MODEL, PARAMS, RNG(3), np.array([[2]]), 10, 1.5)
    both = sampling.generate(MODEL, PARAMS, RNG(3), np.array([[2, 2]]), 10, np.array([0.0, 1.5]))
    assert np.array_equal(both[:, 1:], alone)
    own = sampling.generate(MODEL, PARAMS, [RNG(4), RNG(3)], np.array([[2, 2]]), 10, 1.5)
    assert np.array_equal(own[:, 1:], alone) and not np.array_equal(own[:, :1], alone)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: sampling.softmax_with_temperature(LOGITS, -0.1),
            "temperature is -0.1; expected a finite number from 0",
        ),
        (lambda: sampling.softmax_with_temperature(LOGITS, np.nan), "temperature is nan"),
        (lambda: sampling.softmax_with_temperature(LOGITS, np.inf), "temperature is inf"),
        (lambda: sampling.softmax_with_temperature(np.array([0.0, np.nan]), 1.0), "logits[1] is nan"),
        (lambda: sampling.softmax_with_temperature(np.array([0, 1]), 1.0), "logits has dtype int64"),
        (lambda: sampling.generate(MODEL, PARAMS, 7, np.array([[0]]), 3), "rng is 7; expected a numpy Generator"),
        (lambda: sampling.generate(MODEL, PARAMS, [RNG(0)], np.array([[0, 1]]), 3), "rng has 1 generators; expected"),
        (lambda: sampling.generate(MODEL, PARAMS, RNG(0), np.array([0]), 3), "prompts has shape (1,); expected (T, B)"),
        (lambda: sampling.generate(MODEL, PARAMS, RNG(0), np.zeros((0, 1), int), 3), "prompts has shape (0, 1)"),
        (lambda: sampling.generate(MODEL, PARAMS, RNG(0), np.array([[0]]), 0), "length is 0"),
        (
            lambda: sampling.generate(MODEL, PARAMS, RNG(0), np.array([[0]]), 3, [1.0, 2.0]),
            "temperature has shape (2,)",
        ),
        (
            lambda: sampling.generate(MODEL, PARAMS, RNG(0), np.array([[0, 1]]), 3, [1.0]),
            "temperature has shape (1,); expected one number, or (2,)",
        ),
        (lambda: sampling.generate(MODEL, PARAMS, RNG(0), np.array([[9]]), 3), "tokens[0, 0] is 9"),
        (
            lambda: sampling.generate(Model(Recurrent(lstm)), PARAMS, RNG(0), np.array([[0]]), 3),
            "expected one with an embedding",
        ),
    ],
)
def test_refusals(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()
