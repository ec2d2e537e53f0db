"""The LSTM's two loops over time, with as few calls a step, on arrays as contiguous, as NumPy allows.

Forward. The weights of i, f and o are halved beforehand, so that one tanh serves all four blocks:

    [o i f g] = tanh([h_{t-1}; x_t; 1] W)            o, i, f = (o, i, f) / 2 + 1 / 2
    c_t = i g + f c_{t-1}                            one product of [i f] and [g c_{t-1}], which are adjacent
    h_t = o tanh(c_t)

Backward. The local derivatives do not depend on the arriving gradient, so they are computed for many steps at once
(``local_derivatives``). Their six blocks are ordered so that the rest of a step needs few calls:

    o, through = ∂L/∂h_t · ∂h_t/∂z_o, ∂L/∂h_t · ∂h_t/∂c_t
    dc = ∂L/∂c_t + through
    [carried i f g] = dc · [f  ∂c_t/∂z_i  ∂c_t/∂z_f  ∂c_t/∂z_g]
    ∂L/∂h_{t-1} = Σ [i f g o] W_hᵀ               [i f g o] is ∂L/∂z, block by block; carried is ∂L/∂c_{t-1}
"""

from collections.abc import Callable

import numpy as np
from numpy import add, multiply, tanh  # the last argument is where the result goes; a keyword out= would be slower

from lstm_helpers.arrays import Array
from lstm_helpers.cells.lstm import Params, State, Step

_O, _I, _F, _G, _C = range(5)  # the position of each in the store: i next to f, and g next to c_{t-1}
BACKWARD_SIZE = 9  # numbers for each sequence, step and unit that the backward loop uses
SPACE = 6  # those of them that need memory of their own


def pack(params: Params) -> Array:
    """Stack the weights as one (4, H + D + 1, H) array for [h; x; 1], in the order o i f g."""
    H = len(params.W_h)
    ifgo = np.concatenate([params.W_h, params.W_x, params.b[None]]).reshape(-1, 4, H).swapaxes(0, 1)
    packed = np.empty(ifgo.shape, ifgo.dtype)
    packed[_O], packed[_I:] = ifgo[3], ifgo[:3]
    packed[:_G] *= 0.5  # sigmoid(z) = tanh(z / 2) / 2 + 1 / 2
    return packed


def forward(W: Array, inputs: Array, start: State, mask: Array | None) -> Step:
    """Run over all steps and return views of one store, (T + 1, 5, B, H): o i f g, and c before the step.

    Parameters
    ----------
    W : array (4, H + D + 1, H)
        From ``pack``.
    inputs : array (T + 1, B, H + D + 1)
        [h; x; 1] of every step. h is filled in here; at time 0 it is given.
    start : State
        The initial state.
    mask : bool array (T, B) or None
        True where there is an input.

    Returns
    -------
    Step
        Each array (T, B, ·).
    """
    T, B, H = len(inputs) - 1, *start.h.shape
    store = np.empty((T + 1, 5, B, H), inputs.dtype)
    store[0, _C] = start.c
    products, tanh_c = np.empty((2, B, H), store.dtype), np.empty((B, H), store.dtype)
    half = np.array(0.5, store.dtype)  # an array, since each call would first convert a Python number
    i_times_g, f_times_c = products
    product: Callable[..., Array] = np.matmul
    gates = store[:, :4]
    if B == 1:  # the blocks of one sequence are one row: one product, not four
        product, gates, W = np.ndarray.dot, gates.reshape(T + 1, 1, 4 * H), W.swapaxes(0, 1).reshape(-1, 4 * H)
    views = zip(inputs, gates, store[:, :3], store[:, _I:_G], store[:, _G:], store[:, _O], store[1:, _C],
                inputs[1:, :, :H], held_steps(mask, T), strict=False)  # fmt: skip
    for hx1, z, oif, i_and_f, g_and_c, o, c, h, held in views:
        product(hx1, W, z)
        tanh(z, z)
        multiply(oif, half, oif)
        add(oif, half, oif)
        multiply(i_and_f, g_and_c, products)
        add(i_times_g, f_times_c, c)
        tanh(c, tanh_c)
        multiply(o, tanh_c, h)
        if held is not None:
            oif[:, held], g_and_c[0, held] = 0, 0
            c[held], h[held] = g_and_c[1, held], hx1[held, :H]
    before, hs, cs = slice(None, -1), inputs[:, :, :H], store[:, _C]
    o, i, f, g = store[before, _O], store[before, _I], store[before, _F], store[before, _G]
    return Step(inputs[before, :, H:-1], State(hs[before], cs[before]), i, f, g, o, cs[1:], hs[1:])


