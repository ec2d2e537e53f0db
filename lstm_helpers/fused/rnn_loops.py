"""The vanilla RNN's two loops over time; the functions are those of ``lstm_loops``.

h_t = tanh([h_{t-1}; x_t; 1] W); backward, dz = ∂L/∂h_t (1 - h_t²) and ∂L/∂h_{t-1} = dz W_hᵀ.
"""

import numpy as np
from numpy import add, multiply, tanh

from lstm_helpers.arrays import Array
from lstm_helpers.cells.rnn import Params, State, Step
from lstm_helpers.fused.lstm_loops import held_steps

BACKWARD_SIZE = 2
SPACE = 1


def pack(params: Params) -> Array:
    """Stack the weights as one (H + D + 1, H) array for [h; x; 1]."""
    return np.concatenate([params.W_h, params.W_x, params.b[None]])


def forward(W: Array, inputs: Array, start: State, mask: Array | None) -> Step:
    """Run over all steps, filling the h part of ``inputs`` (T + 1, B, H + D + 1)."""
    T, H = len(inputs) - 1, W.shape[1]
    z = np.empty(start.h.shape, inputs.dtype)
    for hx1, h, held in zip(inputs, inputs[1:, :, :H], held_steps(mask, T), strict=False):
        hx1.dot(W, z)
        tanh(z, h)
        if held is not None:
            h[held] = hx1[held, :H]
    return Step(inputs[:-1, :, H:-1], State(inputs[:-1, :, :H]), inputs[1:, :, :H])


def backward(
    W_h_T: Array, steps: Step, mask: Array | None, d_hs: Array, arriving: State, d_states: State, space: Array
) -> tuple[State, Array]:
    """Send gradients back through some steps; arguments as in ``lstm_loops.backward``; dz is (1, T, B, H)."""
    derivatives = space[: d_hs.size].reshape(d_hs.shape)
    np.square(steps.h, out=derivatives)
    np.subtract(1, derivatives, out=derivatives)
    if mask is not None:
        derivatives[~mask] = 0
    back, W_h_T = arriving.h.copy(), W_h_T[0]
    views = zip(*(a[::-1] for a in (d_hs, d_states.h, derivatives, held_steps(mask, len(d_hs)))), strict=True)
    for d_h, dh, dz, held in views:
        add(back, d_h, dh)
        multiply(dh, dz, dz)
        dz.dot(W_h_T, back)
        if held is not None:
            back[held] = dh[held]
    return State(back), derivatives[None]
