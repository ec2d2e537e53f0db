"""Two sentences through one vanilla RNN: how their difference fades for a given scale of the recurrent weights."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import traitlets
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lstm_helpers.arrays import Array
from lstm_helpers.cells import rnn
from lstm_helpers.figures.axes import say_power
from lstm_helpers.figures.style import INK
from lstm_helpers.interventions import Fading, fading, spectral_radius
from lstm_helpers.widgets.base import Between, HouseWidget, as_bytes, short_repr
from lstm_helpers.widgets.scripts import script

LOW, HIGH = -12, 1  # powers of ten on the axis
MOST = 4.0  # times W_h


class FadingDifference(HouseWidget):
    """Show how the difference between two runs of a vanilla RNN fades; the reader scales its recurrent weights.

    The cell runs in the browser whenever the slider moves. The previous curve stays as a dotted line.

    Parameters
    ----------
    params, xs, others
        As for ``interventions.fading``.
    labels : sequence of str, optional
        One word a step.
    scale : float
        The factor by which W_h is multiplied, 0 to 4.

    Raises
    ------
    ValueError
        If the sequences or the labels do not fit.
    traitlets.TraitError
        If ``scale`` is out of range, here or when it is set later.
    """

    _esm = script("fading_difference.js")
    scale = Between(1.0, 0.0, MOST, "the factor of W_h").tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _size = traitlets.Dict().tag(sync=True)
    _labels = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        params: rnn.Params,
        xs: Array,
        others: Array,
        labels: Sequence[str] | None = None,
        scale: float = 1.0,
        **kwargs: object,
    ) -> None:
        first = fading(params, xs, others).first
        if labels is not None and len(labels) != len(xs):
            raise ValueError(f"labels has {len(labels)} entries; expected {len(xs)}, one for each step")
        self._params, self._xs, self._others = params, xs, others
        self._radius = spectral_radius(params.W_h)
        named = {**params._asdict(), "xs": xs[:, 0], "others": others[:, 0]}
        super().__init__(
            _numbers={name: as_bytes(part) for name, part in named.items()},
            _size={
                "steps": len(xs),
                "hidden": len(params.W_h),
                "inputs": xs.shape[2],
                "radius": self._radius,
                "first": first,
                "most": MOST,
                "low": LOW,
                "high": HIGH,
            },
            _labels=[str(label) for label in labels or range(1, len(xs) + 1)],
            **kwargs,
        )
        self.begin(scale=scale)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        size = f"{self._size['steps']} steps, {self._size['hidden']} units"
        return f"FadingDifference({size}, scale={short_repr(self.scale)})"

    @property
    def run(self) -> Fading:
        """The numbers that the picture shows."""
        return fading(self._params, self._xs, self._others, self.scale)

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        run = self.run
        begin = f"W_h × {self.scale:.2f} has spectral radius {self._radius * self.scale:.2f}. "
        steps = self._size["steps"] - 1 - run.first
        if not run.left > 0:
            return f"{begin}The difference is 0 {steps} words later."
        return (
            f"{begin}{steps} words later the difference is {say_power(math.log10(run.left))} times its initial size: "
            f"a factor of {run.factor:.2f} per word, on average."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the difference after each step."""
        run, ax = self.run, figure.add_subplot()
        steps = np.arange(len(run.difference)) + 1
        shown = run.difference > 10.0**LOW
        ax.semilogy(steps[shown], run.difference[shown], "o-", color=INK, ms=3.5)
        ax.set(xlabel="words read", ylabel="difference of the states", ylim=(10.0**LOW, 10.0**HIGH))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        radius = f"{self._radius * self.scale:.2f}"
        ax.set_title(f"$W_h$ × {self.scale:.2f}, spectral radius {radius}", loc="left", size=10)
