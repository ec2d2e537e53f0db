"""Traces as maps: a row for each unit, time from left to right."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from lstm_helpers.arrays import Array, tree_map
from lstm_helpers.figures.axes import FIELDS, Labels, are_words, check_trace, edges_of, hatch, label_time, real_steps
from lstm_helpers.figures.style import (
    COLOURS,
    GATES,
    NAMES,
    SIGNED_MAP,
    Look,
    despine,
    nice_limit,
    norm_of,
    number,
    own_axes,
    panels,
)
from lstm_helpers.through_time import Trace


def draw_field(
    trace: Trace,
    field: str = "f",
    *,
    sequence: int = 0,
    labels: Labels | None = None,
    time_label: str = "year",
    ax: Axes | None = None,
) -> Axes:
    """Draw one field of a trace as a map.

    Parameters
    ----------
    trace : trace
        What ``unroll`` returned.
    field : str
        "i", "f", "o" (0 to 1), "g", "h" (-1 to 1) or "c" (symmetric about 0, up to the next of 1, 2, 3, 5, 10 …).
    sequence : int
        Which sequence of the batch.
    labels : sequence of str or of numbers, optional
        T words, or T equally spaced numbers such as years, for the time axis. None counts steps from 1.
    time_label : str
        The label of the time axis, where labels are numbers.
    ax : matplotlib Axes or None
        Where to draw; a colour bar is added beside it. None makes a figure.

    Raises
    ------
    ValueError
        If a field, sequence or labels do not fit the trace.
    """
    check_trace(trace, sequence, (field,))
    edges = edges_of(len(trace.h), labels)
    height = float(np.clip(1.2 + 0.22 * trace.h.shape[2], 2.0, 5.0))
    ax = own_axes(9.0, height) if ax is None else ax
    _map(ax, trace, field, sequence, edges)
    label_time(ax, len(trace.h), labels, time_label)
    return ax


def draw_trace(
    trace: Trace,
    *,
    sequence: int = 0,
    labels: Labels | None = None,
    time_label: str = "year",
    fields: Sequence[str] | None = None,
    input_label: str = "x",
    unit_scales: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a sequence as a cell processed it: its input on top, then a map for each field, on one time axis.

    An input of one number per step is drawn as a line, words (``labels``) are written, and any other input is a map.

    Parameters
    ----------
    trace, sequence, labels, time_label
        As in ``draw_field``.
    fields : sequence of str, optional
        Which fields, top to bottom. None draws those of f, i, g, c, o and h that the cell has.
    input_label : str
        The name of the input, with its unit.
    unit_scales : bool
        Whether each unit's cell state has a colour scale of its own, up to the largest ``|c|`` of that unit, which is
        written beside its row. On one scale for all, a unit with a large cell state makes the others pale.
    ax : matplotlib Axes or None
        Where to draw; the plots become its ``child_axes``, labelled "x", "f" … None makes a figure.

    Raises
    ------
    ValueError
        If a field, sequence or labels do not fit the trace.
    """
    fields = tuple(field for field in FIELDS if hasattr(trace, field)) if fields is None else tuple(fields)
    check_trace(trace, sequence, fields)
    edges = edges_of(len(trace.h), labels)
    shown = fields if are_words(labels) else ("x", *fields)
    ratios = [1.25 if name == "x" else 1.0 for name in shown]
    row = float(np.clip(0.14 * trace.h.shape[2], 0.7, 1.6))
    ax = own_axes(9.0, 0.6 + (row + 0.32) * sum(ratios)) if ax is None else ax
    plots = panels(ax, shown, ratios=ratios, gap=0.32 / ((row + 0.32) * len(shown)))
    for name, plot in plots.items():
        if name == "x":
            _input(plot, trace, sequence, edges, input_label)
        else:
            _map(plot, trace, name, sequence, edges, unit_scales=unit_scales and name == "c")
        last = name == shown[-1]
        label_time(plot, len(trace.h), labels, time_label if last else "")
        if not last:
            plot.set_xlabel("")
            plot.tick_params(axis="x", labelbottom=False, length=0)
    return ax


class BothTraces(Protocol):
    """The part of the trace from ``Bidirectional.forward`` that is drawn."""

    @property
    def forward(self) -> Trace:
        """The forward direction, in the order of the input."""

    @property
    def backward(self) -> Trace:
        """The backward direction, in the order in which it read the input."""


