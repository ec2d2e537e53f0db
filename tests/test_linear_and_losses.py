"""Readout, embedding and losses against hand-worked numbers, complex-step derivatives and extremes."""

import re

import numpy as np
import pytest

from lstm_helpers import linear, losses
from lstm_helpers.gradcheck import complex_step, relative_error

RNG = np.random.default_rng(4)
Y, MASK = RNG.normal(size=(5, 3, 4)), RNG.random((5, 3)) < 0.6
CLASSES, NUMBERS = RNG.integers(4, size=(5, 3)), RNG.normal(size=(5, 3, 4))
LOSSES = [(losses.mse, NUMBERS), (losses.cross_entropy, CLASSES)]


def test_losses_by_hand():
    value, d_y = losses.mse(np.array([[1.0], [4.0]]), np.array([[0.0], [2.0]]))
    assert value == 2.5 and np.array_equal(d_y, [[1.0], [2.0]])
    value, d_y = losses.mse(np.array([[1.0, 4.0]]), np.array([[0.0, 2.0]]))  # the mean is over the numbers too
    assert value == 2.5 and np.array_equal(d_y, [[1.0, 2.0]])
    value, d_y = losses.cross_entropy(np.log([[1.0, 3.0], [1.0, 1.0]]), np.array([1, 0]))
    assert abs(value - (np.log(4 / 3) + np.log(2)) / 2) < 1e-15
    assert np.abs(d_y - [[1 / 8, -1 / 8], [-1 / 4, 1 / 4]]).max() < 1e-15


@pytest.mark.parametrize("classes", [1, 2, 7])
def test_a_uniform_prediction_over_k_classes_has_loss_ln_k(classes):
    value, _ = losses.cross_entropy(np.full((6, classes), 3.0), RNG.integers(classes, size=6))
    assert abs(value - np.log(classes)) < 1e-15


@pytest.mark.parametrize("mask", [None, MASK])
@pytest.mark.parametrize(("loss", "targets"), LOSSES)
def test_derivatives_equal_the_complex_step(loss, targets, mask):
    want = complex_step(lambda y: loss(y, targets, mask).value, Y)
    assert relative_error(loss(Y, targets, mask).d_y, want) < 1e-14


@pytest.mark.parametrize(("loss", "targets"), LOSSES)
def test_a_masked_position_counts_for_nothing(loss, targets):
    other_y, other_targets = Y.copy(), targets.copy()
    other_y[~MASK] = 1e6
    other_targets[~MASK] = -99 if targets is CLASSES else np.nan
    value, d_y = loss(other_y, other_targets, MASK)
    assert value == loss(Y, targets, MASK).value
    assert np.all(d_y[~MASK] == 0) and np.all(d_y[MASK] != 0)
    assert abs(value - loss(Y[MASK], targets[MASK]).value) < 1e-15  # the mean is over what is real


def test_cross_entropy_at_extremes_is_silent_and_exact():
    """Warnings are errors in this suite."""
    value, d_y = losses.cross_entropy(np.array([[1e4, -1e4], [-1e4, 1e4]]), np.array([0, 0]))
    assert value == 1e4  # 0 for the first, 2e4 for the second
    assert np.array_equal(d_y, [[0, 0], [-0.5, 0.5]])


@pytest.mark.parametrize("level", [1e3, -1e3])
def test_a_cross_entropy_of_logits_near_a_thousand_is_that_of_small_ones_under_any_mask(level):
    """Sequences with a hole, padded in front, and masked throughout; what is masked is even larger."""
    mask = np.array([[True, False, True, False], [False, False, True, True], [False] * 4]).T
    small, targets = RNG.normal(size=(4, 3, 5)), RNG.integers(5, size=(4, 3))
    want = losses.cross_entropy(small, targets, mask)
    far = np.where(mask[..., None], level + small, 1e300)
    got = losses.cross_entropy(far, np.where(mask, targets, 77), mask)
    assert abs(got.value - want.value) < 1e-12
    assert np.abs(got.d_y - want.d_y).max() < 1e-12 and not got.d_y[~mask].any()


def test_the_gradient_of_a_cross_entropy_adds_up_to_zero():
    assert np.abs(losses.cross_entropy(Y, CLASSES, MASK).d_y.sum(axis=-1)).max() < 1e-16


def test_accuracy_counts_the_real():
    y = np.eye(4)[CLASSES]
    y[0] = y[0][:, ::-1]  # class k becomes 3 - k: wrong always
    assert losses.accuracy(y, CLASSES) == 12 / 15
    assert losses.accuracy(y, CLASSES, np.arange(5)[:, None] + np.zeros((1, 3)) > 0) == 1.0


def test_linear_and_its_gradients():
    params = linear.init(np.random.default_rng(0), 3, 2)
    h, d_y = RNG.normal(size=(4, 5, 3)), RNG.normal(size=(4, 5, 2))
    want = complex_step(lambda tree: (linear.forward(*tree) * d_y).sum(), (params, h))
    assert relative_error(linear.backward(params, h, d_y), want) < 1e-14


