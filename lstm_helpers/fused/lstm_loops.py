"""The LSTM's two loops over time, with as few and as contiguous calls a step as NumPy allows.

Forward, with the weights of i, f and o halved beforehand, so that one tanh serves all four:

    [o i f g] = tanh([h_{t-1}; x_t; 1] W)            o, i, f = (o, i, f) / 2 + 1 / 2
    c_t = i g + f c_{t-1}                            one product of [i f] and [g c_{t-1}], which lie side by side
    h_t = o tanh(c_t)

Backward, all that does not depend on the gradient that arrives is computed for many steps at once (``_slopes``); what
is left for each step is

    dc = ∂L/∂c_t + ∂L/∂h_t · ∂h_t/∂c_t               ∂L/∂c_{t-1} = dc f
    dz = [dc · ∂c_t/∂(z_i z_f z_g), ∂L/∂h_t · ∂h_t/∂z_o]
    ∂L/∂h_{t-1} = dz W_hᵀ
"""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells.lstm import Params, State, Step

_O, _I, _F, _G, _C = range(5)  # where each lies in the store: i beside f, and g beside c_{t-1}
BACKWARD_SIZE = 9  # numbers a sequence, a step and a unit that the backward loop works on


def pack(params: Params) -> Array:
    """Stack the weights as one (4, H + D + 1, H) array for [h; x; 1], in the order o i f g."""
    H = len(params.W_h)
    ifgo = np.concatenate([params.W_h, params.W_x, params.b[None]]).reshape(-1, 4, H).swapaxes(0, 1)
    packed = np.empty(ifgo.shape, ifgo.dtype)
    np.multiply(ifgo[3], 0.5, out=packed[_O])  # sigmoid(z) = tanh(z / 2) / 2 + 1 / 2
    np.multiply(ifgo[:2], 0.5, out=packed[_I:_G])
    packed[_G] = ifgo[2]
    return packed


def forward(W: Array, inputs: Array, start: State, mask: Array | None) -> Step:
    """Run over all steps; what is returned are views of one store, (T + 1, 5, B, H): o i f g, and c before the step.

    Parameters
    ----------
    W : array (4, H + D + 1, H)
        From ``pack``.
    inputs : array (T + 1, B, H + D + 1)
        [h; x; 1] of every step. h is filled here; at time 0 it is there already.
    start : State
        Where to start.
    mask : bool array (T, B) or None
        Where there is an input.

    Returns
    -------
    Step
        Each array (T, B, ·).
    """
    T, B, H = len(inputs) - 1, *start.h.shape
    store = np.empty((T + 1, 5, B, H), inputs.dtype)
    store[0, _C] = start.c
    products, tanh_c = np.empty((2, B, H), store.dtype), np.empty((B, H), store.dtype)
    i_times_g, f_times_c = products
    views = zip(inputs, store[:, :4], store[:, :3], store[:, _I:_G], store[:, _G:], store[:, _O], store[:, _C],
                store[1:, _C], inputs[1:, :, :H], held_steps(mask, T), strict=False)  # fmt: skip
    for hx1, gates, oif, i_and_f, g_and_c, o, c_before, c, h, held in views:
        np.matmul(hx1, W, out=gates)
        np.tanh(gates, out=gates)
        np.multiply(oif, 0.5, out=oif)
        np.add(oif, 0.5, out=oif)
        np.multiply(i_and_f, g_and_c, out=products)
        np.add(i_times_g, f_times_c, out=c)
        np.tanh(c, out=tanh_c)
        np.multiply(o, tanh_c, out=h)
        if held is not None:
            gates[:, held] = 0
            c[held], h[held] = c_before[held], hx1[held, :H]
    before, hs, cs = slice(None, -1), inputs[:, :, :H], store[:, _C]
    o, i, f, g = (store[before, block] for block in (_O, _I, _F, _G))
    return Step(inputs[before, :, H:-1], State(hs[before], cs[before]), i, f, g, o, cs[1:], hs[1:])


