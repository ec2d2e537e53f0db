"""El Niño: the sea's surface temperature off Peru, month by month, 1950 to 2010.

The season explains most of the variation. The anomaly, the difference from the month's mean, is the subject: El Niño is
a year in which it is large and positive. `data/elnino.md` documents origin and licence (public domain).
"""

from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.data import shipped

SEASON = 12  # months


class ElNino(NamedTuple):
    """A month and its mean temperature, in order of time."""

    months: Array  # (T,) datetime64 of days: 1950-01-01, 1950-02-01, … 2010-12-01
    temperature: Array  # (T,) °C, the mean over 0 to 10° south, 80 to 90° west


def load() -> ElNino:
    """Load the whole series.

    Returns
    -------
    ElNino
        `months` (732,) and `temperature` (732,) float64, new arrays at every call; no value is missing.
    """
    table = shipped.measurements("sources/elnino.csv", "temperature", 732, time="month")
    return ElNino(np.asarray(table.times), table.values)


def monthly_means(train: Array) -> Array:
    """Give the mean of each month, January first (12,), of temperatures (T,) that begin in January.

    Raises
    ------
    ValueError
        If there is not a whole year.
    """
    if np.ndim(train) != 1 or len(train) < SEASON:
        raise ValueError(f"train has shape {np.shape(train)}; expected (T,), beginning in January, with T from 12")
    return np.array([train[month::SEASON].mean() for month in range(SEASON)])
