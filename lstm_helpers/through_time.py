"""A cell over time, forward and backward: the reference engine, written to be read; faster engines must equal it.

Forward, each step passes its state to the next. Backward, the steps are visited from last to first. The gradient of a
state is the gradient of its own output plus the gradient that the next step sends back (Werbos, 1990).
"""

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, Protocol

import numpy as np

from lstm_helpers.arrays import (
    BH,
    TB,
    TBD,
    TBH,
    Array,
    Params,
    State,
    Step,
    check_finite,
    check_same_dtype,
    check_shape,
    describe,
    stack,
    tree_map,
)
from lstm_helpers.cells.base import Cell

MISSING = "fill the gap, or mask the step if the whole input is missing"


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """Everything a forward pass over a sequence computed, for figures and for the backward pass.

    The fields of the cell's ``Step`` are attributes with a time axis in front: ``trace.h`` is (T, B, H), and
    ``trace.previous`` a State of such arrays. ``trace[t]`` is the Step at time t.
    """

    steps: Step  # of the cell, each array (T, B, ·)
    start: State  # before the first step, each array (B, ·)
    mask: TB | None  # bool: True where there was an input
    h_mask: BH | None = None  # the mask of recurrent dropout, which multiplied h where it entered W_h

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "steps":  # missing while a copy is made
            raise AttributeError(name)
        return getattr(self.steps, name)

    def __len__(self) -> int:
        return len(self.steps.h)

    def __getitem__(self, t: int) -> Step:
        if not -len(self) <= t < len(self):
            raise IndexError(f"t is {t}; expected one of the {len(self)} steps")
        return tree_map(lambda a: a[t], self.steps)

    def __repr__(self) -> str:
        _, batch_size, hidden_size = self.steps.h.shape
        masked = "" if self.mask is None else ", masked"
        fields = " ".join(self.steps._fields)
        return f"Trace(T={len(self)}, B={batch_size}, H={hidden_size}{masked}: {fields})"

    @property
    def output(self) -> TBH:
        """The input of the next layer: h."""
        return self.steps.h  # type: ignore[no-any-return]

    @property
    def state(self) -> State:
        """The last State, each array (B, H); the initial one if there was no step."""
        return self[-1].state if len(self) else self.start


class Backward(NamedTuple):
    """The gradient of a loss with respect to everything that a forward pass reads."""

    params: Params  # summed over time and batch
    xs: TBD
    state: State  # ∂L/∂(initial state), each (B, ·)
    states: State  # ∂L/∂State_t for t = 1..T, each (T, B, ·), with h and c independent


class Engine(Protocol):
    """The interface of an engine, which runs a cell over time: this module, ``fused``, or another."""

    def unroll(
        self,
        cell: Cell,
        params: Params,
        xs: TBD,
        state: State | None = None,
        mask: TB | None = None,
        h_mask: BH | None = None,
    ) -> Trace:
        """Run a cell over a batch of sequences."""

    def backpropagate(
        self, cell: Cell, params: Params, trace: Trace, d_hs: TBH, d_state: State | None = None
    ) -> Backward:
        """Backpropagate through a whole run."""


def unroll(
    cell: Cell,
    params: Params,
    xs: TBD,
    state: State | None = None,
    mask: TB | None = None,
    h_mask: BH | None = None,
) -> Trace:
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
        The initial state, each array (B, H); zeros by default. Pass the last call's ``trace.state`` to continue.
    mask : bool array (T, B), optional
        False where a sequence has no input: its state is carried over unchanged, gates and candidate are stored as
        0, and ``xs`` is never read there. Gaps and sequences without any input are allowed.
    h_mask : array (B, H), optional
        Recurrent dropout: at every step W_h multiplies ``h_mask`` ⊙ h_{t-1}.

    Returns
    -------
    Trace

    Raises
    ------
    ValueError
        If a shape or dtype does not fit, or an unmasked input is NaN or infinite.
    """
    state = check_inputs(cell, params, xs, state, mask, h_mask)
    start, steps, dropout = state, [], () if h_mask is None else (h_mask,)
    for t in range(len(xs)):
        if mask is None:
            step = cell.forward(params, state, xs[t], *dropout)
        else:
            x = np.where(mask[t][:, None], xs[t], 0)
            step = _hold(cell.forward(params, state, x, *dropout), mask[t])
        steps.append(step)
        state = step.state
    return Trace(stack(steps) if steps else _no_steps(cell, params, xs, state), start, mask, h_mask)


def backpropagate(cell: Cell, params: Params, trace: Trace, d_hs: TBH, d_state: State | None = None) -> Backward:
    """Backpropagate through a whole run of ``unroll``.

    Parameters
    ----------
    cell, params
        Those of the forward pass.
    trace : Trace
        The result of ``unroll``.
    d_hs : array (T, B, H)
        ∂L/∂h_t of every step's output, not counting later steps. At a masked step the output *is* the carried h, so
        its gradient counts too.
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
    d_xs, states, dropout = [], [], () if trace.h_mask is None else (trace.h_mask,)
    for t in reversed(range(len(trace))):
        arriving = arriving._replace(h=arriving.h + d_hs[t])
        states.append(arriving)
        if trace.mask is None:
            d_step, arriving, d_x = cell.backward(params, trace[t], arriving, *dropout)
        else:
            real = trace.mask[t]
            d_read = tree_map(lambda a, real=real: _where(real, a, 0), arriving)
            d_step, d_previous, d_x = cell.backward(params, trace[t], d_read, *dropout)
            arriving = tree_map(lambda a, b, real=real: _where(real, a, b), d_previous, arriving)
        d_params = tree_map(np.add, d_params, d_step)
        d_xs.append(d_x)
    if not states:
        return Backward(d_params, np.zeros_like(trace.x), arriving, tree_map(np.zeros_like, trace.steps.state))
    return Backward(d_params, np.stack(d_xs[::-1]), arriving, stack(states[::-1]))