def test_initial_weights_are_as_documented():
    params = linear.init(np.random.default_rng(0), 25, 40, dtype=np.float32)
    assert 0.99 * 0.2 < np.abs(params.W_y).max() <= np.float32(0.2) and not params.b_y.any()
    assert params.W_y.dtype == params.b_y.dtype == np.float32
    rows = linear.embedding_init(np.random.default_rng(0), 100, 40).W_e
    assert abs(rows.mean()) < 0.05 and abs(rows.std() - 1) < 0.05
    assert linear.embedding_init(np.random.default_rng(0), 100, 40, dtype=np.float32).W_e.dtype == np.float32


def test_an_embedding_is_one_hot_times_a_matrix():
    params = linear.embedding_init(np.random.default_rng(0), 6, 3)
    tokens, d_xs = RNG.integers(5, size=(4, 3)), RNG.normal(size=(4, 3, 3))
    one_hot = np.eye(6)[tokens]
    assert np.array_equal(linear.embed(params, tokens), one_hot @ params.W_e)
    got = linear.embed_backward(params, tokens, d_xs)
    assert relative_error(got.W_e, np.einsum("tbv,tbe->ve", one_hot, d_xs)) < 1e-14
    assert not got.W_e[5].any()  # never looked up


def test_masked_tokens_are_never_read():
    params = linear.embedding_init(np.random.default_rng(0), 6, 3)
    mask = np.array([[True, True], [True, False]])
    tokens = np.array([[0, 5], [2, -1]])
    xs = linear.embed(params, tokens, mask)
    assert np.array_equal(xs[mask], params.W_e[[0, 5, 2]]) and not xs[~mask].any()
    for nothing in (-1, 6, 99):  # no token of the vocabulary
        tokens[1, 1] = nothing
        assert np.array_equal(linear.embed(params, tokens, mask), xs)
        got = linear.embed_backward(params, tokens, np.ones((2, 2, 3)), mask).W_e
        assert got[:, 0].tolist() == [1, 0, 1, 0, 0, 1]


BAD = {
    "targets has shape (5,); expected (5, 1): try targets[..., None]": lambda: losses.mse(np.ones((5, 1)), np.ones(5)),
    "targets has shape (5, 2); expected (5, 1)": lambda: losses.mse(np.ones((5, 1)), np.ones((5, 2))),
    "targets has dtype float32 but y has float64": lambda: losses.mse(Y, NUMBERS.astype(np.float32)),
    "targets has dtype int64; expected floats": lambda: losses.mse(Y[..., 0], CLASSES),
    "targets[1, 0] is nan": lambda: losses.mse(np.ones((2, 1)), np.array([[1.0], [np.nan]])),
    "targets[2, 0, 0] is nan": lambda: losses.mse(
        np.ones((3, 1, 1)), np.array([[[1.0]], [[np.nan]], [[np.nan]]]), np.array([[True], [False], [True]])
    ),
    "targets[2, 0] is 9": lambda: losses.cross_entropy(
        np.ones((3, 1, 2)), np.array([[0], [9], [9]]), np.array([[True], [False], [True]])
    ),
    "mask is False everywhere": lambda: losses.mse(Y, NUMBERS, np.zeros((5, 3), bool)),
    "y has the shape (0, 3) of positions": lambda: losses.cross_entropy(Y[:0], CLASSES[:0]),
    "mask has shape (3, 5) and dtype bool; expected bool (5, 3)": lambda: losses.cross_entropy(Y, CLASSES, MASK.T),
    "mask has shape (5, 3) and dtype float64": lambda: losses.mse(Y, NUMBERS, MASK.astype(float)),
    "try targets.argmax(-1)": lambda: losses.cross_entropy(Y, np.eye(4)[CLASSES]),
    "targets has dtype float64; expected whole numbers": lambda: losses.cross_entropy(Y, CLASSES.astype(float)),
    "targets[0, 0] is 4; expected a whole number from 0 to 3": lambda: losses.cross_entropy(Y, 0 * CLASSES + 4),
    "y has dtype int64": lambda: losses.cross_entropy(CLASSES, CLASSES[:, 0]),
    "h has shape (2, 4); expected (…, H) with H=3": lambda: linear.forward(
        linear.init(np.random.default_rng(0), 3, 2), np.ones((2, 4))
    ),
    "tokens[1, 0] is 6; expected a whole number from 0 to 5": lambda: embed([[0], [6]]),
    "tokens[0, 0] is -1": lambda: embed([[-1]]),
    "tokens has dtype float64": lambda: embed([[1.0]]),
    "tokens has shape (1, 1, 1); expected (T, B): one token a position": lambda: embed([[[1]]]),
    "output_size is 0": lambda: linear.init(np.random.default_rng(0), 3, 0),
    "vocabulary_size is 2.5": lambda: linear.embedding_init(np.random.default_rng(0), 2.5, 3),
    "rng is 7": lambda: linear.init(7, 3, 2),
}


def embed(tokens):
    return linear.embed(linear.embedding_init(np.random.default_rng(0), 6, 3), np.array(tokens))


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD[message]()
