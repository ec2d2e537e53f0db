"""Attention weights to explore: point at a written token to see how much it attends to each source token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures import draw_alignment
from lstm_helpers.figures.alignment import check_alignment
from lstm_helpers.figures.style import AMOUNT_MAP, number
from lstm_helpers.widgets.base import HouseWidget, Whole, as_bytes, colours_of, counts
from lstm_helpers.widgets.scripts import script

MOST = 60  # tokens, of the source and of the answer


class AlignmentInspector(HouseWidget):
    """Show source tokens and written tokens; the reader points at a written token by mouse or keyboard.

    Each source token shows the attention weight of that step as a colour and a number; a matrix below shows all steps.
    All weights are sent when the widget is made, so pointing needs no kernel.

    Parameters
    ----------
    source : sequence of str
        1 to 60 source tokens: words or characters.
    answer : sequence of str
        1 to 60 tokens that the decoder wrote.
    weights : array (T, S)
        A row for each written token, a column for each source token; from 0 to 1, and each row adds up to at most 1.
    at : int
        The written token that is selected first, counted from 0.

    Raises
    ------
    ValueError
        If there are too many tokens, or tokens and weights do not fit.
    traitlets.TraitError
        If ``at`` is out of range, here or when it is set later.
    """

    _esm = script("alignment_inspector.js")
    at = Whole(0).tag(sync=True)
    _tokens = traitlets.Dict().tag(sync=True)
    _weights = traitlets.Bytes(b"").tag(sync=True)
    _map = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)

    def __init__(
        self, source: Sequence[str], answer: Sequence[str], weights: ArrayLike, at: int = 0, **kwargs: object
    ) -> None:
        source, answer, self._table = check_alignment(source, answer, weights, rows_up_to=1)
        for name, tokens in (("source", source), ("answer", answer)):
            if len(tokens) > MOST:
                raise ValueError(f"{name} has {len(tokens)} tokens; expected at most {MOST}")
        self._inches = (7.5, 1.3 + 0.2 * len(answer))
        super().__init__(
            _tokens={"source": list(source), "answer": list(answer)},
            _weights=as_bytes(self._table),
            _map=colours_of(AMOUNT_MAP),
            **kwargs,
        )
        self.begin(at=at)  # after the tokens are known

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        return f"AlignmentInspector({len(self._table)} tokens from {self._table.shape[1]}, at={self.at})"

    @property
    def values(self) -> Array:
        """The attention weights of the selected token, (S,)."""
        return np.asarray(self._table[self.at])

    @property
    def words(self) -> str:
        """The sentence below the tokens."""
        row, source = self._table[self.at], self._tokens["source"]
        most = np.argsort(-row, kind="stable")[:2]
        looked = " and ".join(f"{name_of(source[s])} (token {s + 1}) with weight {number(float(row[s]))}" for s in most)
        rest = f"; all others add up to {number(float(np.delete(row, most).sum()))}" if len(row) > 2 else ""
        return (
            f"Written token {self.at + 1} of {len(self._table)} is {name_of(self._tokens['answer'][self.at])}. "
            f"It attends most to {looked}{rest}."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the whole map, with the selected row framed."""
        draw_alignment(**self._tokens, weights=self._table, at=self.at, ax=figure.add_subplot())

    _check_at = counts("at", lambda widget: len(widget._table), "written tokens count from 0")


def name_of(token: str) -> str:
    """Name a token in a sentence."""
    return "a space" if token == " " else f"“{token}”"
