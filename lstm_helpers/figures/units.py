"""A sequence as lines: a series over its years, or one unit of a cell with its gates and its belt."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import Labels, check_trace, edges_of, hatch, label_time, real_steps
from lstm_helpers.figures.diagram import check_index
from lstm_helpers.figures.style import COLOURS, DASHES, PALE, End, despine, label_ends, nice_limit, own_axes, panels


def draw_unit(
    trace: Any,
    unit: int = 0,
    *,
    sequence: int = 0,
    labels: Labels | None = None,
    time_label: str = "year",
    ax: Axes | None = None,
) -> Axes:
    """Draw one unit of an LSTM over time: its gates above, its candidate, belt and output below.

    Parameters
    ----------
    trace : trace
        What ``unroll`` returned.
    unit, sequence : int
        Which of the H units, and which sequence of the batch.
    labels : sequence of str or of numbers, optional
        T words, or T equally spaced numbers such as years, for the time axis. None counts steps from 1.
    time_label : str
        What the labels are, when they are numbers.
    ax : matplotlib Axes or None
        Where to draw; the two plots become its ``child_axes``, labelled "gates" and "belt". None makes a figure.

    Raises
    ------
    ValueError
        If a unit, sequence or labels do not fit the trace.
    """
    check_trace(trace, sequence, ("i", "f", "o", "g", "c", "h"))
    check_index("unit", unit, trace.h.shape[2])
    edges = edges_of(len(trace.h), labels)
    ax = own_axes(9.0, 4.6) if ax is None else ax
    two = panels(ax, ("gates", "belt"), ratios=(1.0, 1.25), gap=0.07)
    limit = nice_limit(trace.c[:, sequence, unit])
    two["gates"].set(xlim=(edges[0], edges[-1]), ylim=(-0.04, 1.04), yticks=[0, 0.5, 1], ylabel="gates i, f, o")
    two["belt"].set(xlim=(edges[0], edges[-1]), ylim=(-1.06 * limit, 1.06 * limit), ylabel="g, h and the belt c")
    two["belt"].axhline(0, color=PALE, lw=0.8, zorder=0)
    for name, symbols in (("gates", "ifo"), ("belt", "ghc")):
        _lines(two[name], trace, unit, sequence, edges, symbols)
        label_time(two[name], len(trace.h), labels, time_label)
    two["gates"].set_xlabel("")
    two["gates"].tick_params(axis="x", labelbottom=False)
    return ax


def _lines(ax: Axes, trace: Any, unit: int, sequence: int, edges: Array, symbols: str) -> None:
    x, real, ends = (edges[:-1] + edges[1:]) / 2, real_steps(trace, sequence), []
    crowded = len(x) > 60  # dashes would break up a line that turns at every step
    for symbol in symbols:
        values = getattr(trace, symbol)[:, sequence, unit]
        if symbol not in "ch":  # a masked step computes nothing, but carries h and c
            values = np.where(real, values, np.nan)
        width = (2.4 if symbol == "c" else 1.7) * (0.65 if crowded else 1.0)
        look: dict[str, Any] = {"color": COLOURS[symbol], "ls": "solid" if crowded else DASHES[symbol], "lw": width}
        ax.plot(x, values, marker="o" if len(x) <= 30 else "", ms=4, gid=symbol, **look)
        last = np.flatnonzero(np.isfinite(values))
        if last.size:
            ends.append(End(float(x[last[-1]]), float(values[last[-1]]), symbol, COLOURS[symbol]))
    label_ends(ax, [end._replace(x=float(edges[-1])) for end in ends])
    hatch(ax, trace, sequence, edges, cover=False)
    despine(ax)


def draw_series(
    years: ArrayLike, values: ArrayLike, *, label: str = "value", time_label: str = "year", ax: Axes | None = None
) -> Axes:
    """Draw a series over its years.

    Parameters
    ----------
    years, values : array (T,)
        When, and what; NaN leaves a gap.
    label, time_label : str
        What the axes show, with units.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If the two are not equally long, or empty.
    """
    years, values = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    if years.ndim != 1 or not years.size:
        raise ValueError(f"years has shape {years.shape}; expected (T,) with at least one")
    if values.shape != years.shape:
        raise ValueError(f"values has shape {values.shape}; expected that of years, {years.shape}")
    ax = own_axes(9.0, 2.8) if ax is None else ax
    ax.plot(years, values, color=COLOURS["x"], lw=1.5, gid="series")
    ax.fill_between(years, 0, values, color=COLOURS["x"], alpha=0.14, lw=0)
    ax.set(xlabel=time_label, ylabel=label)
    ax.margins(x=0.0)
    if not np.any(values < 0):
        ax.set_ylim(bottom=0)
    despine(ax)
    return ax
