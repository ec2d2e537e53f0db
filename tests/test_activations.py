"""The activations against exact values, identities and extremes."""

import numpy as np
import pytest

from lstm_helpers.activations import (
    half_life,
    log_softmax,
    logit,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)

GRID = np.linspace(-12, 12, 1001)


def test_exact_values():
    assert sigmoid(0.0) == 0.5
    assert abs(sigmoid(np.log(3)) - 0.75) < 1e-15
    assert abs(tanh(np.log(2)) - 0.6) < 1e-15


def test_sigmoid_is_the_textbook_formula():
    assert np.abs(sigmoid(GRID) - 1 / (1 + np.exp(-GRID))).max() < 3e-16


def test_identities():
    assert np.abs(sigmoid(GRID) + sigmoid(-GRID) - 1).max() < 3e-16
    assert np.abs(tanh(GRID) - (2 * sigmoid(2 * GRID) - 1)).max() < 5e-16


@pytest.mark.parametrize(("function", "derivative"), [(sigmoid, sigmoid_derivative), (tanh, tanh_derivative)])
def test_derivatives_equal_the_complex_step(function, derivative):
    exact = function(GRID + 1e-20j).imag / 1e-20
    assert np.abs(derivative(function(GRID)) - exact).max() < 1e-15


def test_largest_derivatives():
    assert sigmoid_derivative(sigmoid(GRID)).max() == sigmoid_derivative(0.5) == 0.25
    assert tanh_derivative(tanh(GRID)).max() == tanh_derivative(0.0) == 1.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex128])
def test_extremes_are_silent_and_dtypes_kept(dtype):
    """Warnings are errors in this suite."""
    z = np.array([-1e4, -1000, 0, 1000, 1e4], dtype)
    assert np.array_equal(sigmoid(z), np.array([0, 0, 0.5, 1, 1], dtype))
    assert (
        sigmoid(z).dtype == tanh(z).dtype == sigmoid_derivative(z[2:3]).dtype == tanh_derivative(z[2:3]).dtype == dtype
    )


def test_logit_undoes_sigmoid():
    z = np.linspace(-8, 8, 161)
    assert np.abs(logit(sigmoid(z)) - z).max() < 1e-11
    assert logit(0.5) == 0 and logit(0.0) == -np.inf and logit(1.0) == np.inf
    assert abs(logit(0.75) - np.log(3)) < 1e-15 and abs(logit(0.9) + logit(0.1)) < 1e-15


@pytest.mark.parametrize("s", [-0.1, 1.1, np.nan, [0.5, 2.0]])
def test_logit_refuses_numbers_outside_the_range_of_sigmoid(s):
    with pytest.raises(ValueError, match=r"s is .*expected numbers from 0 .* to 1"):
        logit(s)


def test_half_life():
    assert half_life(0.5) == 1.0
    assert half_life(0.0) == 0.0
    assert half_life(1.0) == np.inf
    assert abs(half_life(2 ** (-1 / 37)) - 37) < 1e-11
    assert np.round(half_life(sigmoid([0.0, 1.0, 2.0, 3.0, 5.0])), 1).tolist() == [1.0, 2.2, 5.5, 14.3, 103.2]


@pytest.mark.parametrize("f", [-0.1, 1.1, np.nan, [0.5, 2.0]])
def test_half_life_refuses_numbers_outside_the_range_of_a_gate(f):
    with pytest.raises(ValueError, match=r"f is .*expected numbers from 0 .* to 1"):
        half_life(f)


def test_softmax_gives_probabilities():
    assert np.abs(softmax([0.0, np.log(2), np.log(5)]) - np.array([1, 2, 5]) / 8).max() < 1e-15
    z = np.random.default_rng(0).normal(size=(5, 4, 3))
    assert np.abs(softmax(z).sum(axis=-1) - 1).max() < 1e-15
    assert np.abs(softmax(z + 7) - softmax(z)).max() < 1e-15
    assert np.abs(softmax(np.stack([GRID, 0 * GRID], axis=-1))[:, 0] - sigmoid(GRID)).max() < 1e-15


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex128])
def test_softmax_at_extremes_is_silent_and_keeps_dtypes(dtype):
    z = np.array([[1e4, -1e4, 1e4], [-1e4, -1e4, -1e4]], dtype)
    assert np.allclose(softmax(z), [[0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3]], atol=1e-3)
    assert np.allclose(log_softmax(z)[0, 1], -2e4, rtol=1e-3)
    assert softmax(z).dtype == log_softmax(z).dtype == dtype
