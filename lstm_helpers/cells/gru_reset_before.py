"""The gated recurrent unit as it was published: the past is reset before it enters the product.

    r, z = sigmoid(x_t W_x + h_{t-1} W_h + b)                 reset and update gate: the first two blocks
    n = tanh(x_t W_xn + (r * h_{t-1}) W_hn + b_n)             candidate
    h_t = (1 - z) * n + z * h_{t-1}                           z = 1 keeps the old

Cho et al. (2014), with biases; ONNX computes it with ``linear_before_reset=0``, Keras with ``reset_after=False``. Here
a unit that is reset is hidden from the candidates of *all* units; in ``gru`` the reset gate of a unit hides the whole
past from its own candidate alone. Chung et al. (2014) write z and 1 - z the other way round.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_slope, tanh, tanh_slope
from lstm_helpers.arrays import Array
from lstm_helpers.cells import base

BLOCKS = ("r", "z", "n")  # the order of the three blocks in W_x, W_h and b
CARRIES_H = True  # z takes h past W_h


class Params(NamedTuple):
    """What is learned."""

    W_x: Array  # (D, 3H)
    W_h: Array  # (H, 3H)
    b: Array  # (3H,)


class State(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H)


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: Array  # (B, D)
    previous: State
    r: Array  # (B, H), and all below
    z: Array
    n: Array
    h: Array

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h)


def init(rng: np.random.Generator, input_size: int, hidden_size: int, *, dtype: DTypeLike = np.float64) -> Params:
    """Draw initial weights uniformly from ±1/√H; the bias is 0. Arguments and errors as in ``lstm.init``."""
    W_x, W_h = base.uniform(rng, input_size, hidden_size, len(BLOCKS), dtype)
    return Params(W_x, W_h, np.zeros(3 * hidden_size, dtype))


def zero_state(params: Params, batch_size: int) -> State:
    """Give the state before the first step, (B, H)."""
    return State(base.zeros(params, batch_size, len(BLOCKS)))


def forward(params: Params, state: State, x: Array, h_mask: Array | float = 1.0) -> Step:
    """Compute one step from the state before it and the input x (B, D); W_h hears ``h_mask`` ⊙ h.

    Raises
    ------
    ValueError
        If shapes or dtypes do not fit together; the message names the argument.
    """
    base.check_step(params, state, x, len(BLOCKS), State)
    heard = state.h * h_mask
    W_gates, W_n = _gates_and_candidate(params.W_h)
    x_gates, x_n = _gates_and_candidate(x @ params.W_x + params.b)
    r, z = np.split(sigmoid(x_gates + heard @ W_gates), 2, axis=1)
    n = tanh(x_n + (r * heard) @ W_n)
    h = (1 - z) * n + z * state.h
    return Step(x, state, r, z, n, h)


def backward(params: Params, step: Step, d_state: State, h_mask: Array | float = 1.0) -> tuple[Params, State, Array]:
    """Send ∂L/∂h_t (B, H) back through one step; returns as ``lstm.backward`` does, ``h_mask`` as in ``forward``."""
    base.check_state("d_state", d_state, State._fields, *step.h.shape)
    heard = step.previous.h * h_mask
    W_gates, W_n = _gates_and_candidate(params.W_h)
    dz_n = d_state.h * (1 - step.z) * tanh_slope(step.n)
    dz_z = d_state.h * (step.previous.h - step.n) * sigmoid_slope(step.z)
    d_reset = dz_n @ W_n.T  # of r * heard
    dz_r = d_reset * heard * sigmoid_slope(step.r)
    d_gates = np.concatenate([dz_r, dz_z], axis=1)
    d_all = np.concatenate([d_gates, dz_n], axis=1)
    d_params = Params(
        W_x=step.x.T @ d_all,
        W_h=np.concatenate([heard.T @ d_gates, (step.r * heard).T @ dz_n], axis=1),
        b=d_all.sum(axis=0),
    )
    d_heard = d_gates @ W_gates.T + d_reset * step.r
    return d_params, State(d_heard * h_mask + d_state.h * step.z), d_all @ params.W_x.T


def _gates_and_candidate(blocks: Array) -> tuple[Array, Array]:
    """Divide (…, 3H) into the two blocks of the gates and the one of the candidate."""
    wide = 2 * blocks.shape[1] // 3
    return blocks[:, :wide], blocks[:, wide:]
