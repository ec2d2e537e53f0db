"""A run of the LSTM in the cell's diagram, with gates that the reader can set by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array, tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.figures import draw_cell, draw_intervention
from lstm_helpers.figures.axes import Labels
from lstm_helpers.figures.diagrams import Equations, Piece
from lstm_helpers.figures.diagrams import lstm as drawing
from lstm_helpers.figures.diagrams.words import input_text
from lstm_helpers.interventions import LOWEST, check_clamped, clamp_gates
from lstm_helpers.through_time import Trace, unroll
from lstm_helpers.widgets.base import UnitWidget, Whole, as_bytes, counts, one_of, short_repr
from lstm_helpers.widgets.diagram_data import plain
from lstm_helpers.widgets.scripts import script, style
from lstm_helpers.widgets.trace_data import axis_labels, check_trace, numbers_of

_PARTS = ("", *drawing.LAYOUT.parts)


class Overrides(traitlets.Dict):
    """Gates set by hand, ``{(step, gate, unit): value}``; the browser gets them as a list of lists."""

    def __init__(self) -> None:
        super().__init__()
        self.tag(
            sync=True,
            to_json=lambda held, widget: [[int(t), gate, int(k), float(v)] for (t, gate, k), v in held.items()],
            from_json=lambda rows, widget: {(t, gate, unit): value for t, gate, unit, value in rows},
        )


class LiveCell(UnitWidget):
    """Step through a run of the LSTM in the cell's diagram, and set gates by hand to see what changes.

    Parameters
    ----------
    trace : Trace
        The trace from ``unroll(lstm, params, xs)``; fields (T, B, H).
    params : Params, optional
        The weights that computed the trace. Without them the run is a recording, and no gate can be set.
    labels : sequence of str, optional
        One name per step (a word, a year).
    step, unit : int
        The step and unit that are shown first, counted from 0 as in ``trace[step]``.
    sequence : int
        The sequence of the batch (fixed).
    part : str
        The highlighted part: "forget", "input", "candidate", "update" (the cell state), "output", "hidden", or "" for
        all.
    overrides : dict, optional
        Gates set by hand from the start, as for ``interventions.clamp_gates``: ``{(4, "f", 0): 0.0}``.
    readout : (W_y, b_y), optional
        (H, 1) and (1,): then sigmoid(h W_y + b_y) is shown as a third line, p.
    answer : str or (str, str)
        The name of p, such as "p(plural)"; or the two words that the network chooses between, the first for p below
        0.5: ``("runs", "run")``.
    title : str
        A line above the diagram.

    Raises
    ------
    ValueError
        If the trace is not an LSTM's or is empty, or another argument does not fit it.
    traitlets.TraitError
        If ``step``, ``unit``, ``part`` or ``overrides`` is not in the run, here or when it is set later.
    """

    _esm = script("live_cell.js")
    _css = style("common.css", "live_cell.css")
    _inches = (7.5, 6.9)
    step = Whole(0).tag(sync=True)
    part = traitlets.Unicode("").tag(sync=True)
    overrides: Any = Overrides()
    title = traitlets.Unicode("").tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _params = traitlets.Dict().tag(sync=True)
    _readout = traitlets.Dict().tag(sync=True)
    _answer = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _inputs = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _diagram = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        trace: Trace,
        params: lstm.Params | None = None,
        labels: Sequence[object] | None = None,
        *,
        step: int = 0,
        unit: int = 0,
        sequence: int = 0,
        part: str = "",
        overrides: Mapping[tuple[int, str, int], float] | None = None,
        readout: Sequence[ArrayLike] | None = None,
        answer: str | Sequence[str] = "p",
        title: str = "",
        **kwargs: object,
    ) -> None:
        check_trace(trace, labels, sequence)
        self._trace, self._weights, self._sequence = _alone(trace, sequence), params, int(sequence)
        self._times = axis_labels(labels)
        _check_params(params, self._trace)
        steps, _, hidden_size = trace.c.shape
        inputs = ["" if labels is not None and _one_hot(x) else input_text(x) for x in self._trace.x[:, 0]]
        longest = max(*inputs, 8 * "n" if "" in inputs else "", key=len)  # a short word is written in the box itself
        super().__init__(
            _numbers=numbers_of(self._trace, 0),
            _params={} if params is None else {k: as_bytes(v) for k, v in params._asdict().items()},
            _readout=_readout_bytes(readout, hidden_size),
            _answer=_names(answer),
            _size={"steps": steps, "hidden": hidden_size, "inputs": trace.x.shape[2]},
            _labels=[] if labels is None else [str(label) for label in labels],
            _inputs=inputs,
            _diagram=plain(drawing.LAYOUT, _equations(params is not None), value=longest),
            title=title,
            **kwargs,
        )
        self.begin(unit=unit, step=step, part=part, overrides={} if overrides is None else overrides)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        steps, hidden = self._size["steps"], self._size["hidden"]
        shown = f"step={self.step}, unit={self.unit}, sequence={self._sequence}, part={self.part!r}"
        return f"LiveCell({steps} steps, {hidden} units, {shown}, overrides={self._held()})"

    def _held(self) -> str:
        return f"{{{', '.join(f'{key}: {short_repr(value)}' for key, value in sorted(self.overrides.items()))}}}"

    @property
    def trace(self) -> Trace:
        """The run that is shown, one sequence (T, 1, ·): the original, or the run with gates set by hand."""
        free = self._free()
        return free if self._weights is None else clamp_gates(self._weights, free, dict(self.overrides))

    def _axis(self) -> Labels | None:
        """Name the steps."""
        return self._times

    def _free(self) -> Trace:
        """Give the run without gates set by hand."""
        return self._trace

    def _beside(self) -> Trace:
        """Give the run that is drawn dashed for comparison."""
        return self._trace

    def draw_static(self, figure: Figure) -> None:
        """Draw the cell at this step, and below it the run and the original."""
        above, below = figure.subplots(2, 1, height_ratios=[2.6, 1.0])
        trace, labels = self.trace, self._axis()
        token = None if labels is None else str(labels[self.step])
        draw_cell(trace[self.step], unit=self.unit, highlight=self.part or None, token=token, ax=above)
        draw_intervention(self._beside(), trace, unit=self.unit, labels=labels, step=self.step, ax=below)

    _check_step = counts("step", lambda widget: len(widget._free()), "it counts from 0, as in trace[step]")

    _check_part = one_of("part", lambda widget: _PARTS)

    @traitlets.validate("overrides")
    def _check_overrides(self, proposal: traitlets.Bunch) -> dict[tuple[int, str, int], float]:
        held = proposal["value"]
        if held and self._weights is None:
            raise traitlets.TraitError("overrides need the weights to recompute the run: pass params to LiveCell")
        try:
            check_clamped(self._free(), held)
        except ValueError as error:
            raise traitlets.TraitError(f"overrides do not fit: {error}") from None
        return {(int(t), gate, int(unit)): float(value) for (t, gate, unit), value in held.items()}


def _alone(trace: Trace, sequence: int) -> Trace:
    """Take one sequence out of a batch."""
    steps, start = (tree_map(lambda a: a[..., [sequence], :], part) for part in (trace.steps, trace.start))
    return Trace(steps, start, None if trace.mask is None else trace.mask[:, [sequence]])


def _check_params(params: lstm.Params | None, trace: Trace) -> None:
    """Refuse weights that did not compute the trace."""
    if params is None:
        return
    again = unroll(lstm, params, trace.x, trace.start, trace.mask)
    worst = max(float(np.abs(getattr(again, name) - getattr(trace, name)).max()) for name in (*LOWEST, "c", "h"))
    if not worst <= (1e-9 if trace.c.dtype == np.float64 else 1e-3):
        raise ValueError(
            f"params give a different run from trace, by up to {worst:.1g}: pass the weights of this run, "
            "or none to show it only"
        )


def _one_hot(x: Array) -> bool:
    """Tell whether an input is a one-hot word, which is shown by its name."""
    return len(x) > 1 and bool(np.count_nonzero(x) == 1 and x.max() == 1)


def _readout_bytes(readout: Sequence[ArrayLike] | None, hidden_size: int) -> dict[str, bytes]:
    if readout is None:
        return {}
    shapes = [np.shape(part) for part in readout]
    if shapes != [(hidden_size, 1), (1,)]:
        raise ValueError(f"readout has shapes {shapes}; expected W_y ({hidden_size}, 1) and b_y (1,), for one answer")
    return {name: as_bytes(np.asarray(part)) for name, part in zip(("W_y", "b_y"), readout, strict=True)}


def _names(answer: str | Sequence[str]) -> list[str]:
    names = [answer] if isinstance(answer, str) else [str(name) for name in answer]
    if len(names) not in (1, 2):
        raise ValueError(f"answer is {answer!r}; expected one name of p, or two words to choose between")
    return names


def _equations(with_weights: bool) -> Equations:
    """Give the lines below the diagram for each part: its equation, and its numbers."""
    drawn = drawing.LAYOUT.equations
    c = (
        *(Piece("$c_t$", "c"), Piece("$=$"), Piece("{f}", "f"), Piece("×"), Piece("{c_previous}", "c")),
        *(Piece("+"), Piece("{i}", "i"), Piece("×"), Piece("{g}", "g"), Piece("="), Piece("{c}", "c")),
    )
    h = (
        *(Piece("$h_t$", "h"), Piece("$=$"), Piece("{o}", "o"), Piece("× tanh"), Piece("{c}", "c")),
        *(Piece("="), Piece("{h}", "h")),
    )
    lines: dict[str, tuple[tuple[Piece, ...], ...]] = {
        "": (c, h),
        "update": (drawn["update"][0], c),
        "hidden": (drawn["hidden"][0], h),
    }
    for part, gate in (("forget", "f"), ("input", "i"), ("candidate", "g"), ("output", "o")):
        parts = (
            Piece(f"{{x_{gate}}}", "x"),
            Piece("+"),
            Piece(f"{{h_{gate}}}", "h"),
            Piece("+"),
            Piece(f"{{b_{gate}}}"),
        )
        sums = (Piece("= tanh(" if gate == "g" else "= σ("), *parts, Piece(")"))
        lines[part] = (*drawn[part], sums) if with_weights else drawn[part]
    return lines