def draw_both_directions(
    trace: BothTraces,
    fields: Sequence[str] = ("f", "c"),
    *,
    sequence: int = 0,
    labels: Labels | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw both directions of a bidirectional layer as maps, one above the other, both in the order of the input.

    Time runs from left to right in all maps; the arrow above each map gives the direction of reading.

    Parameters
    ----------
    trace : trace
        The trace from ``Bidirectional.forward``.
    fields : sequence of str
        Which fields of each direction, top to bottom.
    sequence, labels
        As in ``draw_field``.
    ax : matplotlib Axes or None
        Where to draw; the maps become its ``child_axes``, labelled "→ f", "← f" … None makes a figure.

    Raises
    ------
    ValueError
        If the trace is not a bidirectional layer's, or a field, sequence or labels do not fit it.
    """
    if not (hasattr(trace, "forward") and hasattr(trace, "backward")):
        raise ValueError(f"trace is a {type(trace).__name__}; expected what Bidirectional(…).forward returns")
    for direction in (trace.forward, trace.backward):
        check_trace(direction, sequence, fields)
    length, units = len(trace.forward), trace.forward.h.shape[2]
    edges = edges_of(length, labels)
    shown = [(arrow, field) for arrow in "→←" for field in fields]
    row = float(np.clip(0.1 * units, 0.6, 1.2))
    ax = own_axes(9.0, 0.8 + (row + 0.32) * len(shown)) if ax is None else ax
    plots = panels(ax, [f"{arrow} {field}" for arrow, field in shown], gap=0.32 / ((row + 0.32) * len(shown)))
    for (arrow, field), plot in zip(shown, plots.values(), strict=True):
        direction = trace.forward if arrow == "→" else _reversed(trace.backward)
        _map(plot, direction, field, sequence, edges)
        said = "→  forward direction:" if arrow == "→" else "←  backward direction:"
        plot.set_title(f"{said} {NAMES[field]}", color=COLOURS[field], loc="left", size=10.5, weight="bold", pad=3)
        label_time(plot, length, labels, "")
        if (arrow, field) != shown[-1]:
            plot.set_xlabel("")
            plot.tick_params(axis="x", labelbottom=False, length=0)
    return ax


def _reversed(trace: Trace) -> Trace:
    """Reverse a trace in time."""
    mask = None if trace.mask is None else trace.mask[::-1]
    return Trace(tree_map(lambda values: values[::-1], trace.steps), trace.start, mask)


def _map(ax: Axes, trace: Trace, field: str, sequence: int, edges: Array, *, unit_scales: bool = False) -> None:
    values = getattr(trace, field)[:, sequence, :].T
    largest = np.abs(values).max(axis=1)
    colours, norm = norm_of(field, values) if not unit_scales else norm_of("h")
    units = len(values)
    shown = values / np.where(largest > 0, largest, 1.0)[:, None] if unit_scales else values
    mesh = ax.pcolormesh(edges, np.arange(units + 1) - 0.5, shown, cmap=colours, norm=norm, gid=field)
    hatch(ax, trace, sequence, edges, cover=field not in ("c", "h"))
    _rows(ax, edges, units)
    ax.set_ylabel("unit", size=10)
    ax.set_title(NAMES[field], color=COLOURS[field], loc="left", size=10.5, weight="bold", pad=3)
    beside = ax.inset_axes((1.012, 0.0, 0.018, 1.0), label="colours")
    bar = ax.figure.colorbar(mesh, cax=beside)
    beside.tick_params(length=0, labelsize=9)
    beside.spines[:].set_visible(False)
    if unit_scales:
        bar.set_ticks([])
        for unit, most in enumerate(largest):
            place: Look = {"xycoords": ("axes fraction", "data"), "va": "center", "size": 9}
            ax.annotate(f"±{number(float(most), 1)}", (1.035, unit), annotation_clip=False, gid="scale", **place)
        return
    low, high = float(norm.vmin or 0), float(norm.vmax or 0)
    bar.set_ticks([low, high] if field in GATES else [low, 0, high])
    bar.set_ticklabels([number(v, 0) for v in bar.get_ticks()])


def _rows(ax: Axes, edges: Array, count: int) -> None:
    ax.set(xlim=(edges[0], edges[-1]), ylim=(count - 0.5, -0.5))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, steps=[1, 2, 5, 10]))
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, axis="y", labelsize=9)


def _input(ax: Axes, trace: Trace, sequence: int, edges: Array, label: str) -> None:
    values = np.where(real_steps(trace, sequence)[:, None], trace.x[:, sequence, :], np.nan)
    if values.shape[1] == 1:
        x = (edges[:-1] + edges[1:]) / 2
        ax.plot(x, values[:, 0], color=COLOURS["x"], lw=1.5, marker="o" if len(x) <= 30 else "", ms=4, gid="x")
        ax.set_xlim(edges[0], edges[-1])
        ax.tick_params(axis="y", labelsize=9)
        despine(ax)
    else:
        limit = nice_limit(np.nan_to_num(values))
        rows = np.arange(values.shape[1] + 1) - 0.5
        ax.pcolormesh(edges, rows, values.T, cmap=SIGNED_MAP, vmin=-limit, vmax=limit, gid="x")
        _rows(ax, edges, values.shape[1])
    hatch(ax, trace, sequence, edges, cover=True)
    ax.set_title(f"input {label}", color=COLOURS["x"], loc="left", size=10.5, weight="bold", pad=3)