def check_inputs(
    cell: Cell, params: Params, xs: TBD, state: State | None, mask: TB | None, h_mask: BH | None = None
) -> State:
    """Refuse invalid arguments of ``unroll``; return the initial state. Every engine calls this first."""
    zero = cell.zero_state(params, 1)  # refuses params of another cell
    _check_xs(xs, params.W_x.shape[0], state)
    batch_size, hidden_size = xs.shape[1], zero.h.shape[1]
    if state is None:
        state = zero if batch_size == 1 else zero._make([a.repeat(batch_size, axis=0) for a in zero])
    else:
        _check_like("state", state, zero, batch_size)
    if h_mask is not None:
        check_shape("h_mask", h_mask, "one mask for all steps", B=batch_size, H=hidden_size)
    dtypes = {getattr(a, "dtype", None) for a in (*params, *state, xs)}
    if len(dtypes) > 1 or xs.dtype.kind != "f":  # rarely: it costs several steps
        check_same_dtype(params=params, state=state, xs=xs)
    if mask is not None:
        check_mask(mask, xs)
    check_finite("xs", xs, mask, MISSING)
    return state


def _check_like(name: str, state: State, like: State, batch_size: int) -> None:
    """Refuse a state whose fields or shapes, other than the batch size, differ from those of ``like``."""
    if getattr(state, "_fields", None) != like._fields:
        fields = ", ".join(like._fields)
        raise ValueError(f"{name} is {describe(state)}; expected State({fields}), as zero_state returns it")
    for field, value, want in zip(like._fields, state, like, strict=True):
        axes = ["B", "H", *(f"axis {k}" for k in range(2, want.ndim))][: want.ndim]
        sizes = dict(zip(axes, (batch_size, *want.shape[1:]), strict=True))
        check_shape(f"{name}.{field}", value, **sizes)


def _check_xs(xs: TBD, input_size: int, state: State | None) -> None:
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


def check_mask(mask: TB, xs: Array) -> None:
    """Refuse a mask that is not bool (T, B)."""
    T, B, _ = xs.shape
    swapped = np.shape(mask) == (B, T) != (T, B)
    if np.shape(mask) != (T, B) or not isinstance(mask, np.ndarray):
        hint = ": it looks batch-first, try mask.T" if swapped else ""
        raise ValueError(f"mask has shape {np.shape(mask)}; expected (T, B) = {(T, B)}{hint}")
    if mask.dtype != np.bool_:
        raise ValueError(f"mask has dtype {mask.dtype}; expected bool, True where there is an input: try mask != 0")


def check_gradients(params: Params, trace: Trace, d_hs: TBH, d_state: State | None) -> None:
    """Refuse gradients that do not fit the trace. Every engine calls this first."""
    hs = trace.steps.h
    if np.shape(d_hs) != hs.shape or not isinstance(d_hs, np.ndarray):
        hint = ": give a gradient for every step, zeros where there is no loss" if np.ndim(d_hs) == 2 else ""
        raise ValueError(f"d_hs has shape {np.shape(d_hs)}; expected (T, B, H) = {hs.shape}{hint}")
    if d_state is not None:
        _check_like("d_state", d_state, trace.start, hs.shape[1])
    of_state = () if d_state is None else d_state
    dtypes = {getattr(a, "dtype", None) for a in (*params, *trace.start, hs, d_hs, *of_state)}
    if len(dtypes) > 1 or d_hs.dtype.kind != "f":  # as in check_inputs
        check_same_dtype(params=params, trace=trace.steps, d_hs=d_hs, d_state=of_state)


def _hold(step: Step, real: Annotated[Array, "B"]) -> Step:
    """Replace a step where ``real`` is False: the state is carried over, everything else is 0."""
    carried = step.previous._fields
    return step._replace(
        **{
            name: _where(real, value, getattr(step.previous, name) if name in carried else 0)
            for name, value in zip(step._fields, step, strict=True)
            if name != "previous"
        }
    )


def _where(real: Annotated[Array, "B"], a: Array, b: Array | int) -> Array:
    """Take the sequences of a where ``real`` is True, else those of b; both (B, …)."""
    return np.where(real.reshape(-1, *[1] * (a.ndim - 1)), a, b)


def _no_steps(cell: Cell, params: Params, xs: TBD, state: State) -> Step:
    """Give a Step with a time axis of length 0, and its other axes as in one step."""
    example = cell.forward(params, state, np.zeros(xs.shape[1:], xs.dtype))
    return tree_map(lambda a: np.empty((0, *a.shape), a.dtype), example)
