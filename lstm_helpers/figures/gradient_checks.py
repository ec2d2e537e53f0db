"""Gradient checks: which gradients a faulty pass gets wrong, and how accurate the check itself is."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.faults import BACKWARD, COLUMNS, FORWARD, STEPS, Pattern
from lstm_helpers.figures.axes import limits, log10, log_axis, powers
from lstm_helpers.figures.style import (
    COLOURS,
    DASHES,
    FAULT_MAP,
    INK,
    PALE,
    PAPER,
    Look,
    despine,
    own_axes,
    width_of,
)

_GAP = 0.45  # between the groups, in rows
_BREAKS = tuple(len(FORWARD) + 4 * k for k in range(4))  # before each weight, and before the remaining rows


def draw_fault_pattern(pattern: Pattern, *, ax: Axes | None = None) -> Axes:
    """Draw where a pass is wrong: a row for each quantity, a column for each experiment, with its number of steps.

    Parameters
    ----------
    pattern : faults.Pattern
        The result of ``faults.examine``. A dot marks a correct value. A filled cell marks a wrong one: a darker cell
        has a larger relative error, which is written in it where there is room.
    ax : matplotlib Axes or None
        Where to draw; its frame and limits are set. None makes a figure.

    Raises
    ------
    ValueError
        If ``pattern`` is not such a pattern.
    """
    rows = (*FORWARD, *BACKWARD)
    if not isinstance(pattern, Pattern):
        raise ValueError(f"pattern is a {type(pattern).__name__}; expected what faults.examine returns")
    ax = own_axes(9.0, 6.2) if ax is None else ax
    places = np.arange(len(rows)) + _GAP * np.array([sum(k >= b for b in _BREAKS) for k in range(len(rows))])
    ax.set(xlim=(-0.5, len(COLUMNS) - 0.5), ylim=(places[-1] + 0.5, -0.5))
    size = float(np.clip(width_of(ax) / 56.0, 7.0, 11.0))
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
    ax.fill_between([x - 0.46, x + 0.46], y - 0.46, y + 0.46, color=FAULT_MAP(depth), lw=0, gid=name)
    if size < 7.5:
        return
    said = "inf" if not np.isfinite(error) else f"{error:.2g}" if error >= 0.001 else f"{error:.0e}"
    ax.text(x, y, said, ha="center", va="center", size=0.9 * size, color=PAPER if depth > 0.6 else INK)


def _labels(ax: Axes, rows: tuple[str, ...], places: Array, size: float) -> None:
    ax.set_xticks(range(len(COLUMNS)), [_heading(*column) for column in zip(COLUMNS, STEPS, strict=True)], size=size)
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


def _heading(column: str, steps: int) -> str:
    """Write a column's name, with its number of steps unless that is its name."""
    name = column.replace(" ", "\n")
    return name if "step" in column else f"{name}\n({steps} step{'s' * (steps > 1)})"


def _said(row: str) -> str:
    weight, _, block = row.partition(".")
    if weight == "start":
        return rf"${block}_0$"
    base = rf"{weight[0]}_{{{weight[2:]}}}" if "_" in weight else weight
    return f"${base}$ {block}" if block else f"${base}$"


_COMPLEX, _CENTRAL = COLOURS["o"], COLOURS["f"]


def draw_gradcheck_error(
    eps: ArrayLike, errors: ArrayLike, complex_step: ArrayLike | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw the relative error of central differences, and of the complex step, against the step ε.

    Truncation grows with ε² in both. Rounding grows with 1/ε in the central difference, which subtracts; the complex
    step subtracts nothing.

    Parameters
    ----------
    eps, errors : array (n,)
        The steps ε, above 0, and the relative error at each.
    complex_step : float or array (n,), optional
        The relative error of complex-step differentiation at each step; 0 is drawn at the lower end.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If the two differ in shape, or a step is not above 0.
    """
    eps, errors = np.asarray(eps, dtype=float), np.asarray(errors, dtype=float)
    if eps.ndim != 1 or eps.size < 2 or errors.shape != eps.shape:
        raise ValueError(f"eps has shape {eps.shape} and errors {errors.shape}; expected both (n,) with n from 2")
    if not np.all(eps > 0):
        raise ValueError("eps holds a number that is not above 0; expected steps such as 1e-12 to 1e-1")
    order = np.argsort(eps)
    x, y = np.log10(eps[order]), log10(errors[order])
    other = None if complex_step is None else np.broadcast_to(np.asarray(complex_step, dtype=float), eps.shape)[order]
    drawn = y if other is None else np.concatenate([y, log10(np.maximum(other, 1e-17))])
    ax = own_axes(9.0, 4.0) if ax is None else ax
    ax.set(xlim=(x[0], x[-1]), xlabel="step ε", ylabel="relative error")
    log_axis(ax, drawn)
    powers(ax.xaxis, *limits(x, pad=0.0), most=10 if width_of(ax) > 420 else 5)
    ax.plot(x, y, color=_CENTRAL, lw=2.4, marker="o", ms=4, gid="central difference")
    if other is not None:
        level = log10(np.maximum(other, 1e-17))
        look: Look = {"color": _COMPLEX, "lw": 2.4, "ls": DASHES["o"], "marker": "s", "ms": 4}
        ax.plot(x, level, gid="complex step", **look)
        _name(ax, x, level, "complex step", _COMPLEX)
    _name(ax, x, y, "central difference", _CENTRAL)
    best = int(np.nanargmin(y))
    mantissa, exponent = f"{errors[order][best]:.0e}".split("e")
    said = rf"best: ${mantissa} \cdot 10^{{{int(exponent)}}}$ at $\varepsilon = 10^{{{round(x[best])}}}$"
    ax.plot(x[best], y[best], "o", color=_CENTRAL, ms=9, mec=PAPER, zorder=5, gid="best")
    ax.annotate(said, (x[best], y[best]), (14, -12), textcoords="offset points", color=_CENTRAL, size=10.5)
    low, high = ax.get_ylim()
    for at, text, where in ((0.03, "rounding ∝ 1/ε", "left"), (0.97, "truncation ∝ ε²", "right")):
        ax.text(at, 0.96, text, transform=ax.transAxes, ha=where, va="top", color=INK, size=10.5)
    ax.set_ylim(low - 0.06 * (high - low), high + 0.1 * (high - low))
    despine(ax)
    return ax


def _name(ax: Axes, x: Array, y: Array, text: str, colour: str) -> None:
    """Write a curve's name above its left part, where the two are furthest apart."""
    at = len(x) // 6
    ax.annotate(text, (x[at], y[at]), (10, 8), textcoords="offset points", color=colour, weight="bold", va="bottom")