def backward(
    W_h_T: Array, steps: Step, mask: Array | None, d_hs: Array, arriving: State, d_states: State
) -> tuple[State, Array]:
    """Send gradients back through some steps.

    Parameters
    ----------
    W_h_T : array (4H, H)
        W_h transposed, as one contiguous block.
    steps, mask, d_hs
        Of these steps alone, time first.
    arriving : State
        What the steps after these sent back, each (B, H).
    d_states : State
        Filled: ∂L/∂State_t of these steps, each (T, B, H).

    Returns
    -------
    d_before : State
        What these steps send back, each (B, H).
    dz : array (T, B, 4H)
        ∂L/∂z, its blocks in the order of ``Params``.
    """
    T, B, H = d_hs.shape
    dh_by_dc, dh_by_dzo, dc_by_dz = _slopes(steps)
    f = steps.f if mask is None else np.where(mask[:, :, None], steps.f, 1)  # a held belt passes its gradient on
    dz = np.empty((T, B, 4 * H), d_hs.dtype)
    blocks = dz.reshape(T, B, 4, H).swapaxes(1, 2)
    back, dcs = arriving.h.copy(), np.empty((T + 1, B, H), dz.dtype)  # dcs: ∂L/∂c before and after every step
    dcs[T] = arriving.c
    through_h, dc = np.empty((2, B, H), dz.dtype)
    views = zip(*(a[::-1] for a in (d_hs, d_states.h, dh_by_dc, dcs[1:], dh_by_dzo, blocks[:, 3],
                                    dc_by_dz, blocks[:, :3], f, dcs[:-1], dz, held_steps(mask, T))),
                strict=True)  # fmt: skip
    for d_h, dh, by_dc, dc_after, by_dzo, dz_o, by_dz, dz_ifg, f_t, dc_before, dz_t, held in views:
        np.add(back, d_h, out=dh)
        np.multiply(dh, by_dc, out=through_h)
        np.add(dc_after, through_h, out=dc)
        np.multiply(dh, by_dzo, out=dz_o)
        np.multiply(dc, by_dz, out=dz_ifg)
        np.multiply(dc, f_t, out=dc_before)
        np.matmul(dz_t, W_h_T, out=back)
        if held is not None:
            back[held] = dh[held]
    d_states.c[...] = dcs[1:]
    return State(back, dcs[0]), dz


def held_steps(mask: Array | None, T: int) -> list[Array | None]:
    """Give for every step the sequences (B,) that hold their state in it, or None if all read an input."""
    if mask is None:
        return [None] * T
    full: list[bool] = list(np.all(mask, axis=1))
    return [None if all_read else held for all_read, held in zip(full, ~mask, strict=True)]


def _slopes(steps: Step) -> tuple[Array, Array, Array]:
    """Compute ∂h/∂c and ∂h/∂z_o, each (T, B, H), and ∂c/∂(z_i z_f z_g) (T, 3, B, H) for all steps at once."""
    T, B, H = steps.h.shape
    tanh_c = np.tanh(steps.c)
    dh_by_dc = np.square(tanh_c)
    np.subtract(1, dh_by_dc, out=dh_by_dc)
    dh_by_dc *= steps.o
    dh_by_dzo = tanh_c
    dh_by_dzo *= steps.o
    dh_by_dzo *= 1 - steps.o
    dc_by_dz = np.empty((T, 3, B, H), steps.h.dtype)
    di, df, dg = dc_by_dz[:, 0], dc_by_dz[:, 1], dc_by_dz[:, 2]
    for slope, gate, other in ((di, steps.i, steps.g), (df, steps.f, steps.previous.c)):
        np.subtract(1, gate, out=slope)
        slope *= gate
        slope *= other
    np.square(steps.g, out=dg)
    np.subtract(1, dg, out=dg)
    dg *= steps.i
    return dh_by_dc, dh_by_dzo, dc_by_dz
