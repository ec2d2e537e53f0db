"""Gates set by hand: sliders for f, i, g and o, and the cell state that they control."""

from __future__ import annotations

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.activations import half_life, logit
from lstm_helpers.figures import draw_cell_state
from lstm_helpers.figures.style import number
from lstm_helpers.interventions import FEEDS, GatedState, apply_gates
from lstm_helpers.widgets.base import Between, HouseWidget, Whole, one_of, short_repr, within
from lstm_helpers.widgets.scripts import script

MAX_STEPS = 200  # more bars would be narrower than a pixel


class GateSliders(HouseWidget):
    """Show the cell state after each step while the reader sets the gates; the previous run stays as a dotted line.

    Parameters
    ----------
    f, i, o : float
        Forget, input and output gate, 0 to 1.
    g : float
        Candidate, -1 to 1.
    steps : int
        The number of steps, 1 to 200.
    feed : {"once", "always"}
        Whether the input gate opens at the first step only or at every step.

    Raises
    ------
    traitlets.TraitError
        If a value is outside its range, here or when it is set later.
    """

    _esm = script("gate_sliders.js")
    f = Between(0.9, 0.0, 1.0, "a gate").tag(sync=True)
    i = Between(1.0, 0.0, 1.0, "a gate").tag(sync=True)
    g = Between(0.5, -1.0, 1.0, "the candidate").tag(sync=True)
    o = Between(1.0, 0.0, 1.0, "a gate").tag(sync=True)
    steps = Whole(20).tag(sync=True)
    feed = traitlets.Unicode("once").tag(sync=True)

    def __init__(
        self,
        f: float = 0.9,
        i: float = 1.0,
        g: float = 0.5,
        o: float = 1.0,
        steps: int = 20,
        feed: str = "once",
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.begin(f=f, i=i, g=g, o=o, steps=steps, feed=feed)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        numbers = ", ".join(f"{name}={short_repr(getattr(self, name))}" for name in ("f", "i", "g", "o", "steps"))
        return f"GateSliders({numbers}, feed={self.feed!r})"

    @property
    def cell_state(self) -> GatedState:
        """The numbers that the picture shows."""
        return apply_gates(self.f, self.i, self.g, self.o, self.steps, feed=self.feed)

    @property
    def forget_bias(self) -> float:
        """The forget bias that gives this forget gate if the rest of its pre-activation is 0."""
        return float(logit(self.f))

    @property
    def half_life(self) -> float:
        """The number of steps after which half of the cell state is forgotten."""
        return float(half_life(self.f))

    @property
    def forgetting(self) -> str:
        """The line above the picture: the forget gate as a bias and as a half-life."""
        two = abs(self.f * 100 - round(self.f * 100)) < 1e-9
        gate = f"f = {number(self.f, 2 if two else 4)}"
        if self.f == 0.0:
            return f"{gate}: everything is forgotten after one step; no finite forget bias gives that."
        if self.f == 1.0:
            return f"{gate}: nothing is ever forgotten; no finite forget bias gives that."
        life = number(self.half_life, 1 if self.half_life < 99.95 else 0)
        return f"{gate} corresponds to a forget bias of {number(self.forget_bias)} and a half-life of {life} steps"

    def draw_static(self, figure: Figure) -> None:
        """Draw the cell state at the current settings."""
        run, i = self.cell_state, np.full(self.steps, self.i)
        if self.feed == "once":
            i[1:] = 0.0
        ax = figure.add_subplot()
        draw_cell_state(run.c, added=run.added, f=self.f, i=i, o=self.o, h=run.h, ax=ax)
        ax.set_title(self.forgetting, size=10, loc="left")

    @traitlets.validate("steps")
    def _check_steps(self, proposal: traitlets.Bunch) -> int:
        return within("steps", proposal["value"], 1, MAX_STEPS, "one bar is drawn for each step")

    _check_feed = one_of("feed", lambda widget: FEEDS)
