"""Any cell over time, forward and back: the engine to read, and the reference that faster ones must equal.

Forward, one step hands its state to the next. Backward, the same steps are visited last to first; the gradient that
reaches a state is what its own output received plus what the step after it sent back (Werbos, 1990).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_finite, check_same_dtype, check_shape, stack, tree_map
from lstm_helpers.cells.base import Cell, check_state

MISSING = "fill the gap, or mask the step if the whole input is missing"


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """Everything a forward pass over a sequence computed, to be drawn or to be sent back through.

    The fields of the cell's ``Step`` are attributes with a time axis in front: ``trace.h`` is (T, B, H), and
    ``trace.previous`` a State of such arrays. ``trace[t]`` is the Step at time t.
    """

    steps: Any  # the cell's Step, each array (T, B, ·)
    start: Any  # State before the first step, each array (B, H)
    mask: Array | None  # (T, B) bool: True where there was an input

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "steps":  # not there yet while a copy is being made
            raise AttributeError(name)
        return getattr(self.steps, name)

    def __len__(self) -> int:
        return len(self.steps.h)

    def __getitem__(self, t: int) -> Any:
        if not -len(self) <= t < len(self):
            raise IndexError(f"t is {t}; expected one of the {len(self)} steps")
        return tree_map(lambda a: a[t], self.steps)

    def __repr__(self) -> str:
        _, batch_size, hidden_size = self.steps.h.shape
        masked = "" if self.mask is None else ", masked"
        fields = " ".join(self.steps._fields)
        return f"Trace(T={len(self)}, B={batch_size}, H={hidden_size}{masked}: {fields})"

    @property
    def state(self) -> Any:
        """The last State, each array (B, H); the starting one if there was no step."""
        return self[-1].state if len(self) else self.start


class Backward(NamedTuple):
    """The gradient of a loss with respect to all that went into a forward pass."""

    params: Any  # like params, summed over time and batch
    xs: Array  # (T, B, D)
    state: Any  # State: ∂L/∂(initial state), each (B, H)
    states: Any  # State: ∂L/∂State_t for t = 1..T, each (T, B, H), with h and c independent


def unroll(cell: Cell, params: Any, xs: Array, state: Any = None, mask: Array | None = None) -> Trace:
    """Run a cell over a batch of sequences.

    Parameters
    ----------
    cell : module
        Such as ``lstm_helpers.cells.lstm``.
    params : Params
        The cell's weights.
    xs : array (T, B, D)
        Time first. T may be 0.
    state : State, optional
        Where to start, each array (B, H); zeros if left out. Pass the last call's ``trace.state`` to carry on.
    mask : bool array (T, B), optional
        False where a sequence has no input: its state is carried over unchanged, gates and candidate are stored as
        0, and ``xs`` is never read there. Holes and sequences without any input are allowed.

    Returns
    -------
    Trace

    Raises
    ------
    ValueError
        If a shape or dtype does not fit, or an input that is to be read is NaN or infinite.
    """
    state = check_inputs(cell, params, xs, state, mask)
    start, steps = state, []
    for t in range(len(xs)):
        if mask is None:
            step = cell.forward(params, state, xs[t])
        else:
            real = mask[t][:, None]
            step = _hold(cell.forward(params, state, np.where(real, xs[t], 0)), real)
        steps.append(step)
        state = step.state
    return Trace(stack(steps) if steps else _no_steps(cell, params, xs, state), start, mask)


def backpropagate(cell: Cell, params: Any, trace: Trace, d_hs: Array, d_state: Any = None) -> Backward:
    """Send gradients back through a whole run of ``unroll``.

    Parameters
    ----------
    cell, params
        Those of the forward pass.
    trace : Trace
        What ``unroll`` returned.
    d_hs : array (T, B, H)
        ∂L/∂h_t of every step's output, not counting later steps. At a masked step the output *is* the carried h, so
        what is given there counts too.
    d_state : State, optional
        ∂L/∂(last state), each (B, H), on top of ``d_hs``; zeros if left out.

    Returns
    -------
    Backward
        ``states`` holds at t exactly what ``cell.backward`` receives as ``d_state`` at t.

    Raises
    ------
    ValueError
        If a shape or dtype does not fit the trace.
    """
    check_gradients(params, trace, d_hs, d_state)
    arriving = tree_map(np.zeros_like, trace.start) if d_state is None else d_state
    d_params = tree_map(np.zeros_like, params)
    d_xs, states = [], []
    for t in reversed(range(len(trace))):
        arriving = arriving._replace(h=arriving.h + d_hs[t])
        states.append(arriving)
        if trace.mask is None:
            d_step, arriving, d_x = cell.backward(params, trace[t], arriving)
        else:
            real = trace.mask[t][:, None]
            d_step, d_previous, d_x = cell.backward(params, trace[t], _where(real, arriving, 0))
            arriving = _where(real, d_previous, arriving)
        d_params = tree_map(np.add, d_params, d_step)
        d_xs.append(d_x)
    if not states:
        return Backward(d_params, np.zeros_like(trace.x), arriving, tree_map(np.zeros_like, trace.steps.state))
    return Backward(d_params, np.stack(d_xs[::-1]), arriving, stack(states[::-1]))


def check_inputs(cell: Cell, params: Any, xs: Array, state: Any, mask: Array | None) -> Any:
    """Refuse what a run cannot start from; return the state to start from. Every engine begins with this."""
    zero = cell.zero_state(params, 1)  # refuses what are not this cell's params
    _check_xs(xs, params.W_x.shape[0], state)
    batch_size, hidden_size = xs.shape[1], zero.h.shape[1]
    if state is None:
        state = zero if batch_size == 1 else zero._make([a.repeat(batch_size, axis=0) for a in zero])
    else:
        check_state("state", state, zero._fields, batch_size, hidden_size)
    dtypes = {getattr(a, "dtype", None) for a in (*params, *state, xs)}
    if len(dtypes) > 1 or xs.dtype.kind != "f":  # rarely: it costs several steps
        check_same_dtype(params=params, state=state, xs=xs)
    if mask is not None:
        check_mask(mask, xs)
    check_finite("xs", xs, mask, MISSING)
    return state


def _check_xs(xs: Any, input_size: int, state: Any) -> None:
    shape = np.shape(xs)
    hint = ""
    if len(shape) == 2:
        hint = "one sequence is a batch of one, xs[:, None, :]"
    elif len(shape) == 3 and shape[2] != input_size == shape[0]:
        hint = "the features come last, after time and batch"
    check_shape("xs", xs, hint, T=None, B=None, D=input_size)
    if isinstance(state, tuple) and np.shape(state[0])[:1] == shape[:1] != shape[1:2]:
        raise ValueError(
            f"xs has shape {shape} but state has B={shape[0]}; expected (T, B, D): "
            "it looks batch-first, try xs.swapaxes(0, 1)"
        )


def check_mask(mask: Any, xs: Array) -> None:
    """Refuse a mask that is not bool (T, B)."""
    T, B, _ = xs.shape
    swapped = np.shape(mask) == (B, T) != (T, B)
    if np.shape(mask) != (T, B) or not isinstance(mask, np.ndarray):
        hint = ": it looks batch-first, try mask.T" if swapped else ""
        raise ValueError(f"mask has shape {np.shape(mask)}; expected (T, B) = {(T, B)}{hint}")
    if mask.dtype != np.bool_:
        raise ValueError(f"mask has dtype {mask.dtype}; expected bool, True where there is an input: try mask != 0")


def check_gradients(params: Any, trace: Trace, d_hs: Array, d_state: Any) -> None:
    """Refuse gradients that do not fit the trace they are to be sent through. Every engine begins with this."""
    hs = trace.steps.h
    if np.shape(d_hs) != hs.shape or not isinstance(d_hs, np.ndarray):
        hint = ": give a gradient for every step, zeros where the loss does not look" if np.ndim(d_hs) == 2 else ""
        raise ValueError(f"d_hs has shape {np.shape(d_hs)}; expected (T, B, H) = {hs.shape}{hint}")
    if d_state is not None:
        check_state("d_state", d_state, trace.start._fields, *hs.shape[1:])
    of_state = () if d_state is None else d_state
    dtypes = {getattr(a, "dtype", None) for a in (*params, *trace.start, hs, d_hs, *of_state)}
    if len(dtypes) > 1 or d_hs.dtype.kind != "f":  # as in check_inputs
        check_same_dtype(params=params, trace=trace.steps, d_hs=d_hs, d_state=of_state)


def _hold(step: Any, real: Array) -> Any:
    """Make a step that nothing happened in, where ``real`` is False: state carried over, all else 0."""
    carried = step.previous._fields
    return step._replace(
        **{
            name: np.where(real, value, getattr(step.previous, name) if name in carried else 0)
            for name, value in zip(step._fields, step, strict=True)
            if name != "previous"
        }
    )


def _where(real: Array, tree: Any, other: Any) -> Any:
    if isinstance(other, int):
        return tree_map(lambda a: np.where(real, a, other), tree)
    return tree_map(lambda a, b: np.where(real, a, b), tree, other)


def _no_steps(cell: Cell, params: Any, xs: Array, state: Any) -> Any:
    """Give a Step with a time axis of length 0, its other axes as one step would have them."""
    example = cell.forward(params, state, np.zeros(xs.shape[1:], xs.dtype))
    return tree_map(lambda a: np.empty((0, *a.shape), a.dtype), example)
