"""Where a pass is right and where it is wrong: a fixed set of runs, each number compared with the right one.

A column is a situation and a row is a quantity. A fault shows in *which* rows fail in *which* columns: a wrong
derivative fails in one block, a lost path only from two steps on, a missing reset only in the second call. The backward
pass is always given the right forward pass, so that the two are examined separately. The right numbers are those of
``lstm`` and ``through_time``, which the tests compare with complex-step gradients.
"""

from typing import Any, NamedTuple

import numpy as np

from lstm_helpers import through_time
from lstm_helpers.arrays import Array, check_generator, check_size, tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.cells.base import Cell
from lstm_helpers.faults.catalogue import Function, WrongCell, WrongEngine
from lstm_helpers.through_time import Backward, Engine

RIGHT = 1e-9  # a relative error below this is rounding

FORWARD = ("i", "f", "g", "o", "c", "h")
BACKWARD = (
    *(f"{weight}.{block}" for weight in ("W_x", "W_h", "b") for block in lstm.BLOCKS),
    "x",
    "start.h",
    "start.c",
)
_GROUPS = {"forward": FORWARD} | {
    name: tuple(row for row in BACKWARD if row.startswith(name)) for name in ("W_x", "W_h", "b", "x", "start")
}


class Situation(NamedTuple):
    """One run."""

    steps: int = 2
    sequences: int = 1
    start: bool = True  # starts from a given state, not from the zero state
    asked: str = "all"  # the loss depends on "all" outputs, on the "last", or on the "last c" alone
    masked: bool = False


_SITUATIONS = {
    "first call": Situation(start=False),
    "again": Situation(start=False),  # the same call, of the same engine
    "1 step": Situation(1),
    "last c": Situation(1, asked="last c"),
    "2 steps": Situation(2),
    "3 steps": Situation(3),
    "last h": Situation(3, asked="last"),
    "batch 2": Situation(1, 2),
    "mask": Situation(3, 2, masked=True),
}
COLUMNS = tuple(_SITUATIONS)
STEPS = tuple(situation.steps for situation in _SITUATIONS.values())  # the length of each experiment


class Inputs(NamedTuple):
    """The inputs of an examination: weights, and three steps of two sequences."""

    params: lstm.Params
    xs: Array  # (3, 2, D)
    start: lstm.State  # (2, H)
    d_hs: Array  # (3, 2, H)
    d_c: Array  # (2, H)


def random_inputs(rng: np.random.Generator, input_size: int = 2, hidden_size: int = 3) -> Inputs:
    """Draw random inputs; H is 2 or more, since with one unit a matrix equals its transpose."""
    check_generator(rng)
    check_size("input_size", input_size)
    check_size("hidden_size", hidden_size)
    if hidden_size < 2:
        raise ValueError("hidden_size is 1; expected 2 or more: with one unit a matrix equals its transpose")
    params = tree_map(lambda a: rng.normal(size=a.shape), lstm.init(rng, input_size, hidden_size))
    xs, d_hs = rng.normal(size=(3, 2, input_size)), rng.normal(size=(3, 2, hidden_size))
    h, c, d_c = rng.normal(size=(3, 2, hidden_size))
    return Inputs(params, xs, lstm.State(np.tanh(h), c), d_hs, d_c)


class Pattern(NamedTuple):
    """The result of an examination."""

    errors: Array  # (rows, columns): relative errors; rows are FORWARD then BACKWARD, columns are COLUMNS
    alike: bool  # whether ``init`` draws the same numbers for two blocks of a weight
    inputs: Inputs

    @property
    def wrong(self) -> Array:
        """Where the error is more than rounding, (rows, columns) bool."""
        return ~(self.errors < RIGHT)

    @property
    def right(self) -> bool:
        """Whether nothing is wrong anywhere."""
        return not (self.alike or self.wrong.any())

    def __repr__(self) -> str:
        widths = [max(len(name), 6) + 2 for name in COLUMNS]
        lines = [" " * 7 + "".join(f"{name:>{width}}" for name, width in zip(COLUMNS, widths, strict=True))]
        for name, rows in grouped(self.wrong):
            errors = self.errors[[ROWS.index(row) for row in rows]].max(axis=0)
            cells = ["·" if e < RIGHT else f"{e:.2g}" for e in errors]
            lines.append(f"{name:7}" + "".join(f"{e:>{width}}" for e, width in zip(cells, widths, strict=True)))
        if self.alike:
            lines.append("init   draws the same numbers for more than one block")
        lines.append("· means right; a number is the relative error, 1 if nothing of the right result is left")
        return "\n".join(lines)


ROWS = FORWARD + BACKWARD


def grouped(wrong: Array) -> list[tuple[str, tuple[str, ...]]]:
    """Give the rows of a table: a group in one line if nothing in it is wrong, else each of its rows."""
    lines: list[tuple[str, tuple[str, ...]]] = []
    for name, rows in _GROUPS.items():
        whole = len(rows) > 1 and not wrong[[ROWS.index(row) for row in rows]].any()
        lines += [(name, rows)] if whole else [(row, (row,)) for row in rows]
    return lines


