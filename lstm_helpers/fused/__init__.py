"""A fast engine for the LSTM and the vanilla RNN, used in training; its results equal the reference's.

The functions and results are those of ``through_time``. Cells that this engine does not know, complex numbers and
recurrent dropout are handed to the reference. All choices, such as how many steps are processed at once in the backward
pass, depend on shapes and dtype alone, so runs repeat bit for bit.
"""

from types import ModuleType

import numpy as np

from lstm_helpers import through_time
from lstm_helpers.arrays import BH, TB, TBD, TBH, Array, Params, State, TreeT, tree_map
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.cells.base import Cell
from lstm_helpers.fused import lstm_loops, lstm_matrices, rnn_loops
from lstm_helpers.fused.threads import one_blas_thread
from lstm_helpers.through_time import Backward, Trace, check_gradients, check_inputs

CACHE = 2**19  # bytes that the backward loop uses at once, about half of a core's own cache
ROWS = 512  # steps × sequences for which the products of the weight gradient are efficient


def unroll(
    cell: Cell,
    params: Params,
    xs: TBD,
    state: State | None = None,
    mask: TB | None = None,
    h_mask: BH | None = None,
) -> Trace:
    """Run a cell over a batch of sequences; arguments, result and errors as in ``through_time.unroll``."""
    loops = _loops(cell)
    if loops is None or h_mask is not None:
        return through_time.unroll(cell, params, xs, state, mask, h_mask)
    start = check_inputs(cell, params, xs, state, mask)
    if len(xs) == 0 or _complex(*params, *start, xs):
        return through_time.unroll(cell, params, xs, state, mask)
    (T, B, D), H = xs.shape, len(params.W_h)
    inputs = np.empty((T + 1, B, H + D + 1), xs.dtype)  # h_{t-1}, x_t and 1 side by side: one product a step
    inputs[0, :, :H] = start.h
    inputs[:-1, :, H:-1] = xs if mask is None else np.where(mask[:, :, None], xs, 0)
    inputs[:, :, -1] = 1
    with one_blas_thread():
        return Trace(loops.forward(loops.pack(params), inputs, start, mask), start, mask)


def backpropagate(cell: Cell, params: Params, trace: Trace, d_hs: TBH, d_state: State | None = None) -> Backward:
    """Backpropagate through a run of any engine; arguments, result and errors as in ``through_time.backpropagate``."""
    loops = _loops(cell)
    if loops is None or len(trace) == 0 or trace.h_mask is not None:
        return through_time.backpropagate(cell, params, trace, d_hs, d_state)
    check_gradients(params, trace, d_hs, d_state)
    steps = trace.steps
    if _complex(*params, steps.h, d_hs, *(d_state or ())):
        return through_time.backpropagate(cell, params, trace, d_hs, d_state)
    (T, B, H), K = steps.h.shape, len(params.W_h) + len(params.W_x) + 1
    arriving = trace.start._make([np.zeros((B, H), a.dtype) for a in trace.start]) if d_state is None else d_state
    d_states = trace.start._make([np.empty((T, B, H), a.dtype) for a in trace.start])
    d_xs = np.zeros(steps.x.shape, d_hs.dtype)
    backward_loops = _backward_loops(loops, trace)
    length = _part_length(trace, backward_loops)
    width = len(params.b) if B == 1 else H  # the blocks of one sequence are one row, like one wide block
    space, inputs = np.empty(backward_loops.SPACE * length * B * H, d_hs.dtype), np.ones((length, B, K), d_hs.dtype)
    d_W, of_part = np.zeros((2, len(params.b) // width, K, width), d_hs.dtype)  # of [h; x; 1], block by block
    with one_blas_thread():
        W_h_T, W_x_T = _transposed_blocks(params.W_h, width), _transposed_blocks(params.W_x, width)
        for start in range(0, T, length)[::-1]:
            part = slice(start, start + length)
            steps, d_part = (_part(tree, part, T) for tree in (trace.steps, d_states))
            mask = None if trace.mask is None else trace.mask[part]
            arriving, dz = backward_loops.backward(W_h_T, steps, mask, d_hs[part], arriving, d_part, space)
            if used := lstm_loops.used_steps(mask, dz.shape[1]):  # so that padding at the end changes no bit
                rows = dz[:, :used].reshape(len(dz), -1, width)
                inputs[:used, :, :H], inputs[:used, :, H:-1] = steps.previous.h[:used], steps.x[:used]
                d_W += np.matmul(inputs[:used].reshape(-1, K).T, rows, out=of_part)
                d_x = rows @ W_x_T
                d_xs[part][:used] = (d_x[0] if len(d_x) == 1 else np.add.reduce(d_x)).reshape(used, B, -1)
    d_W = d_W.swapaxes(0, 1).reshape(K, -1)
    d_params = type(params)(W_x=d_W[H:-1], W_h=d_W[:H], b=d_W[-1])
    return Backward(d_params, d_xs, arriving, d_states)


def _loops(cell: Cell) -> ModuleType | None:
    """Give the fast loops of a cell, or None; a modified copy of a cell is a different cell."""
    return lstm_loops if cell is lstm else rnn_loops if cell is rnn else None


def _backward_loops(loops: ModuleType, trace: Trace) -> ModuleType:
    """Give the module whose ``backward`` is faster for these shapes."""
    _, B, H = trace.steps.h.shape
    matrices = loops is lstm_loops and lstm_matrices.suits(B, H, trace.steps.h.itemsize)
    return lstm_matrices if matrices else loops


def _transposed_blocks(W: Array, width: int) -> Array:
    """Cut weights (K, n width) into n blocks, each transposed: (n, width, K); several blocks are contiguous."""
    if width == W.shape[1]:
        return W.T[None]
    return np.ascontiguousarray(W.reshape(len(W), -1, width).transpose(1, 2, 0))


def _complex(*arrays: Array) -> bool:
    return "c" in [array.dtype.kind for array in arrays]


def _part_length(trace: Trace, backward_loops: ModuleType) -> int:
    """Give the number of steps for one pass of the backward loop: they fit the cache, or fill a product."""
    (T, B, H), number = trace.steps.h.shape, trace.steps.h.itemsize
    if backward_loops is lstm_matrices:
        return int(min(lstm_matrices.part_length(H, number), T))
    fits = CACHE // (B * H * int(backward_loops.BACKWARD_SIZE) * number)
    return int(min(max(fits, ROWS // B, 1), T))


def _part(tree: TreeT, part: slice, T: int) -> TreeT:
    """Cut a part out of the first axis (T) of every array."""
    return tree if part == slice(0, T) else tree_map(lambda a: a[part], tree)
