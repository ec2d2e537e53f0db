"""The two activation functions of a gated cell, and the softmax, in a module of their own so that limits can be tested.

    sigmoid(z) = 1 / (1 + exp(-z)) = tanh(z / 2) / 2 + 1 / 2        derivative  s (1 - s)
    tanh(z)                                                         derivative  1 - t^2
    softmax(z)_k = exp(z_k) / sum_j exp(z_j)                        sigmoid for more than two classes

Derivatives are functions of the *output*, which a forward pass stores (Rumelhart, Hinton and Williams, 1986).
Every function accepts complex numbers, which the complex-step gradient needs.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

Values: TypeAlias = Any  # an array of the argument's shape, or a number


def sigmoid(z: ArrayLike) -> Values:
    """Squash any number to between 0 (closed) and 1 (open), without overflow.

    The form through tanh never exponentiates a large number. Its absolute error is about 1e-16: a value below roughly
    1e-16 is returned as exactly 0, and a value that close to 1 as exactly 1.
    """
    return 0.5 * np.tanh(0.5 * np.asarray(z)) + 0.5


def sigmoid_derivative(s: ArrayLike) -> Values:
    """Give the derivative of sigmoid at the point where its output is ``s``; at most 1/4, at ``s`` = 1/2."""
    s = np.asarray(s)
    return s * (1.0 - s)


def tanh(z: ArrayLike) -> Values:
    """Squash any number to between -1 and 1, keeping its sign."""
    return np.tanh(z)


def tanh_derivative(t: ArrayLike) -> Values:
    """Give the derivative of tanh at the point where its output is ``t``; at most 1, at ``t`` = 0."""
    t = np.asarray(t)
    return 1.0 - t * t


def softmax(z: ArrayLike) -> Values:
    """Turn the logits along the last axis into probabilities that add up to 1, without overflow."""
    return np.exp(log_softmax(z))


def log_softmax(z: ArrayLike) -> Values:
    """Give the logarithm of ``softmax``, exact even where the probability itself underflows.

    Adding a constant to all logits changes no probability, so the largest logit is shifted to 0 first.
    """
    z = np.asarray(z)
    z = z - z.real.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def logit(s: ArrayLike) -> Values:
    """Find the pre-activation whose sigmoid is ``s``: ln(s / (1 - s)), the inverse of sigmoid.

    Parameters
    ----------
    s : float or array
        How far a gate is open, from 0 to 1.

    Returns
    -------
    float or array
        The logit of ``s``: minus infinity for ``s`` = 0, infinity for ``s`` = 1.

    Raises
    ------
    ValueError
        If a value of ``s`` lies outside 0..1.
    """
    s = np.asarray(s, dtype=float)
    if not np.all((s >= 0) & (s <= 1)):
        raise ValueError(f"s is {s}; expected numbers from 0 (closed) to 1 (open), the range of sigmoid")
    with np.errstate(divide="ignore"):
        return np.log(s) - np.log1p(-s)


def half_life(f: ArrayLike) -> Values:
    """Count the steps after which a cell state with forget gate ``f`` has decayed to half its value.

    Parameters
    ----------
    f : float or array
        The forget gate, from 0 to 1: the fraction that is *kept* at each step.

    Returns
    -------
    float or array
        ln(1/2) / ln(f), in steps: 0 for ``f`` = 0, infinity for ``f`` = 1.

    Raises
    ------
    ValueError
        If a value of ``f`` lies outside 0..1.
    """
    f = np.asarray(f, dtype=float)
    if not np.all((f >= 0) & (f <= 1)):
        raise ValueError(f"f is {f}; expected numbers from 0 (forget all) to 1 (keep all)")
    with np.errstate(divide="ignore"):
        return np.log(2.0) / np.abs(np.log(f))