def examine(
    cell: Cell = lstm,
    engine: Engine = through_time,
    *,
    forward: Function | None = None,
    backward: Function | None = None,
    init: Function | None = None,
    unroll: Function | None = None,
    backpropagate: Function | None = None,
    inputs: Inputs | None = None,
) -> Pattern:
    """Run a cell and an engine through all situations and compare every number with the right one.

    Parameters
    ----------
    cell, engine
        What to examine, such as ``fault.cell`` and ``fault.engine``.
    forward, backward, init, unroll, backpropagate : function, optional
        Your own function in its place, as in ``examine(backward=mine)``. It gets the arguments of the right one.
    inputs : Inputs, optional
        Other inputs, from ``random_inputs``. None takes the same inputs every time.

    Returns
    -------
    Pattern

    Raises
    ------
    ValueError
        If a result has the wrong structure or shapes, or a function writes into an argument.
    """
    if inputs is None:  # with this seed g, c and the gradients have both signs in the first step
        inputs = random_inputs(np.random.default_rng(4))
    stand_in = WrongCell(
        forward=_guarded("forward", forward or cell.forward),
        backward=_guarded("backward", backward or cell.backward),
        init=init or cell.init,
        zero_state=cell.zero_state,
    )
    machine = WrongEngine(unroll or engine.unroll, backpropagate or engine.backpropagate)
    columns = [_column(stand_in, machine, inputs, situation) for situation in _SITUATIONS.values()]
    return Pattern(np.array(columns).T, _alike(stand_in, inputs), inputs)


def same(pattern: Pattern, cell: WrongCell, engine: WrongEngine) -> bool:
    """Return whether a cell and an engine fail in the same places by the same amounts, up to rounding."""
    return _alike(cell, pattern.inputs) == pattern.alike and all(
        np.allclose(errors, _column(cell, engine, pattern.inputs, situation), rtol=1e-6, atol=RIGHT)
        for errors, situation in zip(pattern.errors.T, _SITUATIONS.values(), strict=True)
    )


def _column(cell: WrongCell, engine: WrongEngine, inputs: Inputs, situation: Situation) -> list[float]:
    steps, sequences = situation.steps, situation.sequences
    xs, d_hs = inputs.xs[:steps, :sequences], inputs.d_hs[:steps, :sequences].copy()
    start = tree_map(lambda a: a[:sequences], inputs.start) if situation.start else None
    mask = np.array([[True, True], [True, False], [False, True]]) if situation.masked else None
    if situation.asked != "all":
        d_hs[: -1 if situation.asked == "last" else None] = 0.0
    d_c = inputs.d_c[:sequences]
    d_state = lstm.State(np.zeros_like(d_c), d_c) if situation.asked == "last c" else None

    right = through_time.unroll(lstm, inputs.params, xs, start, mask)
    got = engine.unroll(cell, inputs.params, xs, start, mask)
    errors = [_error(name, getattr(got, name), getattr(right, name)) for name in FORWARD]
    truth = through_time.backpropagate(lstm, inputs.params, right, d_hs, d_state)
    back = engine.backpropagate(cell, inputs.params, right, d_hs, d_state)
    return errors + [
        _error(f"the gradient of {name}", a, b) for name, a, b in zip(BACKWARD, _rows(back), _rows(truth), strict=True)
    ]


def _rows(back: Backward) -> list[Array]:
    blocks = [block for weight in back.params for block in np.split(np.asarray(weight), 4, axis=-1)]
    return [*blocks, back.xs, back.state.h, back.state.c]


def _error(name: str, got: Array, right: Array) -> float:
    if np.shape(got) != right.shape:
        raise ValueError(f"{name} has shape {np.shape(got)}; expected {right.shape}")
    with np.errstate(invalid="ignore", over="ignore"):
        size = max(np.abs(got).max(), np.abs(right).max())
        error = float(np.abs(got - right).max() / size) if size != 0 else 0.0
    return error if np.isfinite(error) else float("inf")


def _alike(cell: WrongCell, inputs: Inputs) -> bool:
    hidden_size = len(inputs.params.W_h)
    drawn = cell.init(np.random.default_rng(0), len(inputs.params.W_x), hidden_size)
    return any(
        np.array_equal(a, b)
        for weight in (drawn.W_x, drawn.W_h)
        for k, a in enumerate(np.split(weight, 4, axis=1))
        for b in np.split(weight, 4, axis=1)[:k]
    )


def _guarded(name: str, function: Function) -> Function:
    """Call a function with read-only arrays, and raise an error that says so if it writes into one."""

    def lock(a: Array) -> Array:
        view = a.view()
        view.flags.writeable = False
        return view

    def call(*arguments: Any) -> Any:
        try:
            return function(*[tree_map(lock, argument) for argument in arguments])
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            raise ValueError(
                f"{name} writes into an array it was given (with = or += into a slice, or += on the array): "
                "later code that reads that array gets changed numbers; make a new array"
            ) from error

    return call
