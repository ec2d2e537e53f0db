"""Prepare a real series for a network and judge forecasts: read, fill, split in time, scale, cut into examples, judge.

In every step, nothing that is fitted, filled or scaled may depend on the future. ``leaks`` tests any function for that.
``reading`` reads files, ``preparing`` processes the numbers, ``judging`` holds two tests for a forecast that looks
good.
"""

from lstm_helpers.series.judging import Echo, echo, leaks
from lstm_helpers.series.preparing import (
    Examples,
    Scaler,
    examples,
    fill_forward,
    fit_scaler,
    scale,
    split,
    unscale,
)
from lstm_helpers.series.reading import Series, read_csv

__all__ = [
    "Echo",
    "Examples",
    "Scaler",
    "Series",
    "echo",
    "examples",
    "fill_forward",
    "fit_scaler",
    "leaks",
    "read_csv",
    "scale",
    "split",
    "unscale",
]
