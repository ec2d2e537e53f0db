"""The LSTM's way back for one sequence of few units: one product a step, with a matrix that holds all of a step.

Once the forward pass is over, nothing on the way back is bent: what leaves a step is a sum of what arrives, weighted.
So a step is a matrix, its Jacobian, and what comes in from outside, d = ∂L/∂h_{t-1} but for later steps, is a last row:

    [∂L/∂h_{t-1}  ∂L/∂c_{t-1}  1]  =  [∂L/∂h_t  ∂L/∂c_t  1]  ⎡ ∂h_t/∂h_{t-1}  ∂h_t/∂c_{t-1}  0 ⎤
                                                             ⎢ ∂c_t/∂h_{t-1}  ∂c_t/∂c_{t-1}  0 ⎥
                                                             ⎣      d               0        1 ⎦

All matrices are made at once, before the first is used. A product with one is no more work than one with W_h, but
making (2H + 1)² numbers for a step is: with more units, or a matrix for each of many sequences, it costs more than the
calls that it saves.
"""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells.lstm import State, Step
from lstm_helpers.fused.lstm_loops import SPACE, slopes, used_steps

LARGEST = 20_000  # bytes of a matrix up to which it pays: 34 units in float32, 24 in float64
AT_ONCE = 2**21  # bytes of matrices that are made at once


def suits(B: int, H: int, number: int) -> bool:
    """Tell whether this way back is the faster one, for numbers of so many bytes."""
    return B == 1 and _size(H, number) <= LARGEST


def part_length(H: int, number: int) -> int:
    """Give how many steps' matrices are made at once."""
    return max(AT_ONCE // _size(H, number), 1)


def _size(H: int, number: int) -> int:
    return (2 * H + 1) ** 2 * number


def backward(
    W_h_T: Array, steps: Step, mask: Array | None, d_hs: Array, arriving: State, d_states: State, space: Array
) -> tuple[State, Array]:
    """Send gradients back through some steps of one sequence; arguments and result as in ``lstm_loops.backward``."""
    T, _, H = d_hs.shape
    store = space[: SPACE * T * H].reshape(SPACE, T, 1, H)
    # Without the gaps between them the many short rows of a gate are one long row, which pays in a dozen calls.
    slopes(steps._replace(i=steps.i.copy(), g=steps.g.copy(), o=steps.o.copy(), c=steps.c.copy()), mask, store)
    belt, ifg, o, through = store[0, :, 0], store[1:4, :, 0], store[4, :, 0], store[5, :, 0]
    matrices = _matrices(W_h_T[0], belt, ifg, o, through, used_steps(mask, T))
    if mask is not None:
        _diagonal(matrices, 0, 0, H)[~mask[:, 0]] = 1  # a held h passes its gradient on; the belt does so already
    matrices[1:, -1, :H] = d_hs[:-1, 0]
    back = np.empty((T + 1, 2 * H + 1), d_hs.dtype)  # what arrives at each step, and in front what the first sends
    np.add(arriving.h, d_hs[-1], out=back[-1:, :H])
    back[-1, H:-1], back[-1, -1] = arriving.c, 1
    for arrives, matrix, leaves in zip(back[:0:-1], matrices[::-1], back[-2::-1], strict=True):
        arrives.dot(matrix, leaves)
    dh, dc = d_states.h[:, 0], d_states.c[:, 0]
    dh[...], dc[...] = back[1:, :H], back[1:, H:-1]
    through *= dh
    through += dc  # ∂L/∂c_t by both ways
    dz = np.empty((T, 4, H), d_hs.dtype)
    np.multiply(ifg, through, out=dz[:, :3].swapaxes(0, 1))
    np.multiply(o, dh, out=dz[:, 3])
    return State(back[:1, :H].copy(), back[:1, H:-1].copy()), dz.reshape(1, T, 1, 4 * H)


def _matrices(W_h_T: Array, belt: Array, ifg: Array, o: Array, through: Array, used: int) -> Array:
    """Make (T, 2H + 1, 2H + 1) from the slopes, each (T, H); the last row is left empty but for its 1."""
    T, H = belt.shape
    by_z = np.zeros((2, H, used, 4), belt.dtype)  # slopes of every number of h and of c, for i f g o
    h_by_z, c_by_z = by_z.transpose(0, 3, 2, 1)
    c_by_z[:3], h_by_z[3] = ifg[:, :used], o[:used]
    np.multiply(ifg[:, :used], through[:used], out=h_by_z[:3])
    matrices = np.zeros((T, 2 * H + 1, 2 * H + 1), belt.dtype)
    by_h = matrices[:used, :-1, :H].reshape(used, 2, H, H).transpose(1, 2, 0, 3)
    np.matmul(by_z, np.ascontiguousarray(W_h_T.reshape(4, H, H).swapaxes(0, 1)), out=by_h)
    np.multiply(through, belt, out=_diagonal(matrices, 0, H, H))
    _diagonal(matrices, H, H, H)[...] = belt
    matrices[:, -1, -1] = 1
    return matrices


def _diagonal(matrices: Array, row: int, column: int, length: int) -> Array:
    """Give a part of a diagonal of every matrix, (T, length), to be written to."""
    N = matrices.shape[-1]
    first = row * N + column
    return matrices.reshape(len(matrices), -1)[:, first : first + length * (N + 1) : N + 1]
