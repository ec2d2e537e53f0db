"""Change the forget gate's pre-activation in five kinds of cell at once."""

from __future__ import annotations

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.activations import sigmoid
from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import COLOURS, QUIET, number
from lstm_helpers.widgets.base import HouseWidget, Whole, one_of, within
from lstm_helpers.widgets.scripts import script
from lstm_helpers.widgets.variants import EQUATIONS, FEEDS, STEPS, memories, pulses

LOW, HIGH = -4, 6  # of the pre-activation
LIMITS = {"once": (0.0, 1.0), "always": (0.0, 22.0), "there and back": (-1.0, 1.0)}  # of the stored values, by feed


class CellVariants(HouseWidget):
    """Show how one unit of each of five cells stores the same input at the same forget gate.

    All settings are run when the widget is made, by ``variants.memories``.

    Parameters
    ----------
    z_f : int
        The forget gate's pre-activation, -4 to 6.
    feed : str
        The input: "once", "always" or "there and back".

    Raises
    ------
    traitlets.TraitError
        If ``z_f`` or ``feed`` is not one of the choices, here or when it is set later.
    """

    _esm = script("cell_variants.js")
    _inches = (7.5, 4.6)
    z_f = Whole(1).tag(sync=True)
    feed = traitlets.Unicode("once").tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _about = traitlets.Dict().tag(sync=True)

    def __init__(self, z_f: int = 1, feed: str = "once", **kwargs: object) -> None:
        self._tables = {
            name: np.array([list(memories(z, pulses(name)).values()) for z in range(LOW, HIGH + 1)]) for name in FEEDS
        }
        super().__init__(
            _numbers={name: table.astype("<f8").tobytes() for name, table in self._tables.items()},
            _about={
                "cells": {name: [list(part) for part in parts] for name, parts in EQUATIONS.items()},
                "feeds": FEEDS,
                "limits": {name: list(pair) for name, pair in LIMITS.items()},
                "inputs": {name: pulses(name).tolist() for name in FEEDS},
                "gates": [float(sigmoid(float(z))) for z in range(LOW, HIGH + 1)],
                "steps": STEPS,
                "low": LOW,
                "high": HIGH,
            },
            **kwargs,
        )
        self.begin(z_f=z_f, feed=feed)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        return f"CellVariants(z_f={self.z_f}, feed={self.feed!r})"

    @property
    def held(self) -> dict[str, Array]:
        """The state of each cell after each step, (steps,)."""
        return dict(zip(EQUATIONS, self._tables[self.feed][self.z_f - LOW], strict=True))

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        f = self._about["gates"][self.z_f - LOW]
        end = {name: number(float(held[-1])) for name, held in self.held.items()}
        return (
            f"The forget gate f, and the gate z of the GRU, are {f:.3f}. "
            f"After {STEPS} steps the state is {end['LSTM']} in the LSTM, "
            f"{end['no forget gate']} without a forget gate, {end['coupled']} in the coupled cell and the GRU, "
            f"and {end['peephole']} with peepholes."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the state of each cell, one below the other, on one scale."""
        axes = figure.subplots(len(EQUATIONS), 1, sharex=True)
        low, high = LIMITS[self.feed]
        steps, room = np.arange(1, STEPS + 1), 0.06 * (high - low)
        for ax, (name, held) in zip(axes, self.held.items(), strict=True):
            ax.bar(steps, held, width=0.6, color=COLOURS["c"])
            ax.axhline(0, color=QUIET, lw=0.8)
            ax.set(ylim=(low - room, high + room), yticks=sorted({low, 0.0, high}))
            ax.set_ylabel(name, rotation=0, ha="right", va="center", size=9)
            ax.tick_params(labelsize=8)
            equation = " ".join(part for part, _ in EQUATIONS[name])
            said = f"{number(float(held[-1]))}\n{equation}"
            ax.text(1.02, 0.5, said, transform=ax.transAxes, size=9, va="center")
        axes[-1].set_xlabel("step", size=9)
        f = self._about["gates"][self.z_f - LOW]
        axes[0].set_title(f"{FEEDS[self.feed]}; forget gate {f:.3f}: state of each cell", loc="left", size=10)

    @traitlets.validate("z_f")
    def _check_z_f(self, proposal: traitlets.Bunch) -> int:
        return within("z_f", proposal["value"], LOW, HIGH, "whole numbers, computed beforehand")

    _check_feed = one_of("feed", lambda widget: FEEDS)
