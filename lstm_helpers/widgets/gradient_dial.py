"""How much of a gradient is left after many steps: sliders over a table of measured norms."""

from __future__ import annotations

from typing import NamedTuple

import traitlets
from matplotlib.figure import Figure

from lstm_helpers.arrays import Array
from lstm_helpers.data import measured
from lstm_helpers.figures import draw_gradient_bands
from lstm_helpers.figures.axes import say_power
from lstm_helpers.figures.gradients import SHOWN
from lstm_helpers.widgets.base import Between, HouseWidget, Whole, counts, short_repr
from lstm_helpers.widgets.scripts import script

SCALES, BIASES, LAGS, SEEDS = (
    measured.GRADIENT_SCALES,
    measured.GRADIENT_BIASES,
    measured.GRADIENT_LAGS,
    measured.GRADIENT_SEEDS,
)


class Curves(NamedTuple):
    """log10 of the least, median and greatest norm over the seeds, against the lag."""

    lstm: Array  # (3, 101): ∂c_T/∂c_{T-lag}
    rnn: Array  # (3, 101): ∂h_T/∂h_{T-lag}


class GradientDial(HouseWidget):
    """Show the LSTM's and the RNN's gradient against the lag, while the reader chooses lag, forget bias and weights.

    All numbers come from ``measured.gradients``: untrained networks, 10 seeds.

    Parameters
    ----------
    lag : int
        The number of steps back, 0 to 100.
    forget_bias : float
        The forget bias of the LSTM, 0 to 6 in steps of 0.5.
    weight_scale : float
        The factor for all weights of both networks, drawn from U(±1/√H): 0.5, 1, 1.5, 2, 3, 4 or 6.

    Raises
    ------
    traitlets.TraitError
        If a value was not measured, here or when it is set later.
    """

    _esm = script("gradient_dial.js")
    _inches = (7.5, 3.5)
    lag = Whole(60).tag(sync=True)
    forget_bias = Between(1.0, BIASES[0], BIASES[-1], "the forget bias").tag(sync=True)
    weight_scale = Between(1.0, SCALES[0], SCALES[-1], "the weight scale").tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _grid = traitlets.Dict().tag(sync=True)

    def __init__(self, lag: int = 60, forget_bias: float = 1.0, weight_scale: float = 1.0, **kwargs: object) -> None:
        self._table = measured.gradients()
        super().__init__(
            _numbers={name: part.astype("<f4").tobytes() for name, part in self._table._asdict().items()},
            _grid={"scales": list(SCALES), "biases": list(BIASES), "lags": LAGS, "seeds": SEEDS, "shown": list(SHOWN)},
            **kwargs,
        )
        self.begin(lag=lag, forget_bias=forget_bias, weight_scale=weight_scale)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        bias, scale = short_repr(self.forget_bias), short_repr(self.weight_scale)
        return f"GradientDial(lag={self.lag}, forget_bias={bias}, weight_scale={scale})"

    @property
    def curves(self) -> Curves:
        """The numbers that the picture shows."""
        scale = SCALES.index(self.weight_scale)
        return Curves(self._table.lstm[scale, BIASES.index(self.forget_bias)], self._table.rnn[scale])

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        setting = f"Forget bias {short_repr(self.forget_bias)}, weights × {short_repr(self.weight_scale)}: "
        if self.lag == 0:
            return f"{setting}at lag 0 the Jacobian is the identity, and both norms are 1."
        lstm, rnn = ([say_power(log) for log in table[:, self.lag]] for table in self.curves)
        return (
            f"{setting}{self.lag} {'step' if self.lag == 1 else 'steps'} back, the Jacobian has spectral norm "
            f"{lstm[1]} along the LSTM's cell state ({lstm[0]} to {lstm[2]} over {SEEDS} seeds) "
            f"and {rnn[1]} along the vanilla RNN ({rnn[0]} to {rnn[2]})."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the curves at the current settings."""
        ax = draw_gradient_bands(*self.curves, lag=self.lag, ax=figure.add_subplot())
        setting = f"forget bias {short_repr(self.forget_bias)}, weights × {short_repr(self.weight_scale)}"
        ax.set_title(f"{setting}; line: median of {SEEDS} seeds, band: all of them", size=10, loc="left")

    _check_lag = counts("lag", lambda widget: LAGS + 1, "the length of the measured sequences")

    @traitlets.validate("forget_bias")
    def _check_bias(self, proposal: traitlets.Bunch) -> float:
        return _measured("forget_bias", proposal["value"], BIASES)

    @traitlets.validate("weight_scale")
    def _check_scale(self, proposal: traitlets.Bunch) -> float:
        return _measured("weight_scale", proposal["value"], SCALES)


def _measured(name: str, value: float, choices: tuple[float, ...]) -> float:
    if value not in choices:
        nearest = min(choices, key=lambda choice: abs(choice - value))
        raise traitlets.TraitError(
            f"{name} is {value:g}; measured were {', '.join(map(short_repr, choices))}: "
            f"the nearest is {short_repr(nearest)}"
        )
    return value
