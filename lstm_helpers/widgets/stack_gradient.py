"""Follow a gradient from the top of a stack of layers to any layer and step, with and without residual connections."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import say_power
from lstm_helpers.figures.style import AMOUNT_MAP, INK
from lstm_helpers.layers import Stacked
from lstm_helpers.widgets.base import HouseWidget, Whole, colours_of, one_of, within
from lstm_helpers.widgets.scripts import script
from lstm_helpers.widgets.stack_flow import arriving

LOWEST = -9  # the power of ten of the palest colour
MOST_LAYERS, MOST_STEPS = 12, 12  # the number that fits a phone's width


class StackGradient(HouseWidget):
    """Show how much of a gradient at the top layer's last step reaches each layer and step.

    Every number is computed when the widget is made, by ``stack_flow.arriving``; the reader selects one.

    Parameters
    ----------
    stacks : mapping of str to a pair (Stacked, its params)
        A few stacks by name, all with the same number of layers.
    xs : array (T, 1, D)
        One sequence of at most 12 steps, for all.
    d_last : array (1, H)
        The gradient at the top layer's last step.
    stack : str, optional
        The stack that is shown first.
    layer, step : int
        The selected layer and step: layer 0 is the input, the others count from 1 at the bottom; steps count from 1.

    Raises
    ------
    ValueError
        If the stacks differ in depth, or there are too many layers or steps.
    traitlets.TraitError
        If ``stack``, ``layer`` or ``step`` does not exist, here or when it is set later.
    """

    _esm = script("stack_gradient.js")
    _inches = (7.5, 3.4)
    stack = traitlets.Unicode().tag(sync=True)
    layer = Whole(0).tag(sync=True)
    step = Whole(1).tag(sync=True)
    _sizes = traitlets.Dict().tag(sync=True)
    _shape = traitlets.Dict().tag(sync=True)
    _map: Any = traitlets.List().tag(sync=True)

    def __init__(
        self,
        stacks: Mapping[str, tuple[Stacked, tuple[Any, ...]]],
        xs: Array,
        d_last: Array,
        stack: str = "",
        layer: int = 0,
        step: int = 1,
        **kwargs: object,
    ) -> None:
        depths = {len(one.layers) for one, _ in stacks.values()}
        if len(depths) != 1 or max(depths) > MOST_LAYERS or not 1 <= len(xs) <= MOST_STEPS:
            raise ValueError(
                f"stacks have {sorted(depths)} layers and xs {len(xs)} steps; expected one depth for all, "
                f"at most {MOST_LAYERS}, and 1 to {MOST_STEPS} steps"
            )
        # By stack, (layers + 1, T): the gradient at the input, then at each layer, the lowest first.
        self.tables = {name: arriving(one, params, xs, d_last) for name, (one, params) in stacks.items()}
        super().__init__(
            _sizes={name: table.astype("<f8").tobytes() for name, table in self.tables.items()},
            _shape={"layers": max(depths), "steps": len(xs), "lowest": LOWEST},
            _map=colours_of(AMOUNT_MAP),
            **kwargs,
        )
        self.begin(stack=stack or next(iter(stacks)), layer=layer, step=step)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        size = f"{self._shape['layers']} layers, {self._shape['steps']} steps"
        return f"StackGradient({size}, stack={self.stack!r}, layer={self.layer}, step={self.step})"

    @property
    def sizes(self) -> Array:
        """The table of the stack that is shown: one of `tables`."""
        return self.tables[self.stack]

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        down, back = self._shape["layers"] - self.layer, self._shape["steps"] - self.step
        where = f"layer {self.layer}" if self.layer else "the input"
        if not down and not back:
            return f"In the {self.stack} stack the gradient starts at {where}, step {self.step}, with its full size."
        size = _say(self.sizes[self.layer, self.step - 1])
        arrives = f"the gradient reaches {where} at step {self.step} with a relative size of {size}"
        begin = f"In the {self.stack} stack {arrives}, "
        if not down:
            return f"{begin}{_count(back, 'step')} back in the top layer."
        if not back:
            return f"{begin}{_count(down, 'layer')} straight down."
        straight_down, straight_back = self.sizes[self.layer, -1], self.sizes[-1, self.step - 1]
        return (
            f"{begin}{_count(down, 'layer')} down and {_count(back, 'step')} back. "
            f"Straight down only, it is {_say(straight_down)}; straight back only, {_say(straight_back)}."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the whole table, with a frame around the selected cell."""
        ax, table = figure.add_subplot(), np.log10(np.maximum(self.sizes[::-1], 1e-300))
        ax.imshow(table, cmap=AMOUNT_MAP, vmin=LOWEST, vmax=0, aspect="auto")
        layers, steps = self._shape["layers"], self._shape["steps"]
        for (k, t), log in np.ndenumerate(table):
            ink = self._map[_level(log, len(self._map))][1]
            ax.text(t, k, _power(log), ha="center", va="center", size=7.5, color=ink)
        names = [*(f"layer {k}" for k in range(layers, 0, -1)), "input"]
        ax.set(yticks=range(layers + 1), yticklabels=names, xticks=range(steps), xticklabels=range(1, steps + 1))
        ax.tick_params(labelsize=8, length=0)
        ax.set_xlabel("step", size=9)
        ax.set_title(f"{self.stack}: fraction of the gradient from layer {layers}, step {steps}", loc="left", size=10)
        place = (self.step - 1.5, layers - self.layer - 0.5)
        ax.add_patch(Rectangle(place, 1, 1, fill=False, edgecolor=INK, lw=2.2, zorder=3))

    _check_stack = one_of("stack", lambda widget: widget.tables)

    @traitlets.validate("layer")
    def _check_layer(self, proposal: traitlets.Bunch) -> int:
        return within("layer", proposal["value"], 0, self._shape["layers"], "0 is the input, the others count from 1")

    @traitlets.validate("step")
    def _check_step(self, proposal: traitlets.Bunch) -> int:
        return within("step", proposal["value"], 1, self._shape["steps"], "steps count from 1")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _say(size: float) -> str:
    return say_power(math.log10(size)) if size else "0"


def _power(log: float) -> str:
    """Round to a power of ten."""
    if log <= -300:
        return "0"
    return f"$10^{{{whole}}}$" if (whole := math.floor(log + 0.5)) else "1"


def _level(log: float, levels: int) -> int:
    return min(levels - 1, max(0, math.floor((1 - log / LOWEST) * (levels - 1) + 0.5)))
