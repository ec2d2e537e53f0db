"""Ablate one of the two states at a step of the reader's choice, and see how the answer changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.arrays import Array
from lstm_helpers.data.trained import Network
from lstm_helpers.figures import draw_ablation
from lstm_helpers.figures.style import number
from lstm_helpers.widgets.ablated_runs import ZEROED, AblatedRun, check_sequence, every_run, run_without
from lstm_helpers.widgets.base import UnitWidget, Whole, as_bytes, counts, one_of
from lstm_helpers.widgets.scripts import script

MOST_STEPS = 30  # all runs are computed beforehand, three for each step


class MemoryAblation(UnitWidget):
    """Show c, h and the answer of a trained network, with h, c or both set to zero once, over the original run.

    Every run is computed beforehand by `widgets.ablated_runs.run_without`; the browser only selects one.

    Parameters
    ----------
    network : trained.Network
        An LSTM and a linear output of one number, such as ``trained.agreement()``.
    xs : array (T, 1, D)
        One sequence of at most 30 steps.
    labels : sequence of str, optional
        One word per step.
    at : int
        The step, counted from 0, before which the state is set to zero.
    zeroed : {"nothing", "h", "c", "both"}
        The part of the state that is set to zero.
    unit : int
        The unit that is shown first.
    answer : str
        The answer that an output above 0 stands for.

    Raises
    ------
    ValueError
        If `xs` is not one sequence, is too long, or `labels` do not fit it.
    traitlets.TraitError
        If `at`, `zeroed` or `unit` does not exist, here or when it is set later.
    """

    _esm = script("memory_ablation.js")
    _inches = (7.5, 4.25)
    at = Whole(0).tag(sync=True)
    zeroed = traitlets.Unicode("nothing").tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _answer = traitlets.Unicode("yes").tag(sync=True)

    def __init__(
        self,
        network: Network,
        xs: Array,
        labels: Sequence[str] | None = None,
        at: int = 0,
        zeroed: str = "nothing",
        unit: int = 0,
        answer: str = "yes",
        **kwargs: object,
    ) -> None:
        check_sequence(xs)
        if len(xs) > MOST_STEPS:
            raise ValueError(f"xs has {len(xs)} steps; expected at most {MOST_STEPS}: every run is computed beforehand")
        if labels is not None and len(labels) != len(xs):
            raise ValueError(f"labels has {len(labels)} entries; expected {len(xs)}, one for each step of xs")
        self._network, self._xs = network, xs
        self.original = run_without(network, xs, 0, "nothing")
        runs = every_run(network, xs)
        super().__init__(
            _numbers={
                **{name: as_bytes(values) for name, values in self.original._asdict().items()},
                **{f"{name}_without": as_bytes(values) for name, values in runs._asdict().items()},
            },
            _size={"steps": len(xs), "hidden": runs.c.shape[-1], "tops": _tops(self.original, runs)},
            _labels=[str(step + 1) for step in range(len(xs))] if labels is None else [str(label) for label in labels],
            _answer=answer,
            **kwargs,
        )
        self.begin(at=at, zeroed=zeroed, unit=unit)  # after the size is known, which the checks need

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        size = f"{self._size['steps']} steps, {self._size['hidden']} units"
        return f"MemoryAblation({size}, at={self.at}, zeroed={self.zeroed!r}, unit={self.unit})"

    @property
    def run(self) -> AblatedRun:
        """The run that the picture shows over the original one."""
        return run_without(self._network, self._xs, self.at, self.zeroed)

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        was, now, at, unit = self.original, self.run, self.at, self.unit
        probability = f"p({self._answer})"
        if self.zeroed == "nothing":
            ends = f"unit {unit} has c = {number(was.c[-1, unit])} and h = {number(was.h[-1, unit])}"
            return f"Nothing is set to zero. At the end {ends}, and {probability} = {number(was.p[-1])}."
        what = "c and h are" if self.zeroed == "both" else f"{self.zeroed} is"
        states = (
            f"{name} = {number(b[at, unit])} (originally {number(a[at, unit])})"
            for name, a, b in (("c", was.c, now.c), ("h", was.h, now.h))
        )
        same = (was.p[-1] > 0.5) == (now.p[-1] > 0.5)
        return (
            f"Before step {at + 1}, “{self._labels[at]}”, {what} set to zero. After it, unit {unit} has "
            f"{' and '.join(states)}. At the end {probability} = {number(now.p[-1])} (originally {number(was.p[-1])}): "
            f"the answer {'is the same' if same else 'has changed'}."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the current run over the original one."""
        draw_ablation(
            self.original,
            self.run,
            self.at,
            self.zeroed,
            unit=self.unit,
            labels=self._labels,
            answer=self._answer,
            ax=figure.add_subplot(),
        )

    _check_at = counts("at", lambda widget: widget._steps, "it counts from 0, as in xs[at]")

    _check_zeroed = one_of("zeroed", lambda widget: ZEROED)


def _tops(original: AblatedRun, runs: AblatedRun) -> list[float]:
    """Give the largest |c| of each unit in any run, so that the axis stays fixed."""
    largest = np.maximum(np.abs(original.c).max(axis=0), np.abs(runs.c).max(axis=(0, 1, 2)))
    return [float(value) for value in largest]
