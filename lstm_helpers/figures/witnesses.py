"""How well a gradient can be checked: the error of central differences against their step, beside complex step."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lstm_helpers.figures.axes import limits, log10, log_axis, powers
from lstm_helpers.figures.style import COLOURS, INK, End, despine, label_ends, own_axes, width_of

_COMPLEX, _CENTRAL = COLOURS["o"], COLOURS["f"]


def draw_gradcheck_error(
    eps: ArrayLike, errors: ArrayLike, complex_step: ArrayLike | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw the relative error of central differences against their step: rounding left, truncation right.

    Parameters
    ----------
    eps, errors : array (n,)
        The steps, above 0, and the relative error found with each.
    complex_step : float or array (n,), optional
        The error of complex step, which does not depend on the step; 0 is drawn at the lower end.
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
    flat = None if complex_step is None else np.broadcast_to(np.asarray(complex_step, dtype=float), eps.shape)[order]
    drawn = y if flat is None else np.concatenate([y, log10(np.maximum(flat, 1e-17))])
    ax = own_axes(9.0, 4.0) if ax is None else ax
    ax.set(xlim=(x[0], x[-1]), xlabel="step ε", ylabel="relative error")
    log_axis(ax, drawn)
    powers(ax.xaxis, *limits(x, pad=0.0), most=10 if width_of(ax) > 420 else 5)
    ax.plot(x, y, color=_CENTRAL, lw=2.4, marker="o", ms=4, gid="central difference")
    ends = [End(float(x[-1]), float(y[-1]), "central\ndifference", _CENTRAL)]
    if flat is not None:
        level = log10(np.maximum(flat, 1e-17))
        ax.plot(x, level, color=_COMPLEX, lw=2.4, ls=(0, (6, 1.5, 1, 1.5)), gid="complex step")
        ends.append(End(float(x[-1]), float(level[-1]), "complex\nstep", _COMPLEX))
    label_ends(ax, ends)
    best = int(np.nanargmin(y))
    mantissa, exponent = f"{errors[order][best]:.0e}".split("e")
    said = rf"best: ${mantissa} \cdot 10^{{{int(exponent)}}}$ at $\varepsilon = 10^{{{round(x[best])}}}$"
    ax.plot(x[best], y[best], "o", color=_CENTRAL, ms=9, mec="white", zorder=5, gid="best")
    ax.annotate(said, (x[best], y[best]), (0, -16), textcoords="offset points", ha="center", color=_CENTRAL, size=10.5)
    low, high = ax.get_ylim()
    for at, text, where in ((0.03, "rounding ∝ 1/ε", "left"), (0.97, "truncation ∝ ε²", "right")):
        ax.text(at, 0.96, text, transform=ax.transAxes, ha=where, va="top", color=INK, size=10.5)
    ax.set_ylim(low - 0.06 * (high - low), high + 0.1 * (high - low))
    despine(ax)
    return ax
