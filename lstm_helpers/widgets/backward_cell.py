"""The backward pass of a cell, step by step: the gradient on every wire, from the last step of a run to the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.figures import draw_backward
from lstm_helpers.figures.diagrams import Equations
from lstm_helpers.figures.diagrams import lstm_backward as drawing
from lstm_helpers.figures.diagrams.words import LONG, say_gradient
from lstm_helpers.figures.style import Look
from lstm_helpers.through_time import Trace, backpropagate
from lstm_helpers.widgets.base import UnitWidget, Whole, as_bytes, counts, one_of
from lstm_helpers.widgets.diagram_data import plain
from lstm_helpers.widgets.scripts import script, style
from lstm_helpers.widgets.trace_data import check_trace

_PARTS = ("", *drawing.LAYOUT.parts)


class BackwardCell(UnitWidget):
    """Step back through a run of the LSTM and see the gradient on each wire of the cell.

    Parameters
    ----------
    params : Params
        The weights of the run.
    trace : Trace
        What ``unroll(lstm, params, xs)`` returned; fields (T, B, H); without a mask.
    d_hs : array (T, B, H)
        The gradient of the loss with respect to each output, as for ``backpropagate``.
    labels : sequence of str, optional
        One name a step.
    step : int, optional
        The step that is shown first, counted from 0 as in ``trace[step]``; the last one if left out.
    unit, sequence : int
        The unit that is shown first, and the sequence of the batch (fixed).
    part : str
        The highlighted part: "hidden", "update" (the cell state), "output", "forget", "input", "candidate", or ""
        for all.
    title : str
        A line above the diagram.

    Raises
    ------
    ValueError
        If the trace is not an LSTM's, is empty or masked, or another argument does not fit it.
    traitlets.TraitError
        If ``step``, ``unit`` or ``part`` is not in the run, here or when it is set later.
    """

    _esm = script("backward_cell.js")
    _css = style("common.css", "live_cell.css")
    _inches = (7.5, 5.2)
    step = Whole(0).tag(sync=True)
    part = traitlets.Unicode("").tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _inputs = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _diagram = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        params: lstm.Params,
        trace: Trace,
        d_hs: Array,
        labels: Sequence[object] | None = None,
        *,
        step: int | None = None,
        unit: int = 0,
        sequence: int = 0,
        part: str = "",
        title: str = "",
        **kwargs: object,
    ) -> None:
        check_trace(trace, labels, sequence)
        if trace.mask is not None and not trace.mask[:, sequence].all():
            raise ValueError("trace is masked in this sequence; expected a sequence in which every step has an input")
        self._run, self._sequence = (params, trace, d_hs), int(sequence)
        back = backpropagate(lstm, params, trace, d_hs)
        self._states = back.states
        steps, _, hidden_size = trace.c.shape
        d_x = back.xs[:, self._sequence]
        inputs = [say_gradient(float(x[0])) if len(x) == 1 else f"{len(x)} values" for x in d_x]
        super().__init__(
            _numbers=self._table(steps, hidden_size),
            _size={"steps": steps, "hidden": hidden_size},
            _labels=[] if labels is None else [str(label) for label in labels],
            _inputs=inputs,
            _diagram=plain(drawing.LAYOUT, _equations(), value=max(inputs, key=len), widest=LONG),
            title=title,
            **kwargs,
        )
        self.begin(unit=unit, step=steps - 1 if step is None else step, part=part)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        steps, hidden = self._size["steps"], self._size["hidden"]
        shown = f"step={self.step}, unit={self.unit}, sequence={self._sequence}, part={self.part!r}"
        return f"BackwardCell({steps} steps, {hidden} units, {shown})"

    def draw_static(self, figure: Figure) -> None:
        """Draw the current step."""
        params, trace, d_hs = self._run
        arriving = lstm.State(*(part[self.step] for part in self._states))
        at: Look = {"unit": self.unit, "sequence": self._sequence, "highlight": self.part or None}
        draw_backward(params, trace[self.step], arriving, d_output=d_hs[self.step], ax=figure.add_subplot(), **at)

    def _table(self, steps: int, hidden_size: int) -> dict[str, bytes]:
        """Gather every number of the diagram for every step and unit, each as (T, H)."""
        params, trace, d_hs = self._run
        rows = [
            drawing.numbers(
                params, trace[t], lstm.State(*(part[t] for part in self._states)), d_hs[t], k, self._sequence
            )
            for t in range(steps)
            for k in range(hidden_size)
        ]
        return {key: as_bytes(np.array([row[key] for row in rows])) for key in rows[0]}

    _check_step = counts("step", lambda widget: widget._steps, "counts from 0, as in trace[step]")

    _check_part = one_of("part", lambda widget: _PARTS)


def _equations() -> Equations:
    """Give the equations of the figures; without a highlighted part, those of both sums."""
    drawn = drawing.LAYOUT.equations
    return {**drawn, "": (*drawn["hidden"], *drawn["update"])}
