"""The LSTM whose input gate is what the forget gate leaves over: it writes as much as it wipes.

    f, o = sigmoid(z_f, z_o)
    i = 1 - f                                    no weights of its own
    g = tanh(z_g)
    c_t = f * c_{t-1} + i * g                    a weighted mean of the old and the new, so |c| never passes 1
    h_t = o * tanh(c_t)

The CIFG, "coupled input and forget gate", of Greff et al. (2015). (|c| ≤ 1 for a belt that starts within it, as an
empty one does.)
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_slope, tanh, tanh_slope
from lstm_helpers.arrays import Array
from lstm_helpers.cells import base

BLOCKS = ("f", "g", "o")  # the order of the three blocks in W_x, W_h and b


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
    i: Array  # (B, H), and all below: 1 - f
    f: Array
    g: Array
    o: Array
    c: Array
    h: Array

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h, self.c)


def init(
    rng: np.random.Generator,
    input_size: int,
    hidden_size: int,
    *,
    forget_bias: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> Params:
    """Draw initial weights uniformly from ±1/√H; biases are 0, but the forget gate's. As ``lstm.init``."""
    W_x, W_h = base.uniform(rng, input_size, hidden_size, len(BLOCKS), dtype)
    if not np.isfinite(forget_bias):
        raise ValueError(f"forget_bias is {forget_bias}; expected a finite number")
    b = np.zeros(3 * hidden_size, dtype)
    b[:hidden_size] = forget_bias
    return Params(W_x, W_h, b)


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
    z_f, z_g, z_o = np.split(z, 3, axis=1)
    f, g, o = sigmoid(z_f), tanh(z_g), sigmoid(z_o)
    i = 1 - f
    c = f * state.c + i * g
    h = o * tanh(c)
    return Step(x, state, i, f, g, o, c, h)


def backward(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Send ∂L/∂h_t and ∂L/∂c_t back through one step; arguments and result as in ``lstm.backward``."""
    base.check_state("d_state", d_state, State._fields, *step.h.shape)
    tanh_c = tanh(step.c)
    do = d_state.h * tanh_c
    dc = d_state.c + d_state.h * step.o * tanh_slope(tanh_c)
    df, dg = dc * (step.previous.c - step.g), dc * step.i  # opening f shuts i
    dz = np.concatenate([df * sigmoid_slope(step.f), dg * tanh_slope(step.g), do * sigmoid_slope(step.o)], axis=1)
    d_params = Params(W_x=step.x.T @ dz, W_h=step.previous.h.T @ dz, b=dz.sum(axis=0))
    return d_params, State(h=dz @ params.W_h.T, c=dc * step.f), dz @ params.W_x.T
