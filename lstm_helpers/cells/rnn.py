"""The vanilla RNN, the simplest recurrent cell, and the baseline of the LSTM.

    h_t = tanh(x_t W_x + h_{t-1} W_h + b)

Elman (1990), with tanh.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import tanh, tanh_derivative
from lstm_helpers.arrays import BD, BH, Array
from lstm_helpers.cells import base


class Params(NamedTuple):
    """The learned parameters."""

    W_x: Annotated[Array, "D H"]
    W_h: Annotated[Array, "H H"]
    b: Annotated[Array, "H"]


class State(NamedTuple):
    """The state that one step passes to the next."""

    h: BH


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: BD
    previous: State
    h: BH

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h)


def init(rng: np.random.Generator, input_size: int, hidden_size: int, *, dtype: DTypeLike = np.float64) -> Params:
    """Draw initial weights uniformly from ±1/√H; the bias is 0. Arguments and errors as in ``lstm.init``."""
    return Params(*base.initial(rng, input_size, hidden_size, ("h",), dtype))


def zero_state(params: Params, batch_size: int) -> State:
    """Give the state before the first step, (B, H)."""
    return base.zeros(params, Params, State, batch_size)


def forward(params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
    """Compute one step; arguments and errors as in ``lstm.forward``."""
    base.check_step(params, state, x, Params, State)
    h = tanh(x @ params.W_x + (h_mask * state.h) @ params.W_h + params.b)
    return Step(x, state, h)


def backward(params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0) -> tuple[Params, State, BD]:
    """Send ∂L/∂h_t (B, H) back through one step; returns as ``lstm.backward`` does."""
    base.check_state("d_state", d_state, State, *step.h.shape)
    dz = d_state.h * tanh_derivative(step.h)
    d_params = Params(W_x=step.x.T @ dz, W_h=(h_mask * step.previous.h).T @ dz, b=dz.sum(axis=0))
    return d_params, State(h_mask * (dz @ params.W_h.T)), dz @ params.W_x.T
