"""How likely each answer is to come next, as bars: the likeliest first, and all others together."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from lstm_helpers.figures.style import COLOURS, PALE, despine, own_axes

SHOWN = 12
_NAMES = {" ": "space", "\n": "line\nend"}


def draw_next_probabilities(
    letters: str, probabilities: ArrayLike, *, shown: int = SHOWN, ax: Axes | None = None
) -> Axes:
    """Draw how likely each character is to come next.

    Parameters
    ----------
    letters : str
        K characters.
    probabilities : array (K,)
        The chance of each; they add up to 1.
    shown : int
        So many of the likeliest get a bar of their own; the others share the last one.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If letters and probabilities do not fit.
    """
    values = np.asarray(probabilities, dtype=float)
    if values.shape != (len(letters),) or not values.size or abs(values.sum() - 1) > 1e-6 or values.min() < 0:
        raise ValueError(f"probabilities is {values.shape}; expected {len(letters)}, one a letter, which add up to 1")
    order = likeliest(values, shown)
    names = [_NAMES.get(letters[k], letters[k]) for k in order]
    ax = own_axes(9.0, 2.6) if ax is None else ax
    bars = ax.bar(range(len(order)), values[order], color=COLOURS["h"], width=0.8)
    for bar, k in zip(bars, order, strict=True):
        bar.set_gid(f"bar:{letters[k]}")
    if len(order) < len(values):
        names.append("the\nrest")
        (rest,) = ax.bar([len(order)], [max(1 - values[order].sum(), 0.0)], color=PALE, width=0.8)
        rest.set_gid("bar:others")
    ax.set_xticks(range(len(names)), names, size=9)
    ax.set(ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="chance")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.tick_params(axis="x", length=0)
    despine(ax)
    return ax


def likeliest(values: np.typing.NDArray[np.float64], shown: int = SHOWN) -> list[int]:
    """Give the places of the largest values, largest first; of equal ones the first comes first."""
    return [int(k) for k in np.argsort(-values, kind="stable")[:shown]]
