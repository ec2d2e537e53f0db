"""Carbon dioxide in the air over Mauna Loa, Hawaii, week by week, 1958 to 2001: a trend, a season, and gaps.

`data/co2.md` beside the numbers documents their origin and licence (public domain).
"""

from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.data import shipped

SEASON = 52  # weeks; a year is a day or two longer


class Co2(NamedTuple):
    """A week and its mean concentration, in order of time."""

    weeks: Array  # (T,) datetime64 of days, each a Saturday: 1958-03-29, 1958-04-05, … 2001-12-29
    ppm: Array  # (T,) molecules of CO2 per million of dry air; NaN in the 59 weeks without a measurement


def load() -> Co2:
    """Load the whole series.

    Returns
    -------
    Co2
        `weeks` (2284,) and `ppm` (2284,) float64, new arrays at every call; 59 values are NaN.
    """
    table = shipped.measurements("sources/co2.csv", "ppm", 2284, time="week", gaps=True)
    return Co2(np.asarray(table.times), table.values)
