"""How much of a gradient survives backpropagation through time, computed exactly rather than bounded.

    J_t = ∂s_T/∂s_t                              (S, S); J_T = 1 and J_{t-1} = J_t · ∂s_t/∂s_{t-1}
    ∂c_T/∂c_t = diag(f_{t+1} ⊙ … ⊙ f_T) + rest   the direct path, and all paths that leave c through h

s is a cell's whole state: h, or h and c. Bengio, Simard and Frasconi (1994); Hochreiter and Schmidhuber (1997);
Pascanu, Mikolov and Bengio (2013). Every function counts time as a trace does: entry t belongs to the state *after*
step t, and the last entry to the last state.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from lstm_helpers import through_time
from lstm_helpers.arrays import Array, Params, State, check_generator, check_size, tree_map
from lstm_helpers.cells.base import Cell
from lstm_helpers.through_time import Backward, Trace


def jacobians(
    cell: Cell,
    params: Params,
    trace: Trace,
    *,
    of: str | None = None,
    by: str | None = None,
    start: bool = False,
    sequence: int = 0,
) -> Array:
    """Give ∂state_T/∂state_t for every step of one sequence, exactly, by backpropagating all unit vectors at once.

    Parameters
    ----------
    cell, params, trace
        A cell, its weights and a trace from ``unroll``.
    of, by : str, optional
        A field of the state, such as "c": ``of`` selects the rows, a field of the last state, and ``by`` the columns, a
        field of the earlier states. None takes all fields in their order. ``of`` with one field of two halves the cost.
    start : bool
        Put ∂state_T/∂(initial state) in front; entry t then belongs to the state after t steps.
    sequence : int
        Which sequence of the batch.

    Returns
    -------
    array (T, S, S), or (T + 1, S, S) with ``start``
        Entry [t, j, k] is the change of number j of the last state for a change of number k of the state after step t;
        S is H for the RNN and 2H for the LSTM, h first; a matrix counts row by row. The last entry is the identity.
        Masked steps carry the state.

    Raises
    ------
    ValueError
        If a field or sequence does not exist.
    """
    fields = trace.start._fields
    for name, field in (("of", of), ("by", by)):
        if field is not None and field not in fields:
            raise ValueError(f"{name} is {field!r}; expected None or a field of the state: {', '.join(fields)}")
    _check_sequence(trace, sequence)
    rows = _unit_vectors(trace.start, fields if of is None else (of,))
    copies = _repeat(trace, sequence, len(rows.h))
    back = through_time.backpropagate(cell, params, copies, np.zeros_like(copies.h), rows)
    states = back.states
    if start:
        states = tree_map(lambda first, later: np.concatenate([first[None], later]), back.state, states)
    wanted = [getattr(states, field) for field in (fields if by is None else (by,))]
    return np.concatenate([a.reshape(*a.shape[:2], math.prod(a.shape[2:])) for a in wanted], axis=-1)


def _check_sequence(trace: Trace, sequence: object) -> None:
    batch_size = trace.h.shape[1]
    if isinstance(sequence, bool) or not isinstance(sequence, int | np.integer) or not 0 <= sequence < batch_size:
        raise ValueError(f"sequence is {sequence!r}; expected a whole number from 0 to {batch_size - 1}")


def _unit_vectors(like: State, fields: tuple[str, ...]) -> State:
    """Make a batch of unit vectors as states: each is 1 in one of its numbers, in the order of the fields."""
    shapes = {name: a.shape[1:] for name, a in zip(like._fields, like, strict=True)}
    ends = np.cumsum([math.prod(shapes[name]) for name in fields])
    blocks = dict(zip(fields, np.split(np.eye(ends[-1], dtype=like.h.dtype), ends[:-1], axis=1), strict=True))
    zero = np.zeros((ends[-1], 1), like.h.dtype)
    numbers = {name: blocks.get(name, np.repeat(zero, math.prod(shape), axis=1)) for name, shape in shapes.items()}
    return like._make([numbers[name].reshape(-1, *shape) for name, shape in shapes.items()])


def _repeat(trace: Trace, sequence: int, count: int) -> Trace:
    """Make a batch of ``count`` copies of one sequence, without copying its numbers."""

    def repeat(a: Array) -> Array:  # (B, …)
        return np.broadcast_to(a[sequence], (count, *a.shape[1:]))

    def at_every_step(a: Array) -> Array:  # (T, B, …)
        return np.broadcast_to(a[:, [sequence]], (len(a), count, *a.shape[2:]))

    mask = None if trace.mask is None else at_every_step(trace.mask)
    h_mask = None if trace.h_mask is None else repeat(trace.h_mask)
    return Trace(tree_map(at_every_step, trace.steps), tree_map(repeat, trace.start), mask, h_mask)


def norms(jacobians: Array) -> Array:
    """Give the spectral norm of each Jacobian, the largest factor by which it can scale a gradient.

    Parameters
    ----------
    jacobians : array (..., R, S)

    Returns
    -------
    array (...)
        At least float64, whatever the input; infinity where a number of the Jacobian overflowed.
    """
    wide = np.asarray(jacobians)
    wide = wide.astype(np.result_type(wide.dtype, np.float64))
    if wide.ndim < 2:
        raise ValueError(f"jacobians has shape {wide.shape}; expected (..., S, S): at least one matrix")
    finite = np.isfinite(wide).all(axis=(-2, -1))
    largest: Array = np.linalg.norm(np.where(finite[..., None, None], wide, 0.0), 2, axis=(-2, -1))
    return np.where(finite, largest, np.inf)


def forget_gate_product(trace: Trace, *, start: bool = False, sequence: int = 0) -> Array:
    """Multiply the forget gates between c_t and c_T: the direct path of ∂c_T/∂c_t.

    Returns
    -------
    array (T, H), or (T + 1, H) with ``start``
        Entry t is f_{t+1} ⊙ … ⊙ f_T, the diagonal of the direct part; the last entry is 1. A masked step is a factor
        of 1.

    Raises
    ------
    ValueError
        If the cell has no forget gate.
    """
    if "f" not in trace.steps._fields:
        raise ValueError(f"trace has the fields {', '.join(trace.steps._fields)}; expected a forget gate f among them")
    _check_sequence(trace, sequence)
    f = trace.f[:, sequence]
    if trace.mask is not None:
        f = np.where(trace.mask[:, sequence, None], f, 1)
    f = np.concatenate([f, np.ones_like(trace.start.h[sequence : sequence + 1])])
    products = np.cumprod(f[::-1], axis=0)[::-1]  # entry t: f_t … f_T, the factors after c_{t-1}
    selected: Array = products if start else products[1:]
    return selected


class Split(NamedTuple):
    """The parts of ∂c_T/∂c_t, each a spectral norm, (T,), or (T + 1,), or with a first axis of runs."""

    total: Array
    direct: Array  # along the cell state alone: the largest product of forget gates
    rest: Array  # all paths that leave the cell state through h and return through a gate

    @property
    def direct_fraction(self) -> Array:
        """The fraction direct / (direct + rest), from 0 to 1. The norms of the parts do not add up to the total."""
        both = self.direct + self.rest
        return np.where(both > 0, self.direct / np.where(both > 0, both, 1.0), 1.0)


def split(cell: Cell, params: Params, trace: Trace, *, start: bool = False, sequence: int = 0) -> Split:
    """Split ∂c_T/∂c_t into the direct path along the cell state and the rest.

    Parameters
    ----------
    cell, params, trace, start, sequence
        As for ``jacobians``; the cell needs a cell state c and a forget gate f.
    """
    total = jacobians(cell, params, trace, of="c", by="c", start=start, sequence=sequence)
    direct = forget_gate_product(trace, start=start, sequence=sequence)
    rest = total - direct[:, :, None] * np.eye(direct.shape[1], dtype=direct.dtype)
    return Split(norms(total), direct.max(axis=1), norms(rest))


def lag_norms(
    rng: np.random.Generator,
    cell: Cell,
    make_params: Callable[[np.random.Generator], Params],
    lags: int,
    *,
    runs: int = 20,
    input_scale: float = 1.0,
    of: str | None = None,
    by: str | None = None,
) -> Array:
    """Measure ‖∂state_T/∂state_{T-lag}‖ for many random weights and inputs.

    Parameters
    ----------
    rng : numpy.random.Generator
        Each run draws its weights and inputs from a child of it. So run k is the same for any number of runs, and two
        calls with generators of one seed use the same random numbers.
    cell : module
    make_params : function
        rng -> Params, such as ``lambda rng: lstm.init(rng, 8, 32, forget_bias=2)``; inputs get the dtype of its W_x.
    lags : int
        The longest lag, and the length T of each sequence, which starts from the zero state.
    runs : int
    input_scale : float
        Inputs are normal with this standard deviation.
    of, by : str, optional
        As for ``jacobians``: of="c", by="c" measures the cell state alone.

    Returns
    -------
    array (runs, lags + 1)
        Entry [k, n] is the norm at lag n of run k; 1 at lag 0.
    """
    curves = []
    for params, trace in _draws(rng, cell, make_params, lags, runs, input_scale):
        with np.errstate(over="ignore", invalid="ignore"):  # an exploding gradient is a result, not an error
            curves.append(norms(jacobians(cell, params, trace, of=of, by=by, start=True))[::-1])
    return np.array(curves)


def lag_splits(
    rng: np.random.Generator,
    cell: Cell,
    make_params: Callable[[np.random.Generator], Params],
    lags: int,
    *,
    runs: int = 20,
    input_scale: float = 1.0,
) -> Split:
    """Split ∂c_T/∂c_{T-lag} into the direct path and the rest, for the same random runs as ``lag_norms``.

    Returns
    -------
    Split
        Each part (runs, lags + 1), entry [k, n] at lag n of run k; its ``total`` is ``lag_norms`` of "c" by "c".
    """
    draws = _draws(rng, cell, make_params, lags, runs, input_scale)
    splits = [split(cell, params, trace, start=True) for params, trace in draws]
    return Split(*[np.array(parts)[:, ::-1] for parts in zip(*splits, strict=True)])


def _draws(
    rng: np.random.Generator,
    cell: Cell,
    make_params: Callable[[np.random.Generator], Params],
    lags: int,
    runs: int,
    input_scale: float,
) -> Iterator[tuple[Params, Trace]]:
    """Run a cell over normal inputs from the zero state, with new weights and inputs in each run."""
    check_generator(rng)
    check_size("lags", lags)
    check_size("runs", runs)
    if not (np.isfinite(input_scale) and input_scale >= 0):
        raise ValueError(f"input_scale is {input_scale}; expected a number from 0")
    for child in rng.spawn(runs):
        params = make_params(child)
        xs = input_scale * child.normal(size=(lags, 1, len(params.W_x)))
        yield params, through_time.unroll(cell, params, xs.astype(params.W_x.dtype))


def with_spectral_norm(params: Params, sigma: float) -> Params:
    """Scale W_h so that its largest singular value is ``sigma``; the other weights do not change.

    Raises
    ------
    ValueError
        If ``sigma`` is below 0 or not finite, or W_h is zero.
    """
    if not (np.isfinite(sigma) and sigma >= 0):
        raise ValueError(f"sigma is {sigma}; expected a number from 0")
    now = float(norms(params.W_h))
    if now == 0.0:
        raise ValueError("params.W_h is zero; expected weights that can be scaled")
    return params._replace(W_h=(params.W_h * (sigma / now)).astype(params.W_h.dtype))


def scaled(params: Params, factor: float) -> Params:
    """Multiply W_x and W_h by a factor, as if the range of their initial values were scaled; biases do not change.

    Raises
    ------
    ValueError
        If ``factor`` is below 0 or not finite.
    """
    if not (np.isfinite(factor) and factor >= 0):
        raise ValueError(f"factor is {factor}; expected a number from 0")
    return params._replace(
        **{name: (getattr(params, name) * factor).astype(params.W_h.dtype) for name in ("W_x", "W_h")}
    )


def truncated(
    cell: Cell, params: Params, trace: Trace, d_hs: Array, steps: int, d_state: State | None = None
) -> Backward:
    """Backpropagate in chunks of ``steps`` steps: states are carried across chunks, gradients are not.

    This is truncated backpropagation through time (Williams and Peng, 1990), as in training with a carried state: the
    forward pass is that of the whole run, and only the gradient is cut.

    Parameters
    ----------
    cell, params, trace, d_hs, d_state
        As for ``through_time.backpropagate``.
    steps : int
        The length of a chunk, from 1; the last one may be shorter. With ``steps`` ≥ T nothing is cut.

    Returns
    -------
    Backward
        ``params`` is the sum over the chunks; ``state`` is the gradient at the start of the first.
    """
    check_size("steps", steps)
    through_time.check_gradients(params, trace, d_hs, d_state)
    length = len(trace)
    backs = []
    for first in range(0, length, steps) or [0]:
        last = min(first + steps, length)
        at_end = d_state if last == length else None
        backs.append(through_time.backpropagate(cell, params, chunk(trace, first, last), d_hs[first:last], at_end))
    states = tree_map(lambda *parts: np.concatenate(parts), *[back.states for back in backs])
    total = tree_map(lambda *parts: np.sum(parts, axis=0), *[back.params for back in backs])
    return Backward(total, np.concatenate([back.xs for back in backs]), backs[0].state, states)


def chunk(trace: Trace, first: int, last: int) -> Trace:
    """Give the steps from ``first`` up to, not including, ``last`` as a trace that starts from the previous state."""
    start = trace.start if first == 0 else trace[first - 1].state
    mask = None if trace.mask is None else trace.mask[first:last]
    return Trace(tree_map(lambda a: a[first:last], trace.steps), start, mask, trace.h_mask)
