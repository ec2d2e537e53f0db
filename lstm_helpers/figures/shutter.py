"""A switch as a shutter in the way of a value: how much is let through, seen as a thickness."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from lstm_helpers.activations import sigmoid, sigmoid_slope, tanh, tanh_slope
from lstm_helpers.figures.style import COLOURS, INK, PALE, despine, number, own_axes, panels, width_of

CURVES = ("sigmoid", "tanh")
_LIMIT = 2.3  # of the values drawn; more leaves the picture


def draw_gated_value(value: float, gate: float, *, symbol: str = "o", ax: Axes | None = None) -> Axes:
    """Draw a value that meets a shutter, and what gets through: gate × value.

    Parameters
    ----------
    value : float
        What comes in, drawn as a thickness from 0; pictures compare between -2 and 2.
    gate : float
        The part that is let through, -1 to 1. Below 0 it comes out on the other side of 0.
    symbol : str
        "i", "f", "o" or "g": for the colour.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If the gate is outside -1..1, or a number is not finite.
    """
    if not np.isfinite(value):
        raise ValueError(f"value is {value}; expected a finite number: its thickness is drawn")
    if not -1.0 <= gate <= 1.0:
        raise ValueError(f"gate is {gate}; expected -1 to 1: what sigmoid or tanh gives")
    ax = own_axes(4.5, 3.2) if ax is None else ax
    passed, colour = gate * value, COLOURS[symbol]
    ax.set(xlim=(0, 10), ylim=(-_LIMIT, _LIMIT), xticks=[], yticks=[-2, -1, 0, 1, 2])
    ax.axhline(0, color=PALE, lw=0.8, zorder=0)
    ax.add_patch(Rectangle((0.2, 0), 4.4, value, facecolor=INK, alpha=0.16, lw=0, gid="value"))
    ax.add_patch(Rectangle((5.2, 0), 4.6, passed, facecolor=colour, alpha=0.75, lw=0, gid="passed"))
    end = _LIMIT if np.copysign(1.0, value) > 0 else -_LIMIT
    start = passed if passed * value > 0 else 0.0
    ax.add_patch(Rectangle((4.6, start), 0.6, end - start, facecolor=INK, lw=0, gid="shutter"))
    _write(ax, 2.4, value, f"value {number(value)}")
    between = "\n" if width_of(ax) < 170 else " "
    _write(ax, 7.5, passed, f"× {number(gate)}{between}= {number(passed)}")
    ax.spines["bottom"].set_visible(False)
    despine(ax)
    return ax


def _write(ax: Axes, x: float, level: float, words: str) -> None:
    """Write on the side of 0 on which nothing is drawn."""
    below = np.copysign(1.0, level) > 0
    ax.text(x, -0.14 if below else 0.14, words, ha="center", va="top" if below else "bottom", size=10.5)


def draw_soft_gate(value: float, logit: float, *, curve: str = "sigmoid", ax: Axes | None = None) -> Axes:
    """Draw a logit on its curve, with the slope there, and beside it what the switch does to a value.

    Parameters
    ----------
    value, logit : float
        What comes in, and what sets the switch.
    curve : {"sigmoid", "tanh"}
        What bends the logit.
    ax : matplotlib Axes or None
        Where to draw; the two plots become its ``child_axes``, labelled "curve" and "shutter". None makes a figure.

    Raises
    ------
    ValueError
        If the curve is neither, or a number is not finite.
    """
    if curve not in CURVES:
        raise ValueError(f"curve is {curve!r}; expected one of {', '.join(map(repr, CURVES))}")
    if not np.isfinite(logit):
        raise ValueError(f"logit is {logit}; expected a finite number: a point on the curve")
    ax = own_axes(9.0, 3.2) if ax is None else ax
    two = panels(ax, ("curve", "shutter"), across=True, gap=0.1)
    reach = max(8.0, abs(logit))
    z = np.linspace(-reach, reach, 321)
    left, symbol = two["curve"], "o" if curve == "sigmoid" else "g"
    left.set(xlim=(-reach, reach), ylim=(-1.15, 1.15), yticks=[-1, 0, 1], xlabel="logit z")
    left.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5, steps=[1, 2, 4, 10]))
    left.axhline(0, color=PALE, lw=0.8, zorder=0)
    for name, bend in (("sigmoid", sigmoid), ("tanh", tanh)):
        chosen = name == curve
        left.plot(z, bend(z), color=INK if chosen else PALE, lw=2.2 if chosen else 1.2, zorder=2 + chosen, gid=name)
    bend, slope_from = (sigmoid, sigmoid_slope) if curve == "sigmoid" else (tanh, tanh_slope)
    gate = float(bend(logit))
    run = np.array([-1.5, 1.5])
    left.plot(logit + run, gate + float(slope_from(gate)) * run, color=COLOURS["x"], lw=2, zorder=4, gid="slope")
    left.plot([logit], [gate], "o", color=COLOURS[symbol], mec=INK, ms=9, zorder=5, gid="point")
    left.set_title(f"{curve}({number(logit)}) = {number(gate)}", size=10.5, loc="left")
    despine(left)
    draw_gated_value(value, gate, symbol=symbol, ax=two["shutter"])
    return ax
