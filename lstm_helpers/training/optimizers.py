"""Optimizers and gradient clipping: rules that turn a gradient into new weights.

    clip by norm       g ← g · min(1, limit / ‖g‖)                        the direction does not change
    clip by element    g_k ← max(-limit, min(limit, g_k))                 the direction may change
    SGD                v ← μ v + g,   w ← w - learning_rate · v                    μ = 0: plain gradient descent
    Adam               m ← β₁ m + (1 - β₁) g,   v ← β₂ v + (1 - β₂) g²
                       w ← w - learning_rate · m̂ / (√v̂ + ε),   m̂ = m / (1 - β₁ⁿ),   v̂ = v / (1 - β₂ⁿ)   at step n

Clipping by norm: Pascanu, Mikolov and Bengio (2013); momentum: Polyak (1964), in PyTorch's form; Adam: Kingma and Ba
(2015). The gradient is of all parameters together: one norm for the whole tree.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np

from lstm_helpers.arrays import Array, Params, Tree, tree_map, tree_norm

TreeT = TypeVar("TreeT")


class Optimizer(NamedTuple):
    """Two pure functions; the optimizer's state is an argument and a result."""

    init: Callable[[Params], Tree]  # params -> state
    update: Callable[[Params, Tree, Params], tuple[Params, Tree]]  # grads, state, params -> new params, new state


class SgdState(NamedTuple):
    """The state of SGD."""

    velocity: Params  # v


class AdamState(NamedTuple):
    """The state of Adam."""

    step: Array  # n, the number of steps
    mean: Params  # m
    square: Params  # v


def clip_norm(grads: TreeT, limit: float) -> tuple[TreeT, float]:
    """Scale a gradient to the norm ``limit`` if its norm is larger; return it and its norm before clipping."""
    _check_positive("limit", limit)
    norm = tree_norm(grads)
    if norm <= limit:
        return grads, norm
    return tree_map(lambda g: g * (limit / norm), grads), norm


def clip_elements(grads: TreeT, limit: float) -> tuple[TreeT, float]:
    """Clip every number of a gradient to ±``limit``; return it and its norm before clipping."""
    _check_positive("limit", limit)
    return tree_map(lambda g: np.clip(g, -limit, limit), grads), tree_norm(grads)


def sgd(learning_rate: float, momentum: float = 0.0) -> Optimizer:
    """Make the optimizer for stochastic gradient descent, with momentum if ``momentum`` is above 0.

    Parameters
    ----------
    learning_rate : float
        The learning rate, above 0.
    momentum : float
        μ, from 0 to below 1: the fraction of the velocity that is kept at each step.
    """
    _check_positive("learning_rate", learning_rate)
    _check_fraction("momentum", momentum)

    def init(params: Params) -> SgdState:
        return SgdState(tree_map(np.zeros_like, params))

    def update(grads: Params, state: SgdState, params: Params) -> tuple[Params, SgdState]:
        velocity = tree_map(lambda v, g: momentum * v + g, state.velocity, grads)
        return tree_map(lambda w, v: w - learning_rate * v, params, velocity), SgdState(velocity)

    return Optimizer(init, update)


def adam(learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    """Make the Adam optimizer, which divides every weight's step by the root mean square of its gradients.

    Parameters
    ----------
    learning_rate : float
        The learning rate, above 0: about the size of a step, in the units of the weights; exactly so for the first.
    beta1, beta2 : float
        From 0 to below 1: the fractions kept at each step of the mean gradient, and of the mean square.
    eps : float
        Above 0; it matters only for gradients of about this size.
    """
    _check_positive("learning_rate", learning_rate)
    _check_fraction("beta1", beta1)
    _check_fraction("beta2", beta2)
    _check_positive("eps", eps)

    def init(params: Params) -> AdamState:
        zeros = tree_map(np.zeros_like, params)
        return AdamState(np.array(0), zeros, zeros)

    def update(grads: Params, state: AdamState, params: Params) -> tuple[Params, AdamState]:
        n = int(state.step) + 1
        mean = tree_map(lambda m, g: beta1 * m + (1 - beta1) * g, state.mean, grads)
        square = tree_map(lambda v, g: beta2 * v + (1 - beta2) * g * g, state.square, grads)
        # Both start at 0 and are too small at first: after n equal gradients m is (1 - β₁ⁿ) g.
        of_mean, of_square = 1 - beta1**n, 1 - beta2**n
        params = tree_map(
            lambda w, m, v: w - learning_rate * (m / of_mean) / (np.sqrt(v / of_square) + eps), params, mean, square
        )
        return params, AdamState(np.array(n), mean, square)

    return Optimizer(init, update)


def _check_positive(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < np.inf:
        raise ValueError(f"{name} is {value!r}; expected a finite number above 0")


def _check_fraction(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise ValueError(f"{name} is {value!r}; expected a number from 0 to below 1")
