"""The vanilla recurrent cell, the simplest thing with a memory, and the one the LSTM is measured against.

    h_t = tanh(x_t W_x + h_{t-1} W_h + b)

Elman (1990), with tanh.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import tanh, tanh_slope
from lstm_helpers.arrays import Array
from lstm_helpers.cells import base


class Params(NamedTuple):
    """What is learned."""

    W_x: Array  # (D, H)
    W_h: Array  # (H, H)
    b: Array  # (H,)


class State(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H)


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: Array  # (B, D)
    previous: State
    h: Array  # (B, H)

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h)


def init(rng: np.random.Generator, input_size: int, hidden_size: int, *, dtype: DTypeLike = np.float64) -> Params:
    """Draw initial weights uniformly from ±1/√H; the bias is 0. Arguments and errors as in ``lstm.init``."""
    W_x, W_h = base.uniform(rng, input_size, hidden_size, 1, dtype)
    return Params(W_x, W_h, np.zeros(hidden_size, dtype))


def zero_state(params: Params, batch_size: int) -> State:
    """Give the state before the first step, (B, H)."""
    return State(base.zeros(params, batch_size, 1))


def forward(params: Params, state: State, x: Array) -> Step:
    """Compute one step from the state before it and the input x (B, D).

    Raises
    ------
    ValueError
        If shapes or dtypes do not fit together; the message names the argument.
    """
    base.check_step(params, state, x, 1, State)
    h = tanh(x @ params.W_x + state.h @ params.W_h + params.b)
    return Step(x, state, h)


def backward(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Send ∂L/∂h_t (B, H) back through one step; returns as ``lstm.backward`` does."""
    base.check_state("d_state", d_state, State._fields, *step.h.shape)
    dz = d_state.h * tanh_slope(step.h)
    d_params = Params(W_x=step.x.T @ dz, W_h=step.previous.h.T @ dz, b=dz.sum(axis=0))
    return d_params, State(dz @ params.W_h.T), dz @ params.W_x.T
