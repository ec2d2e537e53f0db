"""The vanilla cell's two loops over time; the functions are those of ``lstm_loops``.

    h_t = tanh([h_{t-1}; x_t; 1] W)              ∂L/∂z_t = ∂L/∂h_t (1 - h_t²)              ∂L/∂h_{t-1} = dz W_hᵀ
"""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells.rnn import Params, State, Step

BACKWARD_SIZE = 2


def pack(params: Params) -> Array:
    """Stack the weights as one (H + D + 1, H) array for [h; x; 1]."""
    return np.concatenate([params.W_h, params.W_x, params.b[None]])


def forward(W: Array, inputs: Array, start: State, mask: Array | None) -> Step:
    """Run over all steps, filling the h part of ``inputs`` (T + 1, B, H + D + 1)."""
    T, H = len(inputs) - 1, W.shape[1]
    z = np.empty(start.h.shape, inputs.dtype)
    full = [True] * T if mask is None else mask.all(axis=1).tolist()
    for t, (hx1, h, all_read) in enumerate(zip(inputs, inputs[1:, :, :H], full, strict=False)):
        np.matmul(hx1, W, out=z)
        np.tanh(z, out=h)
        if not all_read:
            held = ~mask[t]  # type: ignore[index]
            h[held] = hx1[held, :H]
    return Step(inputs[:-1, :, H:-1], State(inputs[:-1, :, :H]), inputs[1:, :, :H])


def backward(
    W_h_T: Array, steps: Step, mask: Array | None, d_hs: Array, arriving: State, d_states: State
) -> tuple[State, Array]:
    """Send gradients back through some steps; arguments as in ``lstm_loops.backward``; dz is (T, B, H)."""
    T = len(d_hs)
    slopes = 1 - np.square(steps.h)
    full = [True] * T
    if mask is not None:
        slopes[~mask] = 0
        full = mask.all(axis=1).tolist()
    dz = np.empty_like(slopes)
    back = arriving.h.copy()
    views = zip(d_hs[::-1], d_states.h[::-1], slopes[::-1], dz[::-1], full[::-1], strict=True)
    for t, (d_h, dh, slope, dz_t, all_read) in enumerate(views):
        np.add(back, d_h, out=dh)
        np.multiply(dh, slope, out=dz_t)
        np.matmul(dz_t, W_h_T, out=back)
        if not all_read:
            held = ~mask[T - 1 - t]  # type: ignore[index]
            back[held] = dh[held]
    return State(back), dz
