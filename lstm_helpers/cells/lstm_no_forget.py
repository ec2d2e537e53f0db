"""The LSTM without a forget gate: nothing that is on the belt ever leaves it.

    i, o = sigmoid(z_i, z_o)
    g = tanh(z_g)
    c_t = c_{t-1} + i * g                        what was there stays, whole
    h_t = o * tanh(c_t)

Hochreiter and Schmidhuber (1997) had no forget gate: the self-connection of weight 1 was the point, their "constant
error carousel". Their paper differs from this module besides: g was squashed to between -2 and 2 and the belt's content
by 2 sigmoid(c) - 1; memory cells could share their gates in blocks; and the gradient was cut wherever it would have
left the carousel for an earlier step, where here all of it is computed.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_slope, tanh, tanh_slope
from lstm_helpers.arrays import Array
from lstm_helpers.cells import base

BLOCKS = ("i", "g", "o")  # the order of the three blocks in W_x, W_h and b


class Params(NamedTuple):
    """What is learned."""

    W_x: Array  # (D, 3H)
    W_h: Array  # (H, 3H)
    b: Array  # (3H,)


class State(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H) hidden state: what the cell shows
    c: Array  # (B, H) cell state: the belt


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: Array  # (B, D)
    previous: State
    i: Array  # (B, H), and all below
    g: Array
    o: Array
    c: Array
    h: Array

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h, self.c)


def init(rng: np.random.Generator, input_size: int, hidden_size: int, *, dtype: DTypeLike = np.float64) -> Params:
    """Draw initial weights uniformly from ±1/√H; biases are 0. Arguments and errors as in ``lstm.init``."""
    W_x, W_h = base.uniform(rng, input_size, hidden_size, len(BLOCKS), dtype)
    return Params(W_x, W_h, np.zeros(3 * hidden_size, dtype))


def zero_state(params: Params, batch_size: int) -> State:
    """Give the state before the first step: an empty belt, nothing shown; each (B, H)."""
    h = base.zeros(params, batch_size, len(BLOCKS))
    return State(h, h.copy())


def forward(params: Params, state: State, x: Array) -> Step:
    """Compute one step from the state before it and the input x (B, D).

    Raises
    ------
    ValueError
        If shapes or dtypes do not fit together; the message names the argument.
    """
    base.check_step(params, state, x, len(BLOCKS), State)
    z = x @ params.W_x + state.h @ params.W_h + params.b
    z_i, z_g, z_o = np.split(z, 3, axis=1)
    i, g, o = sigmoid(z_i), tanh(z_g), sigmoid(z_o)
    c = state.c + i * g
    h = o * tanh(c)
    return Step(x, state, i, g, o, c, h)


def backward(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Send ∂L/∂h_t and ∂L/∂c_t back through one step; arguments and result as in ``lstm.backward``."""
    base.check_state("d_state", d_state, State._fields, *step.h.shape)
    tanh_c = tanh(step.c)
    do = d_state.h * tanh_c
    dc = d_state.c + d_state.h * step.o * tanh_slope(tanh_c)
    di, dg = dc * step.g, dc * step.i
    dz = np.concatenate([di * sigmoid_slope(step.i), dg * tanh_slope(step.g), do * sigmoid_slope(step.o)], axis=1)
    d_params = Params(W_x=step.x.T @ dz, W_h=step.previous.h.T @ dz, b=dz.sum(axis=0))
    return d_params, State(h=dz @ params.W_h.T, c=dc), dz @ params.W_x.T
