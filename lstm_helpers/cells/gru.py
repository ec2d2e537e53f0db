"""The gated recurrent unit as the frameworks compute it: one state, two gates, and the reset after the product.

    r, z = sigmoid(x_t W_x + b_x + h_{t-1} W_h + b_h)         reset and update gate: the first two blocks
    q = h_{t-1} W_hn + b_hn                                   the previous state's contribution to the candidate
    n = tanh(x_t W_xn + b_xn + r * q)                         candidate
    h_t = (1 - z) * n + z * h_{t-1}                           z = 1 keeps the old

Cho et al. (2014), in the form of PyTorch, of Keras (``reset_after=True``) and of ONNX (``linear_before_reset=1``): the
previous state is multiplied by W_hn first and reset afterwards, so that one product serves all three blocks. The form
of the paper is ``gru_reset_before``. Two biases are needed, since b_hn is added before the reset gate acts.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import BD, BH, Array
from lstm_helpers.cells import base, rnn

BLOCKS = ("r", "z", "n")  # the order of the three blocks in W_x, W_h, b_x and b_h


class Params(NamedTuple):
    """The learned parameters."""

    W_x: Annotated[Array, "D 3H"]
    W_h: Annotated[Array, "H 3H"]
    b_x: Annotated[Array, "3H"]
    b_h: Annotated[Array, "3H"]


State = rnn.State


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: BD
    previous: State
    r: BH
    z: BH
    q: BH
    n: BH
    h: BH

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h)


def init(rng: np.random.Generator, input_size: int, hidden_size: int, *, dtype: DTypeLike = np.float64) -> Params:
    """Draw initial weights uniformly from ±1/√H; both biases are 0. Arguments and errors as in ``lstm.init``."""
    W_x, W_h, b = base.initial(rng, input_size, hidden_size, BLOCKS, dtype)
    return Params(W_x, W_h, b, b.copy())


def zero_state(params: Params, batch_size: int) -> State:
    """Give the state before the first step, (B, H)."""
    return base.zeros(params, Params, State, batch_size)


def forward(params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
    """Compute one step; arguments and errors as in ``lstm.forward``."""
    base.check_step(params, state, x, Params, State)
    x_r, x_z, x_n = np.split(x @ params.W_x + params.b_x, 3, axis=1)
    h_r, h_z, q = np.split((h_mask * state.h) @ params.W_h + params.b_h, 3, axis=1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = tanh(x_n + r * q)
    h = (1 - z) * n + z * state.h
    return Step(x, state, r, z, q, n, h)


def backward(params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0) -> tuple[Params, State, BD]:
    """Send ∂L/∂h_t back through one step; arguments and result as in ``lstm.backward``."""
    base.check_state("d_state", d_state, State, *step.h.shape)
    dz_n = d_state.h * (1 - step.z) * tanh_derivative(step.n)
    dz_z = d_state.h * (step.previous.h - step.n) * sigmoid_derivative(step.z)
    dz_r = dz_n * step.q * sigmoid_derivative(step.r)
    dz_x = np.concatenate([dz_r, dz_z, dz_n], axis=1)  # for W_x and b_x
    dz_h = np.concatenate([dz_r, dz_z, dz_n * step.r], axis=1)  # for W_h and b_h, which the reset gate scales
    d_params = Params(
        W_x=step.x.T @ dz_x,
        W_h=(h_mask * step.previous.h).T @ dz_h,
        b_x=dz_x.sum(axis=0),
        b_h=dz_h.sum(axis=0),
    )
    d_previous = State(h_mask * (dz_h @ params.W_h.T) + d_state.h * step.z)
    return d_params, d_previous, dz_x @ params.W_x.T
