"""Choose a faulty backward pass, and see which gradients are wrong in which experiment."""

from __future__ import annotations

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers import faults
from lstm_helpers.arrays import Array
from lstm_helpers.faults.examination import RIGHT
from lstm_helpers.figures import draw_fault_pattern
from lstm_helpers.figures.style import AMOUNT_MAP, number
from lstm_helpers.widgets.base import HouseWidget, as_bytes, colours_of, one_of
from lstm_helpers.widgets.scripts import script

FAULTS = tuple(one.name for one in faults.FAULTS if one.replaces in ("backward", "backpropagate"))


class FaultPicker(HouseWidget):
    """Show the relative errors of all gradients for one faulty backward pass.

    Every pass is examined when the widget is made, by ``faults.examine``.

    Parameters
    ----------
    fault : str
        The name of a faulty backward pass, from ``faults.FAULTS``.
    experiment : str
        One of ``faults.COLUMNS``, whose gradients are counted.

    Raises
    ------
    traitlets.TraitError
        If ``fault`` or ``experiment`` does not exist, here or when it is set later.
    """

    _esm = script("fault_picker.js")
    _inches = (7.5, 3.6)
    fault = traitlets.Unicode(FAULTS[0]).tag(sync=True)
    experiment = traitlets.Unicode("1 step").tag(sync=True)
    _errors = traitlets.Bytes().tag(sync=True)
    _names = traitlets.Dict().tag(sync=True)
    _map = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)

    def __init__(self, fault: str = FAULTS[0], experiment: str = "1 step", **kwargs: object) -> None:
        chosen = [faults.fault_named(name) for name in FAULTS]
        self._patterns = {one.name: faults.examine(one.cell, one.engine) for one in chosen}
        # An infinite error or NaN counts as the largest error.
        table = np.array([np.nan_to_num(p.errors[len(faults.FORWARD) :], nan=1.0) for p in self._patterns.values()])
        self._table = np.where(table < RIGHT, 0.0, np.minimum(table, 1e9))
        super().__init__(
            _errors=as_bytes(self._table),
            _names={"faults": list(FAULTS), "rows": list(faults.BACKWARD), "columns": list(faults.COLUMNS)},
            _map=colours_of(AMOUNT_MAP),
            **kwargs,
        )
        self.begin(fault=fault, experiment=experiment)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        return f"FaultPicker({self.fault!r}, experiment={self.experiment!r})"

    @property
    def errors(self) -> Array:
        """The relative error of every gradient in every experiment, rows as faults.BACKWARD; 0 where it is correct."""
        return np.asarray(self._table[FAULTS.index(self.fault)])

    @property
    def words(self) -> str:
        """The sentence below the table."""
        column = self.errors[:, faults.COLUMNS.index(self.experiment)]
        blind = [name for k, name in enumerate(faults.COLUMNS) if not self.errors[:, k].any()]
        unseen = f" Not detected by: {', '.join(blind)}." if blind else " Every experiment detects the fault."
        wrong = int((column > 0).sum())
        count, asked = len(column), f"In the experiment “{self.experiment}”,"
        if not wrong:
            return f"{asked} all {count} gradients are correct: it does not detect the fault.{unseen}"
        worst = int(column.argmax())
        which = f"{'is wrong:' if wrong == 1 else 'are wrong, most of all'} {faults.BACKWARD[worst]}"
        size = number(float(column[worst]))
        return f"{asked} {wrong} of {count} gradients {which}, with a relative error of {size}.{unseen}"

    def draw_static(self, figure: Figure) -> None:
        """Draw the whole pattern."""
        draw_fault_pattern(self._patterns[self.fault], ax=figure.add_subplot())

    _check_fault = one_of("fault", lambda widget: FAULTS)

    _check_experiment = one_of("experiment", lambda widget: faults.COLUMNS)
