"""A run that lost part of its state, laid over the run that did not."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lstm_helpers.figures.axes import Labels, edges_of, label_time
from lstm_helpers.figures.diagram import check_index
from lstm_helpers.figures.style import (
    COLOURS,
    DASHES,
    INK,
    PALE,
    End,
    despine,
    label_ends,
    nice_limit,
    own_axes,
    panels,
)

LOST = {"nothing": (), "h": ("h",), "c": ("c",), "both": ("h", "c")}


def draw_ablation(
    original: Any,
    ablated: Any,
    at: int,
    zeroed: str,
    *,
    unit: int = 0,
    labels: Labels | None = None,
    answer: str = "yes",
    ax: Axes | None = None,
) -> Axes:
    """Draw c and h of one unit and the network's answer, as they were and as they are without part of the state.

    Parameters
    ----------
    original, ablated : runs
        Fields c, h (T, H) and p (T,), the chance of the answer after each step.
    at : int
        The step, from 0, before which the part was set to zero.
    zeroed : {"nothing", "h", "c", "both"}
        What was.
    unit : int
        Which of the H units.
    labels : sequence of str, optional
        T words for the time axis. None counts steps from 1.
    answer : str
        What p is the chance of.
    ax : matplotlib Axes or None
        Where to draw; the two plots become its ``child_axes``, labelled "states" and "answer". None makes a figure.

    Raises
    ------
    ValueError
        If the runs differ in shape, or at, zeroed, unit or labels do not fit them.
    """
    shape = np.shape(original.c)
    if np.shape(ablated.c) != shape or len(shape) != 2:
        raise ValueError(f"ablated.c has shape {np.shape(ablated.c)}; expected that of original.c, (T, H), {shape}")
    if zeroed not in LOST:
        raise ValueError(f"zeroed is {zeroed!r}; expected one of {', '.join(map(repr, LOST))}")
    check_index("at", at, shape[0])
    check_index("unit", unit, shape[1])
    edges = edges_of(shape[0], labels)
    ax = own_axes(9.0, 4.4) if ax is None else ax
    two = panels(ax, ("states", "answer"), ratios=(2.0, 1.0))
    limit = nice_limit([run.c[:, unit] for run in (original, ablated)])
    two["states"].set(
        xlim=(edges[0] - 0.6, edges[-1]), ylim=(-1.08 * limit, 1.08 * limit), ylabel=f"c and h, unit {unit}"
    )
    two["answer"].set(xlim=(edges[0] - 0.6, edges[-1]), ylim=(-0.06, 1.06), yticks=[0, 0.5, 1], ylabel=f"p({answer})")
    two["states"].axhline(0, color=PALE, lw=0.8, zorder=0)
    two["answer"].axhline(0.5, color=PALE, lw=0.8, zorder=0)
    states = two["states"], "ch", (original.c[:, unit], original.h[:, unit]), (ablated.c[:, unit], ablated.h[:, unit])
    for panel, names, were, are in (states, (two["answer"], "p", (original.p,), (ablated.p,))):
        ends = []
        for name, was, now in zip(names, were, are, strict=True):
            look: dict[str, Any] = {"color": COLOURS.get(name, INK), "ls": DASHES.get(name, "solid")}
            panel.plot(np.arange(1, shape[0] + 1), was, alpha=0.3, lw=1.6, gid=f"{name} left alone", **look)
            panel.plot(*_path(now, at, name in LOST[zeroed], name != "p"), lw=2.2, gid=name, **look)
            ends.append(End(edges[-1], float(now[-1]), name, look["color"]))
        label_ends(panel, ends)
        label_time(panel, shape[0], labels, "step")
        if LOST[zeroed]:
            panel.axvline(at + 0.5, color=INK, lw=1.0, ls=(0, (1, 2)), gid="cut")
        despine(panel)
    two["states"].set_xlabel("")
    two["states"].tick_params(axis="x", labelbottom=False)
    ax.set_title(_title(zeroed, at, labels), size=10.5, loc="left")
    return ax


def _path(values: Any, at: int, lost: bool, starts_at_zero: bool) -> tuple[Any, Any]:
    """Give the points of a line that falls to zero half a step before step `at`, if it was lost there."""
    steps, values = np.arange(1.0, len(values) + 1), np.asarray(values, dtype=float)
    if starts_at_zero:
        steps, values, at = np.append(0.0, steps), np.append(0.0, values), at + 1
    if lost:
        where = steps[at] - 0.5
        steps, values = np.insert(steps, at, [where, where]), np.insert(values, at, [values[at - 1], 0.0])
    return steps, values


def _title(zeroed: str, at: int, labels: Labels | None) -> str:
    if not LOST[zeroed]:
        return "nothing set to zero"
    step = f"step {at + 1}" if labels is None else f"{labels[at]}"
    return f"{' and '.join(LOST[zeroed])} set to zero before “{step}” (pale: left alone)"
