"""The gated recurrent unit as the frameworks compute it: one state, two gates, and the reset after the product.

    r, z = sigmoid(x_t W_x + b_x + h_{t-1} W_h + b_h)         reset and update gate: the first two blocks
    q = h_{t-1} W_hn + b_hn                                   what the past says to the candidate
    n = tanh(x_t W_xn + b_xn + r * q)                         candidate
    h_t = (1 - z) * n + z * h_{t-1}                           z = 1 keeps the old

Cho et al. (2014), in the form of PyTorch, of Keras (``reset_after=True``) and of ONNX (``linear_before_reset=1``): the
past goes through W_hn first and is reset after, so that one product serves all three blocks. Their own form is
``gru_reset_before``. Two biases are needed, since b_hn stands behind the reset gate.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_slope, tanh, tanh_slope
from lstm_helpers.arrays import Array
from lstm_helpers.cells import base

BLOCKS = ("r", "z", "n")  # the order of the three blocks in W_x, W_h, b_x and b_h
CARRIES_H = True  # z takes h past W_h


class Params(NamedTuple):
    """What is learned."""

    W_x: Array  # (D, 3H)
    W_h: Array  # (H, 3H)
    b_x: Array  # (3H,)
    b_h: Array  # (3H,)


class State(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H)


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: Array  # (B, D)
    previous: State
    r: Array  # (B, H), and all below
    z: Array
    q: Array
    n: Array
    h: Array

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h)


def init(rng: np.random.Generator, input_size: int, hidden_size: int, *, dtype: DTypeLike = np.float64) -> Params:
    """Draw initial weights uniformly from ±1/√H; both biases are 0. Arguments and errors as in ``lstm.init``."""
    W_x, W_h = base.uniform(rng, input_size, hidden_size, len(BLOCKS), dtype)
    return Params(W_x, W_h, np.zeros(3 * hidden_size, dtype), np.zeros(3 * hidden_size, dtype))


def zero_state(params: Params, batch_size: int) -> State:
    """Give the state before the first step, (B, H)."""
    return State(base.zeros(params, batch_size, 3, b_x=3, b_h=3))


def forward(params: Params, state: State, x: Array, h_mask: Array | float = 1.0) -> Step:
    """Compute one step from the state before it and the input x (B, D); W_h hears ``h_mask`` ⊙ h.

    Raises
    ------
    ValueError
        If shapes or dtypes do not fit together; the message names the argument.
    """
    base.check_step(params, state, x, 3, State, b_x=3, b_h=3)
    x_r, x_z, x_n = np.split(x @ params.W_x + params.b_x, 3, axis=1)
    h_r, h_z, q = np.split((state.h * h_mask) @ params.W_h + params.b_h, 3, axis=1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = tanh(x_n + r * q)
    h = (1 - z) * n + z * state.h
    return Step(x, state, r, z, q, n, h)


def backward(params: Params, step: Step, d_state: State, h_mask: Array | float = 1.0) -> tuple[Params, State, Array]:
    """Send ∂L/∂h_t (B, H) back through one step; returns as ``lstm.backward`` does, ``h_mask`` as in ``forward``."""
    base.check_state("d_state", d_state, State._fields, *step.h.shape)
    dz_n = d_state.h * (1 - step.z) * tanh_slope(step.n)
    dz_z = d_state.h * (step.previous.h - step.n) * sigmoid_slope(step.z)
    dz_r = dz_n * step.q * sigmoid_slope(step.r)
    d_x_side = np.concatenate([dz_r, dz_z, dz_n], axis=1)  # what meets W_x and b_x
    d_h_side = np.concatenate([dz_r, dz_z, dz_n * step.r], axis=1)  # what meets W_h and b_h: behind the reset gate
    d_params = Params(
        W_x=step.x.T @ d_x_side,
        W_h=(step.previous.h * h_mask).T @ d_h_side,
        b_x=d_x_side.sum(axis=0),
        b_h=d_h_side.sum(axis=0),
    )
    d_previous = State((d_h_side @ params.W_h.T) * h_mask + d_state.h * step.z)
    return d_params, d_previous, d_x_side @ params.W_x.T
