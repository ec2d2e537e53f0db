"""A gate set by hand: an activation function turns a pre-activation into a gate, which multiplies a value."""

from __future__ import annotations

from typing import NamedTuple

import traitlets
from matplotlib.figure import Figure

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.figures import draw_soft_gate
from lstm_helpers.figures.gates import ACTIVATIONS
from lstm_helpers.figures.style import number
from lstm_helpers.widgets.base import Between, HouseWidget, one_of, short_repr
from lstm_helpers.widgets.scripts import script

MOST = {"value": 2.0, "z": 8.0}  # the largest magnitudes, and the limits of the axes


class Passed(NamedTuple):
    """The gate, the derivative and the product."""

    gate: float  # the activation function of the pre-activation
    derivative: float  # of the activation function there
    product: float  # gate × value


class SoftGate(HouseWidget):
    """Show a pre-activation on its activation function, and gate × value; the reader drags the point and the value.

    Parameters
    ----------
    value : float
        The value that meets the gate, -2 to 2.
    z : float
        The pre-activation of the gate, -8 to 8.
    activation : {"sigmoid", "tanh"}
        The activation function.

    Raises
    ------
    traitlets.TraitError
        If a value is outside its range, here or when it is set later.
    """

    _esm = script("soft_gate.js")
    value = Between(1.5, -MOST["value"], MOST["value"], "the value").tag(sync=True)
    z = Between(2.0, -MOST["z"], MOST["z"], "the pre-activation").tag(sync=True)
    activation = traitlets.Unicode("sigmoid").tag(sync=True)
    _most = traitlets.Dict(MOST).tag(sync=True)

    def __init__(self, value: float = 1.5, z: float = 2.0, activation: str = "sigmoid", **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.begin(value=value, z=z, activation=activation)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        return f"SoftGate(value={short_repr(self.value)}, z={short_repr(self.z)}, activation={self.activation!r})"

    @property
    def passed(self) -> Passed:
        """The numbers that the picture shows."""
        sigmoidal = self.activation == "sigmoid"
        function, derivative = (sigmoid, sigmoid_derivative) if sigmoidal else (tanh, tanh_derivative)
        gate = float(function(self.z))
        return Passed(gate, float(derivative(gate)), gate * self.value)

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        gate, derivative, product = map(number, self.passed)
        activated = f"{self.activation}({number(self.z)}) = {gate}, and the derivative there is {derivative}."
        if self.passed.gate < 0:
            does = "A gate must not reverse the sign of the value, but this output is below 0"
        else:
            percent = round(100 * self.passed.gate)
            does = f"The gate passes {percent} % of the value" if percent else "The gate passes almost nothing"
        return f"{activated} {does}: {gate} × {_in_brackets(number(self.value))} = {product}."

    def draw_static(self, figure: Figure) -> None:
        """Draw the gate at the current settings."""
        draw_soft_gate(self.value, self.z, activation=self.activation, ax=figure.add_subplot())

    _check_activation = one_of("activation", lambda widget: ACTIVATIONS)


def _in_brackets(written: str) -> str:
    return f"({written})" if written.startswith("\N{MINUS SIGN}") else written
