"""The LSTM's backward pass for one sequence of few units: one product a step, with a matrix that holds the whole step.

The backward pass is linear: the gradient that leaves a step is a linear function of the gradient that arrives. So a
step is a matrix, its Jacobian. The gradient from outside, d = ∂L/∂h_{t-1} not counting later steps, is its last row:

    [∂L/∂h_{t-1}  ∂L/∂c_{t-1}  1]  =  [∂L/∂h_t  ∂L/∂c_t  1]  ⎡ ∂h_t/∂h_{t-1}  ∂h_t/∂c_{t-1}  0 ⎤
                                                             ⎢ ∂c_t/∂h_{t-1}  ∂c_t/∂c_{t-1}  0 ⎥
                                                             ⎣      d               0        1 ⎦

All matrices are computed before the first is used. A product with one costs no more than a product with W_h, but
computing (2H + 1)² numbers for a step does. With more units, or a matrix for each of many sequences, that costs more
than the saved calls.
"""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells.lstm import State, Step
from lstm_helpers.fused.lstm_loops import SPACE, local_derivatives, used_steps

LARGEST = 20_000  # bytes of the largest matrix for which this is faster: 34 units in float32, 24 in float64
AT_ONCE = 2**21  # bytes of matrices that are computed at once


def suits(B: int, H: int, number: int) -> bool:
    """Tell whether this backward pass is the faster one, for numbers of ``number`` bytes."""
    return B == 1 and _size(H, number) <= LARGEST


def part_length(H: int, number: int) -> int:
    """Give the number of steps whose matrices are computed at once."""
    return max(AT_ONCE // _size(H, number), 1)


def _size(H: int, number: int) -> int:
    return (2 * H + 1) ** 2 * number


def backward(
    W_h_T: Array, steps: Step, mask: Array | None, d_hs: Array, arriving: State, d_states: State, space: Array
) -> tuple[State, Array]:
    """Send gradients back through some steps of one sequence; arguments and result as in ``lstm_loops.backward``."""
    T, _, H = d_hs.shape
    store = space[: SPACE * T * H].reshape(SPACE, T, 1, H)
    # Without the gaps between them the many short rows of a gate are one long row, which makes a dozen calls faster.
    local_derivatives(
        steps._replace(i=steps.i.copy(), g=steps.g.copy(), o=steps.o.copy(), c=steps.c.copy()), mask, store
    )
    carried, ifg, o, through = store[0, :, 0], store[1:4, :, 0], store[4, :, 0], store[5, :, 0]
    matrices = _matrices(W_h_T[0], carried, ifg, o, through, used_steps(mask, T))
    if mask is not None:
        _diagonal(matrices, 0, 0, H)[~mask[:, 0]] = 1  # a carried h passes its gradient on, as c does already
    matrices[1:, -1, :H] = d_hs[:-1, 0]
    back = np.empty((T + 1, 2 * H + 1), d_hs.dtype)  # first what leaves step 0, then what arrives at each
    np.add(arriving.h, d_hs[-1], out=back[-1:, :H])
    back[-1, H:-1], back[-1, -1] = arriving.c, 1
    for arrives, matrix, leaves in zip(back[:0:-1], matrices[::-1], back[-2::-1], strict=True):
        arrives.dot(matrix, leaves)
    dh, dc = d_states.h[:, 0], d_states.c[:, 0]
    dh[...], dc[...] = back[1:, :H], back[1:, H:-1]
    through *= dh
    through += dc  # ∂L/∂c_t by both paths
    dz = np.empty((T, 4, H), d_hs.dtype)
    np.multiply(ifg, through, out=dz[:, :3].swapaxes(0, 1))
    np.multiply(o, dh, out=dz[:, 3])
    return State(back[:1, :H].copy(), back[:1, H:-1].copy()), dz.reshape(1, T, 1, 4 * H)


def _matrices(W_h_T: Array, carried: Array, ifg: Array, o: Array, through: Array, used: int) -> Array:
    """Compute (T, 2H + 1, 2H + 1) from local derivatives, each (T, H); the last row stays 0 except for its 1."""
    T, H = carried.shape
    by_z = np.zeros((2, H, used, 4), carried.dtype)  # derivatives of every number of h and of c by z_i z_f z_g z_o
    h_by_z, c_by_z = by_z.transpose(0, 3, 2, 1)
    c_by_z[:3], h_by_z[3] = ifg[:, :used], o[:used]
    np.multiply(ifg[:, :used], through[:used], out=h_by_z[:3])
    matrices = np.zeros((T, 2 * H + 1, 2 * H + 1), carried.dtype)
    by_h = matrices[:used, :-1, :H].reshape(used, 2, H, H).transpose(1, 2, 0, 3)
    np.matmul(by_z, np.ascontiguousarray(W_h_T.reshape(4, H, H).swapaxes(0, 1)), out=by_h)
    np.multiply(through, carried, out=_diagonal(matrices, 0, H, H))
    _diagonal(matrices, H, H, H)[...] = carried
    matrices[:, -1, -1] = 1
    return matrices


def _diagonal(matrices: Array, row: int, column: int, length: int) -> Array:
    """Give a writable view of a part of a diagonal of every matrix, (T, length)."""
    N = matrices.shape[-1]
    first = row * N + column
    return matrices.reshape(len(matrices), -1)[:, first : first + length * (N + 1) : N + 1]
