"""How fast things are beside each other: ratios with their quartiles, and where the time of one run goes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from lstm_helpers.figures.axes import shades
from lstm_helpers.figures.style import INK, PALE, despine, own_axes

_MARKERS = ("o", "s", "^", "D", "v", "P")
_COLOURS = ("#1F4A6B", "#D55E00", "#009E73", "#CC79A7", "#8A6D1B", "#767676")
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def draw_time_ratios(rows: Sequence[Any], ax: Axes | None = None) -> Axes:
    """Draw times as ratios to ours: one row of points for each size, one marker for each contender.

    Parameters
    ----------
    rows : sequence of measured.Measurement
        Each has ``size``, ``who`` and the quartiles ``low``, ``ratio`` and ``high``.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is nothing to draw, or a ratio is not above 0.
    """
    sizes = list(dict.fromkeys(row.size for row in rows))
    who = list(dict.fromkeys(row.who for row in rows))
    if not rows or min(row.low for row in rows) <= 0:
        raise ValueError(f"rows holds {len(rows)} measurements; expected at least one, and ratios above 0")
    ax = own_axes(9.0, 0.9 + 0.5 * len(sizes)) if ax is None else ax
    ax.set_xscale("log")
    for row in rows:
        k = who.index(row.who)
        at = sizes.index(row.size) + 0.13 * (k - (len(who) - 1) / 2)
        ax.plot([row.low, row.high], [at, at], color=_COLOURS[k % 6], lw=2.0, solid_capstyle="butt")
        ax.plot(row.ratio, at, _MARKERS[k % 6], color=_COLOURS[k % 6], ms=6.5, mec="white", gid=f"{row.who} {row.size}")
    for k, name in enumerate(who):
        ax.plot([], [], _MARKERS[k % 6], color=_COLOURS[k % 6], ms=6.5, label=name)
    ax.axvline(1.0, color=INK, lw=1.0, zorder=0)
    low, high = min(0.8, *(row.low for row in rows)), max(1.25, *(row.high for row in rows))
    ticks = [tick for tick in _TICKS if 0.9 * low <= tick <= 1.1 * high]
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set(xlim=(0.85 * low, 1.18 * high), ylim=(len(sizes) - 0.4, -0.6), ylabel="T, B, D, H")
    ax.set_xlabel("their time / ours  (right of the line: ours is faster)")
    ax.set_yticks(range(len(sizes)), [", ".join(map(str, size)) for size in sizes])
    for at in range(len(sizes)):
        ax.axhline(at, color=PALE, lw=0.5, zorder=0)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.06), ncols=min(len(who), 3), fontsize=10, borderpad=0)
    despine(ax)
    return ax


def draw_breakdown(
    parts: Mapping[str, Mapping[str, float]], *, unit: str = "share of the time", ax: Axes | None = None
) -> Axes:
    """Draw what a whole is made of: one bar for each whole, cut into its parts, each written in it.

    Parameters
    ----------
    parts : mapping of whole to mapping of part to number
        From 0; all wholes have the same parts, in the same order. Each bar is scaled to 1.
    unit : str
        The label of the axis.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is nothing to draw, parts differ, or a number is negative.
    """
    names = list(next(iter(parts.values()))) if parts else []
    if not names or any(list(each) != names for each in parts.values()):
        raise ValueError("parts differ from bar to bar, or there are none; expected the same names in the same order")
    if any(value < 0 for each in parts.values() for value in each.values()):
        raise ValueError("parts hold a negative number; expected numbers from 0")
    ax = own_axes(9.0, 1.1 + 0.62 * len(parts)) if ax is None else ax
    colours = shades(len(names))[::-1]
    for row, (whole, each) in enumerate(parts.items()):
        values = np.array(list(each.values()), dtype=float)
        widths, start = values / values.sum(), 0.0
        for name, width, colour in zip(names, widths, colours, strict=True):
            bar = ax.barh(
                row, width, left=start, height=0.62, color=colour, edgecolor="white", label=name if not row else None
            )
            bar[0].set_gid(f"{whole} {name}")
            if width > 0.055:
                light = np.mean(colour[:3]) > 0.5
                ax.text(
                    start + width / 2,
                    row,
                    f"{width:.0%}",
                    ha="center",
                    va="center",
                    size=10,
                    color=INK if light else "white",
                )
            start += width
    ax.set(xlim=(0, 1), ylim=(len(parts) - 0.45, -0.55), xlabel=unit)
    ax.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    ax.set_yticks(range(len(parts)), list(parts))
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3, fontsize=10, borderpad=0.2)
    despine(ax)
    return ax
