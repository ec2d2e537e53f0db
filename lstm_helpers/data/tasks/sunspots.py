"""Yearly sunspot numbers, 1700 to 2008: a real series, short enough to plot as a whole and hard to forecast.

The unit is the international sunspot number, version 1, as a yearly mean. `data/sunspots.md` beside the numbers
documents their origin and licence (public domain).
"""

from typing import NamedTuple

from lstm_helpers.arrays import Array
from lstm_helpers.data import shipped


class Sunspots(NamedTuple):
    """A year and its mean sunspot number, in order of time."""

    years: Array  # (T,) calendar years: 1700.0, 1701.0, … 2008.0
    numbers: Array  # (T,) international sunspot number, version 1, yearly mean


def load() -> Sunspots:
    """Load the whole series.

    Returns
    -------
    Sunspots
        `years` (309,) and `numbers` (309,), both float64, new arrays at every call; no value is missing.
    """
    columns = (shipped.measurements("sources/sunspots.csv", name, 309).values for name in ("year", "sunspot_number"))
    return Sunspots(*columns)
