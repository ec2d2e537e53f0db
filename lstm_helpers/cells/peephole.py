"""The LSTM with peepholes: the gates read the cell state, not only the part that the output gate lets through.

    i = sigmoid(z_i + p_i * c_{t-1})             each unit's gate reads that unit's own cell state
    f = sigmoid(z_f + p_f * c_{t-1})
    g = tanh(z_g)
    c_t = f * c_{t-1} + i * g
    o = sigmoid(z_o + p_o * c_t)                 the output gate reads the new cell state
    h_t = o * tanh(c_t)

Gers and Schmidhuber (2000). With p = 0 it is the LSTM.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import BD, BH, Array
from lstm_helpers.cells import base, lstm

BLOCKS = lstm.BLOCKS  # the order of the four blocks in W_x, W_h and b
PEEPHOLES = ("i", "f", "o")  # the order of the three blocks in p


class Params(NamedTuple):
    """The learned parameters."""

    W_x: Annotated[Array, "D 4H"]
    W_h: Annotated[Array, "H 4H"]
    b: Annotated[Array, "4H"]
    p: Annotated[Array, "3H"]  # a weight for each unit and gate, not a matrix


State = lstm.State


class Step(lstm.Step):
    """The record of the LSTM."""


def init(
    rng: np.random.Generator,
    input_size: int,
    hidden_size: int,
    *,
    forget_bias: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> Params:
    """Draw the weights of ``lstm.init``; the peepholes start at 0, so the cell starts as the LSTM."""
    return Params(
        *lstm.init(rng, input_size, hidden_size, forget_bias=forget_bias, dtype=dtype),
        p=np.zeros(3 * hidden_size, dtype),
    )


def zero_state(params: Params, batch_size: int) -> State:
    """Give the zero state before the first step; h and c are (B, H)."""
    return base.zeros(params, Params, State, batch_size)


def forward(params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
    """Compute one step; arguments and errors as in ``lstm.forward``."""
    base.check_step(params, state, x, Params, State)
    z = x @ params.W_x + (h_mask * state.h) @ params.W_h + params.b
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    p_i, p_f, p_o = np.split(params.p, 3)
    i, f, g = sigmoid(z_i + p_i * state.c), sigmoid(z_f + p_f * state.c), tanh(z_g)
    c = f * state.c + i * g
    o = sigmoid(z_o + p_o * c)
    h = o * tanh(c)
    return Step(x, state, i, f, g, o, c, h)


def backward(params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0) -> tuple[Params, State, BD]:
    """Send ∂L/∂h_t and ∂L/∂c_t back through one step; arguments and result as in ``lstm.backward``."""
    base.check_state("d_state", d_state, State, *step.h.shape)
    p_i, p_f, p_o = np.split(params.p, 3)
    tanh_c = tanh(step.c)
    dz_o = d_state.h * tanh_c * sigmoid_derivative(step.o)
    dc = d_state.c + d_state.h * step.o * tanh_derivative(tanh_c) + dz_o * p_o  # c is used a third time: by o
    dz_i = dc * step.g * sigmoid_derivative(step.i)
    dz_f = dc * step.previous.c * sigmoid_derivative(step.f)
    dz_g = dc * step.i * tanh_derivative(step.g)
    dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)
    dp = np.concatenate([dz_i * step.previous.c, dz_f * step.previous.c, dz_o * step.c], axis=1)
    d_params = Params(W_x=step.x.T @ dz, W_h=(h_mask * step.previous.h).T @ dz, b=dz.sum(axis=0), p=dp.sum(axis=0))
    dc_previous = dc * step.f + dz_i * p_i + dz_f * p_f
    return d_params, State(h=h_mask * (dz @ params.W_h.T), c=dc_previous), dz @ params.W_x.T
