"""The pattern of a fault as a picture: which quantities are wrong in which situations, and by how much."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from lstm_helpers.faults import BACKWARD, COLUMNS, FORWARD, Pattern
from lstm_helpers.figures.style import COLOURS, INK, PALE, own_axes, width_of

_MAP = LinearSegmentedColormap.from_list("lstm_wrong", ["#FBE3D2", "#E9A173", "#D55E00", "#8F3A00"])
_GAP = 0.45  # between the groups, in rows
_BREAKS = tuple(len(FORWARD) + 4 * k for k in range(4))  # before each weight, and before what is left


def draw_fault_pattern(pattern: Pattern, *, ax: Axes | None = None) -> Axes:
    """Draw where a pass is wrong: a row for each quantity, a column for each situation.

    Parameters
    ----------
    pattern : faults.Pattern
        What ``faults.examine`` returned. A dot is right; a filled field is wrong, the darker the more, with its
        relative error where there is room.
    ax : matplotlib Axes or None
        Where to draw; its frame and limits are set. None makes a figure.

    Raises
    ------
    ValueError
        If it is no such pattern.
    """
    rows = (*FORWARD, *BACKWARD)
    if not isinstance(pattern, Pattern):
        raise ValueError(f"pattern is a {type(pattern).__name__}; expected what faults.examine returns")
    ax = own_axes(9.0, 6.2) if ax is None else ax
    places = np.arange(len(rows)) + _GAP * np.array([sum(k >= b for b in _BREAKS) for k in range(len(rows))])
    ax.set(xlim=(-0.5, len(COLUMNS) - 0.5), ylim=(places[-1] + 0.5, -0.5))
    size = float(np.clip(width_of(ax) / 62.0, 7.0, 10.0))
    for y, row, errors, wrong in zip(places, rows, pattern.errors, pattern.wrong, strict=True):
        for x, (error, bad) in enumerate(zip(errors, wrong, strict=True)):
            _field(ax, x, float(y), float(error), bool(bad), size, f"{row}:{COLUMNS[x]}")
    _labels(ax, rows, places, size)
    return ax


def _field(ax: Axes, x: int, y: float, error: float, bad: bool, size: float, name: str) -> None:
    if not bad:
        ax.plot([x], [y], "o", color=PALE, ms=2.5, gid=name)
        return
    depth = float(np.clip(1.0 + np.log10(max(error, 1e-9)) / 3.0, 0.0, 1.0)) if np.isfinite(error) else 1.0
    ax.fill_between([x - 0.46, x + 0.46], y - 0.46, y + 0.46, color=_MAP(depth), lw=0, gid=name)
    if size < 7.5:
        return
    said = "inf" if not np.isfinite(error) else f"{error:.2g}" if error >= 0.001 else f"{error:.0e}"
    ax.text(x, y, said, ha="center", va="center", size=0.85 * size, color="white" if depth > 0.6 else INK)


def _labels(ax: Axes, rows: tuple[str, ...], places: Any, size: float) -> None:
    ax.set_xticks(range(len(COLUMNS)), [name.replace(" ", "\n") for name in COLUMNS], size=size)
    ax.xaxis.tick_top()
    ax.set_yticks(places, [_said(row) for row in rows], size=size)
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        symbol = row if len(row) == 1 else row[-1] if row in BACKWARD else ""
        label.set_color(COLOURS.get(symbol, INK))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    middle = float(np.mean([places[len(FORWARD) - 1], places[len(FORWARD)]]))
    ax.axhline(middle, color=PALE, lw=0.8)
    for text, first, last in (("forward", 0, len(FORWARD) - 1), ("gradient of", len(FORWARD), len(rows) - 1)):
        at = (float(places[first]) + float(places[last])) / 2
        ax.annotate(
            text,
            (0.0, at),
            (-5.2 * size, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            rotation=90,
            ha="center",
            va="center",
            size=size,
            color=INK,
        )


def _said(row: str) -> str:
    weight, _, block = row.partition(".")
    if weight == "start":
        return rf"${block}_0$"
    base = rf"{weight[0]}_{{{weight[2:]}}}" if "_" in weight else weight
    return f"${base}$ {block}" if block else f"${base}$"
