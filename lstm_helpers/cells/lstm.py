"""The LSTM cell, written as its equations: three gates, a candidate, a cell state and a hidden state.

    z_t = x_t W_x + h_{t-1} W_h + b              one product for the four blocks z_i z_f z_g z_o
    i, f, o = sigmoid(z_i, z_f, z_o)             input, forget and output gate, each between 0 and 1
    g = tanh(z_g)                                candidate, between -1 and 1
    c_t = f * c_{t-1} + i * g                    cell state: keep some of the old, add some of the new
    h_t = o * tanh(c_t)                          hidden state: output some of it

Hochreiter and Schmidhuber (1997), with the forget gate of Gers, Schmidhuber and Cummins (2000); no peepholes.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import BD, BH, Array, check_generator, check_size
from lstm_helpers.cells import base

BLOCKS = ("i", "f", "g", "o")  # the order of the four blocks in W_x, W_h and b


class Params(NamedTuple):
    """The learned parameters."""

    W_x: Annotated[Array, "D 4H"]
    W_h: Annotated[Array, "H 4H"]
    b: Annotated[Array, "4H"]


class State(NamedTuple):
    """The state that one step passes to the next."""

    h: BH  # hidden state: the output of the cell
    c: BH  # cell state


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: BD
    previous: State
    i: BH
    f: BH
    g: BH
    o: BH
    c: BH
    h: BH

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
    """Draw initial weights uniformly from ±1/√H; all biases are 0 except the forget gate's, ``forget_bias``.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of the random numbers.
    input_size, hidden_size : int
        D and H, each at least 1.
    forget_bias : float
        The forget gate starts near sigmoid(forget_bias); 1 is the usual choice (Jozefowicz et al., 2015).
    dtype : dtype
        A real float type.

    Raises
    ------
    ValueError
        If an argument is not of this kind.
    """
    return Params(*base.initial(rng, input_size, hidden_size, BLOCKS, dtype, forget_bias))


def chrono(rng: np.random.Generator, params: Params, longest_lag: int) -> Params:
    """Set the biases so that the forget gates start with time constants from 2 to ``longest_lag`` steps.

    b_f = ln u with u uniform from 1 to ``longest_lag`` - 1, and b_i = -b_f (Tallec and Ollivier, 2018). With no other
    contribution to the pre-activation, f = u / (1 + u), and the time constant is 1 / (1 - f) = 1 + u steps.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of u, one for each unit.
    params : Params
        From ``init``; they are not written to. Only b_i and b_f change.
    longest_lag : int
        In steps, at least 3.

    Raises
    ------
    ValueError
        If ``longest_lag`` is below 3, or another argument does not fit.
    """
    check_generator(rng)
    base.check_params(params, Params)
    check_size("longest_lag", longest_lag)
    if longest_lag < 3:
        raise ValueError(f"longest_lag is {longest_lag}; expected at least 3 steps: time constants begin at 2")
    hidden_size = len(params.W_h)
    b = params.b.copy()
    b[hidden_size : 2 * hidden_size] = np.log(rng.uniform(1, longest_lag - 1, hidden_size))
    b[:hidden_size] = -b[hidden_size : 2 * hidden_size]
    return params._replace(b=b)


def zero_state(params: Params, batch_size: int) -> State:
    """Give the zero state before the first step; h and c are (B, H)."""
    return base.zeros(params, Params, State, batch_size)


def forward(params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
    """Compute one step from the previous state and the input; W_h multiplies ``h_mask`` ⊙ h (see ``cells.base``).

    Raises
    ------
    ValueError
        If shapes or dtypes do not fit together; the message names the argument.
    """
    base.check_step(params, state, x, Params, State)
    z = x @ params.W_x + (h_mask * state.h) @ params.W_h + params.b
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
    c = f * state.c + i * g
    h = o * tanh(c)
    return Step(x, state, i, f, g, o, c, h)


def backward(params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0) -> tuple[Params, State, BD]:
    """Send a gradient back through one step.

    Parameters
    ----------
    params : Params
        The weights that the step was computed with.
    step : Step
        What ``forward`` returned.
    d_state : State
        ∂L/∂h_t and ∂L/∂c_t, each (B, H), as if h_t and c_t were independent: the gradient that reaches c_t *through*
        h_t is added here.
    h_mask : array (B, H), optional
        The mask that ``forward`` was given.

    Returns
    -------
    d_params : Params
        ∂L/∂W_x, ∂L/∂W_h and ∂L/∂b of this step alone, summed over the batch.
    d_previous : State
        ∂L/∂h_{t-1} and ∂L/∂c_{t-1}.
    d_x : array (B, D)
        ∂L/∂x_t.
    """
    base.check_state("d_state", d_state, State, *step.h.shape)
    tanh_c = tanh(step.c)
    do = d_state.h * tanh_c
    dc = d_state.c + d_state.h * step.o * tanh_derivative(tanh_c)  # c is used twice: by h now, by c later
    di, df, dg = dc * step.g, dc * step.previous.c, dc * step.i
    dz = np.concatenate(
        [
            di * sigmoid_derivative(step.i),
            df * sigmoid_derivative(step.f),
            dg * tanh_derivative(step.g),
            do * sigmoid_derivative(step.o),
        ],
        axis=1,
    )
    d_params = Params(W_x=step.x.T @ dz, W_h=(h_mask * step.previous.h).T @ dz, b=dz.sum(axis=0))
    return d_params, State(h=h_mask * (dz @ params.W_h.T), c=dc * step.f), dz @ params.W_x.T
