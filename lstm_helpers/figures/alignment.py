"""Attention weights as a map: a row for each token that was written, a column for each source token."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import AMOUNT_MAP, INK, Look, ink_on, number, own_axes

NUMBERS_UP_TO = 130  # cells; with more, the cells are too small for numbers
LEAST_WRITTEN = 0.05


def draw_alignment(
    source: Sequence[str],
    answer: Sequence[str],
    weights: ArrayLike,
    *,
    at: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw attention weights as a map from 0 to 1. Source tokens run left to right, written tokens top to bottom.

    The weights are written in the squares; where these are too many, a scale beside the map says what the colours mean.

    Parameters
    ----------
    source : sequence of str
        S tokens that the decoder can attend to, words or characters; a space is drawn as ␣.
    answer : sequence of str
        T tokens that the decoder wrote.
    weights : array (T, S)
        The attention weight of each source position at each written token, or another fraction, such as how often the
        written token changes when that source token is replaced. Each from 0 to 1.
    at : int, optional
        The row to frame, counted from 0.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If tokens and weights do not fit, or a weight is not from 0 to 1.
    """
    source, answer, table = check_alignment(source, answer, weights)
    T, S = table.shape
    if at is not None and not 0 <= at < T:
        raise ValueError(f"at is {at}; expected 0 to {T - 1}, the row of a written token")
    words = max(map(len, source)) > 1
    ax = own_axes(min(9.0, 2.2 + (0.62 if words else 0.27) * S), 0.9 + 0.27 * T + 0.3 * words) if ax is None else ax
    ax.pcolormesh(np.arange(S + 1) - 0.5, np.arange(T + 1) - 0.5, table, cmap=AMOUNT_MAP, vmin=0, vmax=1, gid="weights")
    ax.set(xlim=(-0.5, S - 0.5), ylim=(T - 0.5, -0.5), xlabel="source", ylabel="written")
    slant: Look = {"rotation": 45, "ha": "left", "rotation_mode": "anchor"} if words else {}
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xticks(range(S), [visible(token) for token in source], size=10, **slant)
    ax.set_yticks(range(T), [visible(token) for token in answer], size=10)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if T * S <= NUMBERS_UP_TO:
        for (t, s), weight in np.ndenumerate(table):
            if weight >= LEAST_WRITTEN:
                ink = ink_on(to_hex(AMOUNT_MAP(weight)))
                ax.text(s, t, number(weight), ha="center", va="center", size=8.5, color=ink, gid=f"weight:{t},{s}")
    else:
        scale = ax.inset_axes((1.015, 0.0, 0.015, 1.0), label="scale")
        scale.imshow(np.linspace(1, 0, 101)[:, None], cmap=AMOUNT_MAP, aspect="auto", extent=(0, 1, 0, 1))
        scale.set(xticks=[], yticks=[0, 0.5, 1], yticklabels=["0", "0.5", "1"])
        scale.yaxis.tick_right()
        scale.tick_params(length=0, labelsize=10, pad=2)
        scale.spines[:].set_visible(False)
    if at is not None:
        ax.add_patch(Rectangle((-0.5, at - 0.5), S, 1, fill=False, edgecolor=INK, lw=1.8, gid="at", clip_on=False))
    return ax


def visible(token: str) -> str:
    """Write a token with its spaces made visible."""
    return token.replace(" ", "␣")


def check_alignment(
    source: Sequence[str], answer: Sequence[str], weights: ArrayLike, *, rows_up_to: float = np.inf
) -> tuple[tuple[str, ...], tuple[str, ...], Array]:
    """Check tokens and weights, and return them as tuples and an array."""
    for name, tokens in (("source", source), ("answer", answer)):
        if not len(tokens) or not all(isinstance(token, str) and token for token in tokens):
            raise ValueError(f"{name} is {tokens!r:.60}; expected at least one token, each a str that is not empty")
    table = np.asarray(weights, dtype=float)
    if table.shape != (len(answer), len(source)):
        raise ValueError(
            f"weights has shape {table.shape}; expected ({len(answer)}, {len(source)}): a row for each written token, "
            "a column for each source token (of one sequence, such as weights[:, 0])"
        )
    if not np.all((table >= 0) & (table <= 1 + 1e-6)):
        raise ValueError("weights holds a number outside 0 to 1; expected attention weights, or other fractions")
    if np.any(table.sum(axis=1) > rows_up_to + 1e-6):
        raise ValueError("weights has a row that adds up to more than 1; expected attention weights, as softmax gives")
    return tuple(source), tuple(answer), table
