"""A text to explore: a unit's cell state at each character, and the saliency of earlier characters for a prediction."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lstm_helpers import interventions
from lstm_helpers.arrays import Array
from lstm_helpers.data.tasks import text
from lstm_helpers.data.trained import LanguageModel
from lstm_helpers.figures import draw_text
from lstm_helpers.figures.style import AMOUNT_MAP, SIGNED_MAP, nice_limit, number
from lstm_helpers.widgets.base import UnitWidget, Whole, as_bytes, colours_of, counts, one_of
from lstm_helpers.widgets.scripts import script

SHOW = ("prediction", "unit")
MOST = 400  # characters: the table of saliencies grows with the square


class TextInspector(UnitWidget):
    """Show a text that a network has read; the reader points at a character by mouse or keyboard.

    The colours are the saliency of each character for the prediction at that point, or one unit's cell state after each
    character. Bars below can show a pattern to compare the unit with. All numbers are computed when the widget is made,
    so pointing needs no kernel.

    Parameters
    ----------
    network : trained.LanguageModel
        One LSTM, such as ``trained.brackets()``.
    words : str
        2 to 400 characters. The last one is not shown: it is only the target of the last prediction.
    at, unit : int
        The character and the unit that are selected first, counted from 0.
    show : "prediction" or "unit"
        The quantity behind the colours.
    patterns : mapping, optional
        Patterns by name: a number for each character that is shown, (T,), such as the depth of brackets.
    pattern : str, optional
        The pattern that is shown as bars, "" for none; the first if left out.

    Raises
    ------
    ValueError
        If the text is too short or too long, holds a character that the network does not know, or a pattern does not
        fit it or is constant.
    traitlets.TraitError
        If ``at``, ``unit``, ``show`` or ``pattern`` does not exist, here or when it is set later.
    """

    _esm = script("text_inspector.js")
    _inches = (7.5, 2.2)
    at = Whole(0).tag(sync=True)
    show = traitlets.Unicode("prediction").tag(sync=True)
    pattern = traitlets.Unicode("").tag(sync=True)
    _patterns = traitlets.Dict().tag(sync=True)
    _numbers = traitlets.Dict().tag(sync=True)
    _words = traitlets.Unicode("").tag(sync=True)
    _maps = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        network: LanguageModel,
        words: str,
        at: int = 0,
        unit: int = 0,
        show: str = "prediction",
        patterns: Mapping[str, ArrayLike] | None = None,
        pattern: str | None = None,
        **kwargs: object,
    ) -> None:
        if not isinstance(words, str) or not 2 <= len(words) <= MOST:
            size = f"{len(words)} characters" if isinstance(words, str) else f"a {type(words).__name__}"
            raise ValueError(f"words is {size}; expected a text of 2 to {MOST} characters")
        tokens = text.encode(words, network.letters)
        self._c = network.model.forward(network.params, tokens[:-1, None]).trace.c[:, 0]
        moved = interventions.saliency(network.model, network.params, tokens[:-1], tokens[1:])
        self._moved = moved.astype(np.float32)
        T, H = self._c.shape
        self._table = {str(name): _pattern(name, values, T) for name, values in (patterns or {}).items()}
        self._along = {name: interventions.correlations(self._c, values) for name, values in self._table.items()}
        if self._table:
            self._inches = (7.5, 4.2)
        super().__init__(
            _numbers={"c": as_bytes(self._c), "moved": self._moved.astype("<f4").tobytes()},
            _size={"steps": T, "hidden": H, "limits": [nice_limit(self._c[:, k]) for k in range(H)]},
            _words=words,
            _patterns={
                name: {"values": as_bytes(values), "along": as_bytes(self._along[name])}
                for name, values in self._table.items()
            },
            _maps={"prediction": colours_of(AMOUNT_MAP), "unit": colours_of(SIGNED_MAP)},
            **kwargs,
        )
        chosen = next(iter(self._table), "") if pattern is None else pattern
        self.begin(at=at, unit=unit, show=show, pattern=chosen)  # after the size is known

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        pattern = f", pattern={self.pattern!r}" if self._table else ""
        size = f"{self._size['steps']} characters"
        return f"TextInspector({size}, at={self.at}, unit={self.unit}, show={self.show!r}{pattern})"

    @property
    def values(self) -> Array:
        """The numbers shown as colours, (T,)."""
        return np.asarray(self._moved[self.at] if self.show == "prediction" else self._c[:, self.unit], np.float64)

    @property
    def correlation(self) -> float:
        """The correlation of the unit's cell state with the pattern over this text, -1 to 1; 0 without a pattern."""
        return float(self._along[self.pattern][self.unit]) if self.pattern else 0.0

    @property
    def words(self) -> str:
        """The sentence below the text."""
        here, after = name_of(self._words[self.at]), name_of(self._words[self.at + 1])
        row = self._moved[self.at, : self.at + 1]
        most = int(row.argmax())
        back = self.at - most
        where = "this character" if not back else f"{name_of(self._words[most])}, {back} back"
        along = ""
        if self.pattern:
            value = float(self._table[self.pattern][self.at])
            along = (
                f" The pattern “{self.pattern}” is {number(value, 0 if value == int(value) else 2)} here; "
                f"over this text, c of unit {self.unit} correlates with it by {number(self.correlation)}."
            )
        return (
            f"Character {self.at + 1} of {self._size['steps']} is {here}. Unit {self.unit} then has "
            f"c = {number(self._c[self.at, self.unit])}. The next character is {after}. "
            f"Its logit depends most on {where}: the gradient has norm "
            f"{number(float(row[most]))}.{along}"
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the text at the current settings."""
        label = (
            f"saliency for the prediction after character {self.at + 1}"
            if self.show == "prediction"
            else f"c of unit {self.unit}"
        )
        field = "amount" if self.show == "prediction" else "c"
        shown = self._words[:-1]
        if not self.pattern:
            draw_text(shown, self.values, field, label=label, at=self.at, ax=figure.add_subplot())
            return
        above, below = figure.subplots(2, 1)
        draw_text(shown, self.values, field, label=label, at=self.at, ax=above)
        draw_text(shown, np.abs(self._table[self.pattern]), "amount", label=self.pattern, at=self.at, ax=below)

    _check_at = counts("at", lambda widget: widget._steps, "characters count from 0")

    _check_pattern = one_of("pattern", lambda widget: ("", *widget._table))

    _check_show = one_of("show", lambda widget: SHOW)


def _pattern(name: str, values: ArrayLike, steps: int) -> Array:
    """Check a pattern: one finite number for each character."""
    pattern = np.asarray(values, dtype=np.float64)
    if not name or pattern.shape != (steps,):
        raise ValueError(
            f"patterns[{name!r}] has shape {pattern.shape}; expected ({steps},), a name and one number for each "
            "character but the last, which is not shown"
        )
    return pattern


def name_of(character: str) -> str:
    """Name a character in a sentence."""
    return {" ": "a space", "\n": "a line break"}.get(character, f"“{character}”")
