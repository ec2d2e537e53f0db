"""Choose the origin and the horizon of a forecast: each method's forecast there, and its errors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lstm_helpers.figures import draw_forecasts
from lstm_helpers.figures.style import INK, PALE, number
from lstm_helpers.widgets.base import HouseWidget, Whole, within
from lstm_helpers.widgets.scripts import script

PAST = 24  # steps drawn before the origin
MOST = 4  # methods, because each has its own line style


class ForecastOrigin(HouseWidget):
    """Show several methods' forecasts from one origin, and their errors at one horizon, there and over all origins.

    Parameters
    ----------
    times, values : array (T,)
        The series.
    origins : array (N,) of int
        The first step of each forecast, as ``series.examples`` gives them.
    forecasts : mapping of label to array (K, N)
        The forecasts of at most 4 methods for the K steps from each origin.
    origin : int
        The origin that is shown first, counted from 0.
    ahead : int
        The horizon that is shown first, 1 to K.

    Raises
    ------
    ValueError
        If the forecasts do not fit the origins, or an origin has no past or extends beyond the series.
    traitlets.TraitError
        If ``origin`` or ``ahead`` is out of range, here or when it is set later.
    """

    _esm = script("forecast_origin.js")
    _inches = (7.0, 3.5)
    origin = Whole(0).tag(sync=True)
    ahead = Whole(1).tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _shape = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        times: ArrayLike,
        values: ArrayLike,
        origins: ArrayLike,
        forecasts: Mapping[str, ArrayLike],
        origin: int = 0,
        ahead: int = 1,
        **kwargs: object,
    ) -> None:
        self._times, self._values = np.asarray(times, float), np.asarray(values, float)
        self._origins = np.asarray(origins)
        tables = [np.asarray(table, float) for table in forecasts.values()]
        shapes = {table.shape for table in tables}
        if not 1 <= len(tables) <= MOST or len(shapes) != 1 or tables[0].shape[1:] != self._origins.shape:
            raise ValueError(
                f"forecasts have shapes {sorted(shapes)}; expected 1 to {MOST} of one shape (K, N) with "
                f"N={self._origins.size}, one column for each origin"
            )
        horizon = len(tables[0])
        if self._origins.min() < 1:
            raise ValueError(f"origins begin at {self._origins.min()}; expected 1 or more: a forecast needs a past")
        if self._times.shape != self._values.shape or self._origins.max() + horizon > len(self._values):
            raise ValueError(
                f"{len(self._times)} times, {len(self._values)} values; expected equally many, and {horizon} steps "
                f"from the last origin, {self._origins.max()}, on"
            )
        self._forecasts = np.array(tables)  # (methods, K, N)
        self._future = np.array([self._values[k : k + horizon] for k in self._origins]).T  # (K, N)
        self._errors = np.abs(self._forecasts - self._future)
        super().__init__(
            _numbers={
                "times": self._times.astype("<f8").tobytes(),
                "values": self._values.astype("<f8").tobytes(),
                "origins": self._origins.astype("<f8").tobytes(),
                "forecasts": self._forecasts.astype("<f8").tobytes(),
            },
            _names=list(forecasts),
            _shape={"origins": self._origins.size, "horizon": horizon, "past": PAST},
            **kwargs,
        )
        self.begin(origin=origin, ahead=ahead)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        size = f"{len(self._names)} methods, {self._origins.size} origins"
        return f"ForecastOrigin({size}, origin={self.origin}, ahead={self.ahead})"

    @property
    def errors(self) -> dict[str, float]:
        """The absolute error of each method at this origin and horizon."""
        return dict(zip(self._names, self._errors[:, self.ahead - 1, self.origin].tolist(), strict=True))

    @property
    def mean_errors(self) -> dict[str, float]:
        """The mean absolute error of each method over all origins, at this horizon."""
        return dict(zip(self._names, self._errors[:, self.ahead - 1].mean(axis=1).tolist(), strict=True))

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        first, count, several = self._origins[self.origin], self._origins.size, len(self._names) > 1
        known, target = (number(self._times[t], 0) for t in (first - 1, first + self.ahead - 1))
        here, mean = self.errors, self.mean_errors
        begin = (
            f"Data up to {known}; {number(self._values[first + self.ahead - 1], 1)} was observed in {target}. The "
            f"{'smallest error' if several else 'error'} is {number(min(here.values()), 1)} ({_least(here)})."
        )
        least_mean = number(min(mean.values()), 1)
        if count == 1:
            return begin
        if not several:
            return f"{begin} Over all {count} origins, the mean error at this horizon is {least_mean}."
        at, means = self._errors[:, self.ahead - 1], np.array(list(mean.values()))
        wins = int(np.sum(at[means == means.min()].min(axis=0) == at.min(axis=0)))
        return (
            f"{begin} Over all {count} origins, the smallest mean error at this horizon is {least_mean} "
            f"({_least(mean)}); at {wins} of them no other forecast is closer."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the forecasts from this origin, and below them the errors here and on average."""
        above, below = figure.subplots(2, 1, height_ratios=(1.7, 1))
        first, horizon = int(self._origins[self.origin]), self._shape["horizon"]
        shown = slice(max(0, first - PAST), first + horizon)
        after = slice(first - 1, first + horizon)
        lines = {
            name: (self._times[after], [self._values[first - 1], *table[:, self.origin]])
            for name, table in zip(self._names, self._forecasts, strict=True)
        }
        start = float(self._times[first - 1])
        draw_forecasts(self._times[shown], self._values[shown], lines, start=start, label="value", ax=above)
        rows = np.arange(len(self._names))[::-1]
        below.barh(rows, list(self.mean_errors.values()), height=0.5, color=PALE, label="mean of all origins")
        below.plot(list(self.errors.values()), rows, "D", color=INK, ms=6, ls="", label="this origin")
        below.set(yticks=rows, yticklabels=self._names, xlim=(0, 1.02 * self._errors.max() or 1))
        below.set_xlabel(f"absolute error at horizon {self.ahead}")
        below.legend(fontsize=8, loc="lower right")

    @traitlets.validate("origin")
    def _check_origin(self, proposal: traitlets.Bunch) -> int:
        return within("origin", proposal["value"], 0, self._shape["origins"] - 1, "origins count from 0")

    @traitlets.validate("ahead")
    def _check_ahead(self, proposal: traitlets.Bunch) -> int:
        return within("ahead", proposal["value"], 1, self._shape["horizon"], "steps ahead count from 1")


def _least(errors: Mapping[str, float]) -> str:
    """Name the method with the smallest error, or all of them if several are equal."""
    *others, last = (name for name, error in errors.items() if error == min(errors.values()))
    return f"{', '.join(others)} and {last}" if others else last
