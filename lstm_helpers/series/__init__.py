"""A real series on its way to a network and back: read, fill, split in time, scale, cut into examples, judge.

What every step has in common: nothing that is fitted, filled or scaled may know what comes later. ``leaks`` tests that
of any function. ``reading`` holds the reader of files, ``preparing`` what happens to the numbers, ``judging`` two
questions to ask of a forecast that looks good.
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
