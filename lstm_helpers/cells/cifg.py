"""The LSTM with coupled input and forget gates: it writes as much as it forgets.

    f, o = sigmoid(z_f, z_o)
    i = 1 - f                                    no weights of its own
    g = tanh(z_g)
    c_t = f * c_{t-1} + i * g                    a weighted mean of the old and the new, so |c| never passes 1
    h_t = o * tanh(c_t)

The CIFG, "coupled input and forget gate", of Greff et al. (2015). (|c| ≤ 1 if the initial cell state lies within this
range, as the zero state does.)
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import BD, BH, Array
from lstm_helpers.cells import base, lstm

BLOCKS = ("f", "g", "o")  # the order of the three blocks in W_x, W_h and b


class Params(NamedTuple):
    """The learned parameters."""

    W_x: Annotated[Array, "D 3H"]
    W_h: Annotated[Array, "H 3H"]
    b: Annotated[Array, "3H"]


State = lstm.State


class Step(lstm.Step):
    """The record of the LSTM, with i = 1 - f."""


def init(
    rng: np.random.Generator,
    input_size: int,
    hidden_size: int,
    *,
    forget_bias: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> Params:
    """Draw initial weights uniformly from ±1/√H; biases are 0 except the forget gate's; as ``lstm.init``."""
    return Params(*base.initial(rng, input_size, hidden_size, BLOCKS, dtype, forget_bias))


def zero_state(params: Params, batch_size: int) -> State:
    """Give the zero state before the first step; h and c are (B, H)."""
    return base.zeros(params, Params, State, batch_size)


def forward(params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
    """Compute one step; arguments and errors as in ``lstm.forward``."""
    base.check_step(params, state, x, Params, State)
    z = x @ params.W_x + (h_mask * state.h) @ params.W_h + params.b
    z_f, z_g, z_o = np.split(z, 3, axis=1)
    f, g, o = sigmoid(z_f), tanh(z_g), sigmoid(z_o)
    i = 1 - f
    c = f * state.c + i * g
    h = o * tanh(c)
    return Step(x, state, i, f, g, o, c, h)


def backward(params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0) -> tuple[Params, State, BD]:
    """Send ∂L/∂h_t and ∂L/∂c_t back through one step; arguments and result as in ``lstm.backward``."""
    base.check_state("d_state", d_state, State, *step.h.shape)
    tanh_c = tanh(step.c)
    do = d_state.h * tanh_c
    dc = d_state.c + d_state.h * step.o * tanh_derivative(tanh_c)
    df, dg = dc * (step.previous.c - step.g), dc * step.i  # i falls as f rises
    dz = np.concatenate(
        [df * sigmoid_derivative(step.f), dg * tanh_derivative(step.g), do * sigmoid_derivative(step.o)], axis=1
    )
    d_params = Params(W_x=step.x.T @ dz, W_h=(h_mask * step.previous.h).T @ dz, b=dz.sum(axis=0))
    return d_params, State(h=h_mask * (dz @ params.W_h.T), c=dc * step.f), dz @ params.W_x.T
