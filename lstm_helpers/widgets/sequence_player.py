"""Play a recorded run through time: what went in, what each gate did, what the belt then held."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.arrays import Array
from lstm_helpers.figures import draw_unit
from lstm_helpers.widgets.base import HouseWidget, Whole, assets, within

FIELDS = ("i", "f", "g", "o", "c", "h")


class SequencePlayer(HouseWidget):
    """Step through a trace of the LSTM: gates as bars, cell and hidden state as lines. Every number is the trace's own.

    Parameters
    ----------
    trace
        What `lstm_helpers.unroll(lstm, params, xs)` returned; fields (T,B,H).
    labels : sequence of str, optional
        One name a step (a word, a year), shown with the input.
    unit, sequence : int
        Which unit is shown first, and which sequence of the batch (fixed).
    title : str
        A line above the player.
    t : int
        The step shown first, counted from 0 as in `trace[t]`.

    Raises
    ------
    ValueError
        If the trace is not an LSTM's, is empty, or `labels` or `sequence` do not fit it.
    traitlets.TraitError
        If `t` or `unit` is outside the trace, here or when it is set later.
    """

    _esm = assets("common.js", "trace.js", "sequence_player.js")
    _inches = (7.5, 4.25)
    t = Whole(0).tag(sync=True)
    unit = Whole(0).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _size = traitlets.Dict().tag(sync=True)
    _labels = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        trace: Any,
        labels: Sequence[Any] | None = None,
        unit: int = 0,
        sequence: int = 0,
        title: str = "",
        t: int = 0,
        **kwargs: Any,
    ) -> None:
        check_trace(trace, labels, sequence)
        self._trace, self._sequence, self._times = trace, int(sequence), axis_labels(labels)
        steps, _, hidden_size = trace.c.shape
        super().__init__(
            _numbers=numbers_of(trace, self._sequence),
            _size={"steps": steps, "hidden": hidden_size, "inputs": trace.x.shape[2]},
            _labels=[] if labels is None else [str(label) for label in labels],
            title=title,
            **kwargs,
        )
        self.unit, self.t = unit, t  # after the size is known, so that they are checked against it

    def __repr__(self) -> str:
        """Write what is shown, the same on every machine."""
        steps, hidden = self._size["steps"], self._size["hidden"]
        return f"SequencePlayer({steps} steps, {hidden} units, t={self.t}, unit={self.unit}, sequence={self._sequence})"

    def draw_static(self, figure: Figure) -> None:
        """Draw the chosen unit over the whole sequence."""
        draw_unit(self._trace, self.unit, sequence=self._sequence, labels=self._times, ax=figure.add_subplot())

    @traitlets.validate("t")
    def _check_t(self, proposal: Any) -> int:
        return within("t", proposal["value"], 0, self._size.get("steps", 1) - 1, "it counts from 0, as in trace[t]")

    @traitlets.validate("unit")
    def _check_unit(self, proposal: Any) -> int:
        return within("unit", proposal["value"], 0, self._size.get("hidden", 1) - 1, "units count from 0")


def numbers_of(trace: Any, sequence: int) -> dict[str, bytes]:
    """Lay out one sequence of a trace as little-endian float64 bytes, unrounded: (T,H) fields, (T,D) x, (T,) mask."""
    fields = {name: getattr(trace, name)[:, sequence] for name in (*FIELDS, "x")}
    starts = {"start_c": trace.start.c[sequence], "start_h": trace.start.h[sequence]}
    mask = np.ones(len(trace.c)) if trace.mask is None else trace.mask[:, sequence]
    return {name: as_bytes(values) for name, values in {**fields, **starts, "mask": mask}.items()}


def axis_labels(labels: Sequence[Any] | None) -> list[Any] | None:
    """Keep evenly rising numbers, such as years, as the numbers of a time axis; make anything else words."""
    if labels is None:
        return None
    if all(isinstance(label, numbers.Real) for label in labels):
        gaps = np.diff(np.asarray(labels, dtype=float))
        if np.all(gaps > 0) and np.allclose(gaps, gaps[:1]):
            return list(labels)
    return [str(label) for label in labels]


def as_bytes(values: Array) -> bytes:
    """Lay an array out as little-endian float64, row by row."""
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def check_trace(trace: Any, labels: Sequence[Any] | None, sequence: int) -> None:
    """Refuse what cannot be played: not an LSTM's trace, an empty one, a sequence or labels that do not fit."""
    missing = [name for name in (*FIELDS, "x", "start", "mask") if not hasattr(trace, name)]
    if missing:
        raise ValueError(
            f"trace has no {', '.join(missing)}; expected a trace of the LSTM: "
            "pass what unroll(lstm, params, xs) returned"
        )
    steps, batch_size, _ = trace.c.shape
    if steps == 0:
        raise ValueError("trace has 0 steps; expected at least 1: there is nothing to play")
    if not np.isrealobj(trace.c):
        raise ValueError(f"trace is {trace.c.dtype}; expected real numbers: unroll with float parameters")
    if not 0 <= sequence < batch_size:
        raise ValueError(f"sequence is {sequence}; expected 0 to {batch_size - 1}: the trace holds {batch_size}")
    if labels is not None and len(labels) != steps:
        raise ValueError(f"labels has {len(labels)} entries; expected {steps}, one for each step of the trace")
