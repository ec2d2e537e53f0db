"""Yearly sunspot numbers, 1700 to 2008: a real series, short enough to plot as a whole and hard to forecast.

The unit is the international sunspot number, version 1, as a yearly mean. `data/sunspots.md` beside the numbers
documents their origin and licence (public domain).
"""

from importlib import resources
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array


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
    file = resources.files("lstm_helpers.data").joinpath("sources", "sunspots.csv")
    rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    table = np.array(rows, dtype=np.float64)
    return Sunspots(table[:, 0].copy(), table[:, 1].copy())
