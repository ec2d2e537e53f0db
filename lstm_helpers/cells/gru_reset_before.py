"""The gated recurrent unit as published: the previous state is reset before it is multiplied by W_hn.

    r, z = sigmoid(x_t W_x + h_{t-1} W_h + b)                 reset and update gate: the first two blocks
    n = tanh(x_t W_xn + (r * h_{t-1}) W_hn + b_n)             candidate
    h_t = (1 - z) * n + z * h_{t-1}                           z = 1 keeps the old

Cho et al. (2014), with biases; ONNX computes it with ``linear_before_reset=0``, Keras with ``reset_after=False``. Here
the reset gate of a unit hides that unit from the candidates of *all* units; in ``gru`` it hides the whole previous
state from the unit's own candidate. Chung et al. (2014) exchange z and 1 - z.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import BD, BH, Array
from lstm_helpers.cells import base, rnn

BLOCKS = ("r", "z", "n")  # the order of the three blocks in W_x, W_h and b


class Params(NamedTuple):
    """The learned parameters."""

    W_x: Annotated[Array, "D 3H"]
    W_h: Annotated[Array, "H 3H"]
    b: Annotated[Array, "3H"]


State = rnn.State


class Step(NamedTuple):
    """Everything one step computed; in a trace each array has a time axis in front."""

    x: BD
    previous: State
    r: BH
    z: BH
    n: BH
    h: BH

    @property
    def state(self) -> State:
        """The state that the next step receives."""
        return State(self.h)


def init(rng: np.random.Generator, input_size: int, hidden_size: int, *, dtype: DTypeLike = np.float64) -> Params:
    """Draw initial weights uniformly from ±1/√H; the bias is 0. Arguments and errors as in ``lstm.init``."""
    return Params(*base.initial(rng, input_size, hidden_size, BLOCKS, dtype))


def zero_state(params: Params, batch_size: int) -> State:
    """Give the state before the first step, (B, H)."""
    return base.zeros(params, Params, State, batch_size)


def forward(params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
    """Compute one step; arguments and errors as in ``lstm.forward``."""
    base.check_step(params, state, x, Params, State)
    masked = h_mask * state.h
    W_gates, W_n = _gates_and_candidate(params.W_h)
    x_gates, x_n = _gates_and_candidate(x @ params.W_x + params.b)
    r, z = np.split(sigmoid(x_gates + masked @ W_gates), 2, axis=1)
    n = tanh(x_n + (r * masked) @ W_n)
    h = (1 - z) * n + z * state.h
    return Step(x, state, r, z, n, h)


def backward(params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0) -> tuple[Params, State, BD]:
    """Send ∂L/∂h_t back through one step; arguments and result as in ``lstm.backward``."""
    base.check_state("d_state", d_state, State, *step.h.shape)
    masked = h_mask * step.previous.h
    W_gates, W_n = _gates_and_candidate(params.W_h)
    dz_n = d_state.h * (1 - step.z) * tanh_derivative(step.n)
    dz_z = d_state.h * (step.previous.h - step.n) * sigmoid_derivative(step.z)
    d_reset = dz_n @ W_n.T  # of r * masked
    dz_r = d_reset * masked * sigmoid_derivative(step.r)
    dz_gates = np.concatenate([dz_r, dz_z], axis=1)
    dz = np.concatenate([dz_gates, dz_n], axis=1)
    d_params = Params(
        W_x=step.x.T @ dz,
        W_h=np.concatenate([masked.T @ dz_gates, (step.r * masked).T @ dz_n], axis=1),
        b=dz.sum(axis=0),
    )
    d_masked = dz_gates @ W_gates.T + d_reset * step.r
    return d_params, State(h_mask * d_masked + d_state.h * step.z), dz @ params.W_x.T


def _gates_and_candidate(blocks: Array) -> tuple[Array, Array]:
    """Divide (…, 3H) into the two blocks of the gates and the one of the candidate."""
    wide = 2 * blocks.shape[1] // 3
    return blocks[:, :wide], blocks[:, wide:]
