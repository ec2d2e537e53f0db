"""Coloured text, one colour per character, and the probabilities of the next character.

``draw_text`` draws it as a figure; ``style_text`` writes it as text in a page, which can be searched and copied.
"""

import html
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize, to_hex
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import (
    AMOUNT_MAP,
    COLOURS,
    GATES,
    INK,
    PALE,
    SIGNED,
    Look,
    despine,
    ink_on,
    norm_of,
    number,
    own_axes,
)

LEVELS = 12  # of colour in a styled text; few, so that rounding errors do not change the page
_VISIBLE = str.maketrans({"\n": "↵", "\t": "→"})


@dataclass(frozen=True)
class StyledText:
    """A text with a background colour for every character; a page shows it as HTML."""

    text: str
    colours: tuple[str, ...]  # "#rrggbb", one for each character

    def __repr__(self) -> str:
        return f"StyledText({len(self.text)} characters)"

    def _repr_html_(self) -> str:
        parts = []
        for colour, group in groupby(zip(self.text, self.colours, strict=True), key=lambda pair: pair[1]):
            words = "".join(character for character, _ in group)
            shown = html.escape(words).replace("\n", "↵\n")
            parts.append(f'<span style="background:{colour};color:{ink_on(colour)}">{shown}</span>')
        style = "font-family:monospace;font-size:14px;line-height:1.8;white-space:pre-wrap;overflow-wrap:anywhere"
        return f'<div style="{style}">{"".join(parts)}</div>'


def style_text(text: str, values: ArrayLike, field: str = "amount", *, limit: float | None = None) -> StyledText:
    """Give every character of a text a background colour, as ``draw_text`` does, in few levels."""
    values = _check(text, values, field, limit)
    colours, norm = _scale(values, field, limit)
    levels = np.round(norm(values) * (LEVELS - 1)) / (LEVELS - 1)
    return StyledText(text, tuple(to_hex(colours(level)) for level in np.clip(levels, 0, 1)))


