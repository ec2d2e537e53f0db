"""Change one input of a bidirectional layer and see which outputs of each direction change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.figures.style import AMOUNT_MAP
from lstm_helpers.interventions import moved_outputs
from lstm_helpers.through_time import unroll
from lstm_helpers.widgets.base import HouseWidget, Whole, as_bytes, colours_of, counts
from lstm_helpers.widgets.scripts import script

MOST = 24  # steps, because each has a cell in a row
DIRECTIONS = ("forward", "backward")


class MovedOutputs(HouseWidget):
    """Show which outputs of the forward and of the backward direction change when the reader changes one input.

    Every change is computed when the widget is made, by ``interventions.moved_outputs``.

    Parameters
    ----------
    params : pair of lstm.Params
        The weights of ``Bidirectional(lstm)``, forward first.
    xs : array (T, 1, D)
        One sequence of at most 24 steps.
    labels : sequence of str, optional
        One word per step.
    at : int
        The input that is changed first, counted from 0; 1 is added to all its numbers.

    Raises
    ------
    ValueError
        If ``xs`` is not one sequence, is too long, or ``labels`` do not fit it.
    traitlets.TraitError
        If ``at`` is out of range, here or when it is set later.
    """

    _esm = script("moved_outputs.js")
    _inches = (7.5, 2.0)
    at = Whole(0).tag(sync=True)
    _moved = traitlets.Dict().tag(sync=True)
    _labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _map = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)

    def __init__(
        self,
        params: tuple[lstm.Params, lstm.Params],
        xs: Array,
        labels: Sequence[str] | None = None,
        at: int = 0,
        **kwargs: object,
    ) -> None:
        if np.ndim(xs) != 3 or xs.shape[1] != 1 or not 1 <= len(xs) <= MOST:
            raise ValueError(f"xs has shape {np.shape(xs)}; expected (T, 1, D), one sequence of at most {MOST} steps")
        if labels is not None and len(labels) != len(xs):
            raise ValueError(f"labels has {len(labels)} entries; expected {len(xs)}, one for each step")
        there, back = params
        self._table = {
            "forward": moved_outputs(lambda some: unroll(lstm, there, some).h, xs),
            "backward": moved_outputs(lambda some: unroll(lstm, back, some[::-1]).h[::-1], xs),
        }
        super().__init__(
            _moved={name: as_bytes(table) for name, table in self._table.items()},
            _labels=[str(label) for label in labels or range(1, len(xs) + 1)],
            _map=colours_of(AMOUNT_MAP),
            **kwargs,
        )
        self.begin(at=at)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        return f"MovedOutputs({len(self._labels)} steps, at={self.at})"

    @property
    def moved(self) -> dict[str, Array]:
        """The size of each output's change, by direction, (T,)."""
        return {name: table[self.at] for name, table in self._table.items()}

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        there, back = (_range(row) for row in self.moved.values())
        return (
            f"Input {self.at + 1} of {len(self._labels)} is changed. In the forward direction {there}; "
            f"in the backward direction {back}. All other outputs are exactly the same."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw both rows at the current setting."""
        ax, rows = figure.add_subplot(), np.array(list(self.moved.values()))
        ax.imshow(rows / max(float(rows.max()), 1e-300), cmap=AMOUNT_MAP, vmin=0, vmax=1, aspect="auto")
        ax.set(yticks=(0, 1), yticklabels=DIRECTIONS, xticks=range(len(self._labels)), xticklabels=self._labels)
        ax.set_title(f"outputs that change when input {self.at + 1} is changed", loc="left", size=10)
        for (k, t), value in np.ndenumerate(rows):
            if value == 0:
                ax.text(t, k, "0", ha="center", va="center", size=9)

    _check_at = counts("at", lambda widget: len(widget._labels), "inputs count from 0")


def _range(row: Array) -> str:
    """Say which outputs change."""
    moving = np.flatnonzero(row) + 1
    if moving.size == 1:
        return f"output {moving[0]} changes"
    return f"outputs {moving[0]} to {moving[-1]} change" if moving.size else "no output changes"
