"""Logarithmic axes for numbers that span fifty orders of magnitude, on which labels can still be pushed apart.

The axis itself is linear in log10 of the value, because that is what ``label_ends`` measures; its ticks say 10 to the
power. Zeros and infinities have no place there and leave a gap.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import GATE_MAP


def log10(values: ArrayLike) -> Array:
    """Give log10 of what is positive and finite, NaN elsewhere."""
    values = np.asarray(values, dtype=float)
    shown = (values > 0) & np.isfinite(values)
    return np.log10(np.where(shown, values, 1.0), out=np.full(values.shape, np.nan), where=shown)


def limits(logs: Array, floor: float | None = None, pad: float = 0.04) -> tuple[float, float]:
    """Give the range of all the numbers and a little more, at least a power of ten; NaN is left out."""
    found = logs[np.isfinite(logs)]
    low, high = (float(found.min()), float(found.max())) if found.size else (-1.0, 0.0)
    low = max(low, floor) if floor is not None else low
    high = max(high, low + 1.0)
    return low - pad * (high - low), high + pad * (high - low)


def powers(axis: Axis, low: float, high: float, most: int = 8) -> None:
    """Write powers of ten along an axis, at most so many: as 0.01 or 100 where none is farther from 1, else as 10²."""
    step = next(s for s in (1, 2, 3, 5, 10, 20, 50, 100) if (high - low) / s <= most)
    ticks = np.arange(np.ceil(low / step) * step, high + 1e-9, step)
    axis.set_major_locator(FixedLocator([float(tick) for tick in ticks]))
    near = bool((np.abs(ticks) <= 2).all())
    labels = [f"{10.0**tick:g}" if near or tick == 0 else f"$10^{{{int(tick)}}}$" for tick in ticks]
    axis.set_major_formatter(FixedFormatter(labels))


def say_power(log: float) -> str:
    """Write 10 to the power ``log`` with two digits, or as 3 × 10⁻¹⁷ if it is far from 1."""
    value = 10.0 ** float(log)
    exponent = int(f"{value:.1e}".split("e")[1])
    if -4 < exponent < 4:
        return f"{float(f'{value:.1e}'):.{max(0, 1 - exponent)}f}"
    digit, exponent_words = f"{value:.0e}".split("e")
    return f"{digit}\u00a0×\u00a010{str(int(exponent_words)).translate(_RAISED)}"  # no line ends inside a number


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def shades(count: int) -> list[Any]:
    """Give colours from light to dark for lines that are ordered and no symbols."""
    return [GATE_MAP(0.42 + 0.58 * (k / (count - 1) if count > 1 else 0.6)) for k in range(count)]


def log_axis(ax: Axes, logs: Array, floor: float | None = None) -> None:
    """Set the limits and ticks of the y axis for these logarithms."""
    low, high = limits(logs, floor)
    ax.set_ylim(low, high)
    powers(ax.yaxis, low, high)
