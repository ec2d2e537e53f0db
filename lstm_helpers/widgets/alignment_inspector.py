"""A translation one can point at: the tokens that the decoder attended to light up, each with its weight."""

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

MOST = 60  # tokens on either side


class AlignmentInspector(HouseWidget):
    """Show a source and what was written from it; the reader points at a written token, by mouse or by keyboard.

    Behind the source's tokens stand that step's attention weights, as colour and as number; below, those of all steps.
    They are given when the widget is made; pointing needs no kernel.

    Parameters
    ----------
    source : sequence of str
        1 to 60 tokens that were read: words or characters.
    answer : sequence of str
        1 to 60 tokens that were written.
    weights : array (T, S)
        A row for each written token, a column for each that was read; from 0 to 1, a row adds up to 1 or less.
    at : int
        Which written token is pointed at first, from 0.

    Raises
    ------
    ValueError
        If there are too many tokens, or tokens and weights do not fit.
    traitlets.TraitError
        If ``at`` is not there, here or when it is set later.
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
                raise ValueError(f"{name} has {len(tokens)} tokens; expected at most {MOST}, which can be pointed at")
        self._inches = (7.5, 1.3 + 0.2 * len(answer))
        super().__init__(
            _tokens={"source": list(source), "answer": list(answer)},
            _weights=as_bytes(self._table),
            _map=colours_of(AMOUNT_MAP),
            **kwargs,
        )
        self.begin(at=at)  # after the tokens are known

    def __repr__(self) -> str:
        """Write what is shown, the same on every machine."""
        return f"AlignmentInspector({len(self._table)} tokens from {self._table.shape[1]}, at={self.at})"

    @property
    def values(self) -> Array:
        """The weights behind the colours, (S,)."""
        return np.asarray(self._table[self.at])

    @property
    def words(self) -> str:
        """The sentence below the tokens."""
        row, source = self._table[self.at], self._tokens["source"]
        most = np.argsort(-row, kind="stable")[:2]
        looked = " and ".join(f"{name_of(source[s])} (token {s + 1}) with weight {number(float(row[s]))}" for s in most)
        rest = f"; the other {len(row) - 2} share {number(float(np.delete(row, most).sum()))}" if len(row) > 2 else ""
        return (
            f"Written token {self.at + 1} of {len(self._table)} is {name_of(self._tokens['answer'][self.at])}. "
            f"It attends most to {looked}{rest}."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the whole map, the row that is pointed at framed."""
        draw_alignment(**self._tokens, weights=self._table, at=self.at, ax=figure.add_subplot())

    _check_at = counts("at", lambda widget: len(widget._table), "written tokens count from 0")


def name_of(token: str) -> str:
    """Say a token."""
    return "a space" if token == " " else f"“{token}”"
