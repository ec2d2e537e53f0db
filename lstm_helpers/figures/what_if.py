"""Two runs of one cell beside each other: as it was, and as it would have been."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lstm_helpers.figures.axes import Labels, check_trace, edges_of, hatch, label_time
from lstm_helpers.figures.diagram import check_index
from lstm_helpers.figures.style import COLOURS, PALE, End, despine, label_ends, nice_limit, own_axes, panels


def draw_intervention(
    original: Any,
    changed: Any,
    unit: int = 0,
    *,
    sequence: int = 0,
    labels: Labels | None = None,
    time_label: str = "year",
    step: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a unit's belt and output in two runs over the same inputs, the original one dashed.

    Parameters
    ----------
    original, changed : trace
        What ``unroll`` returned, and what ``interventions.clamp_gates`` made of it.
    unit, sequence : int
        Which of the H units, and which sequence of the batch.
    labels : sequence of str or of numbers, optional
        T words, or T equally spaced numbers such as years, for the time axis. None counts steps from 1.
    time_label : str
        What the labels are, when they are numbers.
    step : int, optional
        A step to mark, counted from 0.
    ax : matplotlib Axes or None
        Where to draw; the two plots become its ``child_axes``, labelled "c" and "h". None makes a figure.

    Raises
    ------
    ValueError
        If the runs differ in size, or a unit, sequence, step or labels do not fit them.
    """
    for trace in (original, changed):
        check_trace(trace, sequence, ("c", "h"))
    if original.h.shape != changed.h.shape:
        raise ValueError(f"changed has h of {changed.h.shape}; expected {original.h.shape}, as original has")
    check_index("unit", unit, original.h.shape[2])
    if step is not None:
        check_index("step", step, len(original.h))
    edges = edges_of(len(original.h), labels)
    ax = own_axes(9.0, 3.6) if ax is None else ax
    two = panels(ax, ("c", "h"), gap=0.12)
    limit = nice_limit([trace.c[:, sequence, unit] for trace in (original, changed)])
    for name, top in (("c", limit), ("h", 1.0)):
        plot, x = two[name], (edges[:-1] + edges[1:]) / 2
        was, now = (getattr(trace, name)[:, sequence, unit] for trace in (original, changed))
        plot.set(xlim=(edges[0], edges[-1]), ylim=(-1.08 * top, 1.08 * top), ylabel=name)
        plot.axhline(0, color=PALE, lw=0.8, zorder=0)
        if step is not None:
            plot.axvline(x[step], color=PALE, lw=1.2, zorder=0, gid="step")
        ends = [End(float(edges[-1]), float(now[-1]), name, COLOURS[name])]
        if not np.array_equal(was, now):
            plot.plot(x, was, color=COLOURS[name], ls=(0, (3, 2)), lw=1.4, gid=f"{name} original")
            ends.append(End(float(edges[-1]), float(was[-1]), f"{name} original", COLOURS[name]))
        plot.plot(x, now, color=COLOURS[name], lw=2.4, marker="o" if len(x) <= 30 else "", ms=4, gid=name)
        label_ends(plot, ends, size=10.0)
        label_time(plot, len(x), labels, time_label)
        hatch(plot, changed, sequence, edges, cover=False)
        despine(plot)
    two["c"].set_xlabel("")
    two["c"].tick_params(axis="x", labelbottom=False)
    return ax
