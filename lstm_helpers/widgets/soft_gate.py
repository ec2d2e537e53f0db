"""A soft switch by hand: a pre-activation becomes a gate, and the gate stands in the way of a value."""

from __future__ import annotations

from typing import NamedTuple

import traitlets
from matplotlib.figure import Figure

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.figures import draw_soft_gate
from lstm_helpers.figures.gates import CURVES
from lstm_helpers.figures.style import number
from lstm_helpers.widgets.base import Between, HouseWidget, one_of, short_repr
from lstm_helpers.widgets.scripts import script

MOST = {"value": 2.0, "logit": 8.0}  # to either side; the picture's limits


class Passed(NamedTuple):
    """What the switch does."""

    gate: float  # the activation
    slope: float  # of the curve at the pre-activation
    product: float  # gate × value


class SoftGate(HouseWidget):
    """Show a pre-activation on its curve and gate × value beside it; the reader drags the point and the value.

    Parameters
    ----------
    value : float
        What comes to the switch, -2 to 2.
    logit : float
        The pre-activation z that sets the switch, -8 to 8.
    curve : {"sigmoid", "tanh"}
        The activation function.

    Raises
    ------
    traitlets.TraitError
        If a value is outside its range, here or when it is set later.
    """

    _esm = script("soft_gate.js")
    value = Between(1.5, -MOST["value"], MOST["value"], "the value").tag(sync=True)
    logit = Between(2.0, -MOST["logit"], MOST["logit"], "the pre-activation").tag(sync=True)
    curve = traitlets.Unicode("sigmoid").tag(sync=True)
    _most = traitlets.Dict(MOST).tag(sync=True)

    def __init__(self, value: float = 1.5, logit: float = 2.0, curve: str = "sigmoid", **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.begin(value=value, logit=logit, curve=curve)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        return f"SoftGate(value={short_repr(self.value)}, logit={short_repr(self.logit)}, curve={self.curve!r})"

    @property
    def passed(self) -> Passed:
        """The numbers that the picture shows."""
        bend, slope = (sigmoid, sigmoid_derivative) if self.curve == "sigmoid" else (tanh, tanh_derivative)
        gate = float(bend(self.logit))
        return Passed(gate, float(slope(gate)), gate * self.value)

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        gate, slope, product = map(number, self.passed)
        bent = f"{self.curve}({number(self.logit)}) = {gate}, where the derivative is {slope}."
        if self.passed.gate < 0:
            does = "A gate below 0 turns the sign over, which no switch should"
        else:
            open_to = round(100 * self.passed.gate)
            does = f"{open_to} % of the value get through" if open_to else "Hardly anything of the value gets through"
        return f"{bent} {does}: {gate} × {_in_brackets(number(self.value))} = {product}."

    def draw_static(self, figure: Figure) -> None:
        """Draw the switch as it stands now."""
        draw_soft_gate(self.value, self.logit, curve=self.curve, ax=figure.add_subplot())

    _check_curve = one_of("curve", lambda widget: CURVES)


def _in_brackets(written: str) -> str:
    return f"({written})" if written.startswith("\N{MINUS SIGN}") else written
