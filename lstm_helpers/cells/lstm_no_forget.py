"""The LSTM without a forget gate: the cell state is added to and never reset.

    i, o = sigmoid(z_i, z_o)
    g = tanh(z_g)
    c_t = c_{t-1} + i * g                        the old cell state is kept whole
    h_t = o * tanh(c_t)

Hochreiter and Schmidhuber (1997) had no forget gate: the self-connection of weight 1 was the point, their "constant
error carousel". Their cell differs from this module in three more ways. g was squashed to between -2 and 2, and the
cell state by 2 sigmoid(c) - 1. Memory cells could share their gates in blocks. The gradient was cut wherever it would
have left the carousel for an earlier step, whereas this module computes all of it.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import BD, BH, Array
from lstm_helpers.cells import base, lstm

BLOCKS = ("i", "g", "o")  # the order of the three blocks in W_x, W_h and b


class Params(NamedTuple):
    """The learned parameters."""

    W_x: Annotated[Array, "D 3H"]
    W_h: Annotated[Array, "H 3H"]
    b: Annotated[Array, "3H"]


State = lstm.State


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: BD
    previous: State
    i: BH
    g: BH
    o: BH
    c: BH
    h: BH

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h, self.c)


def init(rng: np.random.Generator, input_size: int, hidden_size: int, *, dtype: DTypeLike = np.float64) -> Params:
    """Draw initial weights uniformly from ±1/√H; biases are 0. Arguments and errors as in ``lstm.init``."""
    return Params(*base.initial(rng, input_size, hidden_size, BLOCKS, dtype))


def zero_state(params: Params, batch_size: int) -> State:
    """Give the zero state before the first step; h and c are (B, H)."""
    return base.zeros(params, Params, State, batch_size)


def forward(params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
    """Compute one step; arguments and errors as in ``lstm.forward``."""
    base.check_step(params, state, x, Params, State)
    z = x @ params.W_x + (h_mask * state.h) @ params.W_h + params.b
    z_i, z_g, z_o = np.split(z, 3, axis=1)
    i, g, o = sigmoid(z_i), tanh(z_g), sigmoid(z_o)
    c = state.c + i * g
    h = o * tanh(c)
    return Step(x, state, i, g, o, c, h)


def backward(params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0) -> tuple[Params, State, BD]:
    """Send ∂L/∂h_t and ∂L/∂c_t back through one step; arguments and result as in ``lstm.backward``."""
    base.check_state("d_state", d_state, State, *step.h.shape)
    tanh_c = tanh(step.c)
    do = d_state.h * tanh_c
    dc = d_state.c + d_state.h * step.o * tanh_derivative(tanh_c)
    di, dg = dc * step.g, dc * step.i
    dz = np.concatenate(
        [di * sigmoid_derivative(step.i), dg * tanh_derivative(step.g), do * sigmoid_derivative(step.o)], axis=1
    )
    d_params = Params(W_x=step.x.T @ dz, W_h=(h_mask * step.previous.h).T @ dz, b=dz.sum(axis=0))
    return d_params, State(h=h_mask * (dz @ params.W_h.T), c=dc), dz @ params.W_x.T