def backward(
    W_h_T: Array, steps: Step, mask: Array | None, d_hs: Array, arriving: State, d_states: State, space: Array
) -> tuple[State, Array]:
    """Send gradients back through some steps.

    Parameters
    ----------
    W_h_T : array (4, H, H), or (1, 4H, H) if B is 1
        W_h transposed, block by block.
    steps, mask, d_hs
        Of these steps alone, time first.
    arriving : State
        The gradient from later steps, each (B, H).
    d_states : State
        Filled: ∂L/∂State_t of these steps, each (T, B, H).
    space : array (at least SPACE · T · B · H,)
        Working memory: allocating it anew for every part would cost more than the computation.

    Returns
    -------
    d_before : State
        The gradient that leaves these steps, each (B, H).
    dz : array (4, T, B, H), or (1, T, 1, 4H) if B is 1
        ∂L/∂z, its blocks in the order of ``Params``; a view of ``space``.
    """
    T, B, H = d_hs.shape
    # If B is 1 the blocks of a step are adjacent and form one row; otherwise all steps of a block are adjacent.
    store = space[: SPACE * d_hs.size].reshape((T, SPACE, 1, H) if B == 1 else (SPACE, T, B, H))
    store = store.swapaxes(0, 1) if B == 1 else store
    local_derivatives(steps, mask, store)  # each gradient overwrites the derivative that it is computed from
    dz = store[1:5].swapaxes(0, 1)
    if B == 1:
        dz, W_h_T = dz.reshape(T, 1, 4 * H), W_h_T[0]
    back, dc_before = arriving.h, arriving.c
    new_back, dc, parts = np.empty((B, H), dz.dtype), np.empty((B, H), dz.dtype), np.empty((4, B, H), dz.dtype)
    views = zip(*(a[::-1] for a in (d_hs, d_states.h, store[4], store[5], store[:4].swapaxes(0, 1), store[0], dz,
                                    held_steps(mask, T))), strict=True)  # fmt: skip
    for d_h, dh, o, through, carried_ifg, carried, dz_t, held in views:
        add(back, d_h, dh)
        multiply(dh, o, o)
        multiply(dh, through, through)
        add(dc_before, through, dc)
        multiply(dc, carried_ifg, carried_ifg)
        if B == 1:
            back = dz_t.dot(W_h_T, new_back)
        else:
            np.matmul(dz_t, W_h_T, parts)
            back = add.reduce(parts, out=new_back)
        if held is not None:
            back[held] = dh[held]
        dc_before = carried
    d_states.c[:-1], d_states.c[-1] = store[0, 1:], arriving.c
    return State(back, dc_before.copy()), dz[None] if B == 1 else store[1:5]


def held_steps(mask: Array | None, T: int) -> list[Array | None]:
    """Give for every step the sequences (B,) that carry their state over, or None if all read an input."""
    if mask is None:
        return [None] * T
    full: list[bool] = list(np.all(mask, axis=1))
    return [None if all_read else held for all_read, held in zip(full, ~mask, strict=True)]


def used_steps(mask: Array | None, T: int) -> int:
    """Count the steps up to the last one with an input."""
    read = np.flatnonzero(mask.any(axis=1)) if mask is not None else [T - 1]
    return int(read[-1]) + 1 if len(read) else 0


def local_derivatives(steps: Step, mask: Array | None, out: Array) -> None:
    """Compute f, ∂c/∂(z_i z_f z_g), ∂h/∂z_o and ∂h/∂c for all steps at once, (6, T, B, H)."""
    carried, of_i, of_f, of_g, of_o, through = out
    carried[...] = steps.f
    if mask is not None:
        carried[~mask] = 1  # a carried c passes its gradient on
    tanh_c = np.tanh(steps.c)
    h = steps.o * tanh_c  # 0 at a masked step, unlike the h that is carried
    np.multiply(h, steps.o, out=of_o)
    np.subtract(h, of_o, out=of_o)  # o (1 - o) tanh(c)
    np.multiply(h, tanh_c, out=through)
    np.subtract(steps.o, through, out=through)  # o (1 - tanh(c)²)
    written, kept = np.multiply(steps.i, steps.g, out=h), np.multiply(carried, steps.previous.c, out=tanh_c)
    np.multiply(written, steps.i, out=of_i)
    np.subtract(written, of_i, out=of_i)  # i (1 - i) g
    np.multiply(kept, carried, out=of_f)
    np.subtract(kept, of_f, out=of_f)  # f (1 - f) c_{t-1}
    np.multiply(written, steps.g, out=of_g)
    np.subtract(steps.i, of_g, out=of_g)  # i (1 - g²)