def draw_text(
    text: str,
    values: ArrayLike,
    field: str = "amount",
    *,
    limit: float | None = None,
    label: str = "",
    columns: int = 80,
    at: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a text in boxes, one for each character, coloured by its value.

    Parameters
    ----------
    text : str
        T characters. A line break is drawn as ↵ and starts no new row.
    values : array (T,)
        One number for each character.
    field : str
        The colour map: "i", "f", "o" (0 to 1), "g", "h" (-1 to 1), "c" (symmetric about 0, up to the next of 1, 2, 3,
        5, 10 …), "amount" (from 0 to the largest), or "range" (from the smallest to the largest, where it matters how
        values differ and not which sign they have).
    limit : float, optional
        The upper end for "amount" or "c" instead, so that two figures can be compared; larger values get the last
        colour, and the scale says so.
    label : str
        What the values are, with their unit; written above the text, with the colour scale.
    columns : int
        The number of characters in a row.
    at : int, optional
        A character to frame, counted from 0.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If text and values do not fit, or a value is not a finite number.
    """
    values = _check(text, values, field, limit)
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise ValueError(f"columns is {columns!r}; expected a whole number from 1")
    if at is not None and not 0 <= at < len(text):
        raise ValueError(f"at is {at}; expected 0 to {len(text) - 1}, the index of a character")
    colours, norm = _scale(values, field, limit)
    rows = -(-len(text) // columns)
    ax = own_axes(9.0, 0.1 + 0.25 * (rows + 1)) if ax is None else ax
    ax.set(xlim=(0, columns), ylim=(rows, -1))
    ax.set_axis_off()
    for t, (character, value) in enumerate(zip(text, values, strict=True)):
        row, column = divmod(t, columns)
        colour = to_hex(colours(norm(value)))
        ax.add_patch(Rectangle((column, row + 0.06), 1, 0.88, facecolor=colour, lw=0, gid=f"box:{t}"))
        letter: Look = {"ha": "center", "va": "center", "family": "DejaVu Sans Mono", "color": ink_on(colour)}
        size = min(9.5, 9.0 * 80 / columns)
        ax.text(column + 0.5, row + 0.5, character.translate(_VISIBLE), size=size, gid=f"letter:{t}", **letter)
    if at is not None:
        row, column = divmod(at, columns)
        ax.add_patch(Rectangle((column, row + 0.04), 1, 0.92, fill=False, edgecolor=INK, lw=1.8, gid="at"))
    _key(ax, colours, norm, label, columns, (float(values.min()), float(values.max())))
    return ax


def _key(ax: Axes, colours: Colormap, norm: Normalize, label: str, columns: int, reached: tuple[float, float]) -> None:
    """Write the label and the colour scale, from low to high, in a row above the text."""
    low, high = float(norm.vmin or 0), float(norm.vmax or 0)
    digits = next((d for d in (0, 1) if low == round(low, d) and high == round(high, d)), 2)
    beyond = reached[0] < low - 1e-9, reached[1] > high + 1e-9
    ends = number(low, digits) + " or less" * beyond[0], number(high, digits) + " or more" * beyond[1]
    width = min(12, columns // 3)
    right = columns - len(ends[1]) - 0.5
    ax.text(0, -0.6, label, va="center", size=10.5, gid="label")
    ax.text(right - width - 0.5, -0.6, ends[0], ha="right", va="center", size=10, gid="low")
    ax.text(right + 0.5, -0.6, ends[1], va="center", size=10, gid="high")
    for k in range(width):
        colour = colours(k / (width - 1) if width > 1 else 1.0)
        ax.add_patch(Rectangle((right - width + k, -0.9), 1.02, 0.6, facecolor=colour, lw=0))


def _scale(values: Array, field: str, limit: float | None) -> tuple[Colormap, Normalize]:
    if field == "amount":
        largest = float(values.max(initial=0.0)) if limit is None else limit
        return AMOUNT_MAP, Normalize(0.0, largest or 1.0, clip=True)
    if field == "range":
        low, high = np.floor(10 * values.min()) / 10, np.ceil(10 * values.max()) / 10
        return AMOUNT_MAP, Normalize(low, high if high > low else low + 1.0, clip=True)
    colours, norm = norm_of(field, values)
    if field == "c" and limit is not None:
        norm = Normalize(-limit, limit)
    norm.clip = True
    return colours, norm


def _check(text: str, values: ArrayLike, field: str, limit: float | None) -> Array:
    values = np.asarray(values, dtype=float)
    if not isinstance(text, str) or not text:
        raise ValueError(f"text is {text!r}; expected at least one character")
    if values.shape != (len(text),):
        raise ValueError(
            f"values has shape {values.shape}; expected ({len(text)},), one for each character of the text"
        )
    if not np.all(np.isfinite(values)):
        raise ValueError("values holds NaN or infinity; expected finite numbers")
    if field not in (*GATES, *SIGNED, "amount", "range"):
        raise ValueError(f"field is {field!r}; expected one of {', '.join((*GATES, *SIGNED))}, 'amount' or 'range'")
    if limit is not None and not 0 < limit < np.inf:
        raise ValueError(f"limit is {limit!r}; expected a number above 0")
    return values


SHOWN = 12
_NAMES = {" ": "space", "\n": "line\nend"}


def draw_next_probabilities(
    letters: str, probabilities: ArrayLike, *, shown: int = SHOWN, ax: Axes | None = None
) -> Axes:
    """Draw the probabilities of the next character.

    Parameters
    ----------
    letters : str
        K characters.
    probabilities : array (K,)
        The probability of each; they add up to 1.
    shown : int
        The number of likeliest characters that get their own bar; the last bar sums up the others.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If letters and probabilities do not fit.
    """
    values = np.asarray(probabilities, dtype=float)
    if values.shape != (len(letters),) or not values.size or abs(values.sum() - 1) > 1e-6 or values.min() < 0:
        raise ValueError(f"probabilities is {values.shape}; expected {len(letters)}, one per letter, with sum 1")
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
    ax.set(ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="probability")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.tick_params(axis="x", length=0)
    despine(ax)
    return ax


def likeliest(values: np.typing.NDArray[np.float64], shown: int = SHOWN) -> list[int]:
    """Give the indices of the largest values, largest first; ties keep their order."""
    return [int(k) for k in np.argsort(-values, kind="stable")[:shown]]
