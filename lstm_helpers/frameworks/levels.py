"""A layer in the frameworks' terms: levels on top of each other, each with one cell and the dropout below it.

Here a layer is an object that defines how cells are connected, and Dropout is a separate layer; a framework's layer
has options instead. This module translates between the two, for all of them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from lstm_helpers.arrays import Params, Tree, describe
from lstm_helpers.cells.base import Cell
from lstm_helpers.frameworks.layouts import kind_of
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent, Stacked
from lstm_helpers.layers.base import Layer
from lstm_helpers.model import Model


class Converted(NamedTuple):
    """The result of reading from a framework: ``layer, params = from_torch(module)``."""

    layer: Tree  # a layer, or a Model where an ONNX file has a readout
    params: Params


class Level(NamedTuple):
    """One recurrent layer."""

    cell: Cell
    directions: tuple[Params, ...]  # the cell's Params: one direction, or forward and backward
    recurrent_dropout: float = 0.0
    dropout: float = 0.0  # of its input, anew at every step

    @property
    def sizes(self) -> tuple[int, int]:
        """D and H."""
        return self.directions[0].W_x.shape[0], self.directions[0].W_h.shape[0]


class Levels(NamedTuple):
    """All of them, the lowest first."""

    levels: tuple[Level, ...]
    dropout: float = 0.0  # of the output


def levels_of(layer: Layer, params: Params) -> Levels:
    """Split a layer into levels.

    Raises
    ------
    ValueError
        If a layer or a cell is one that no framework has, or ``params`` do not belong to the layer.
    """
    found: list[Level] = []
    rate = 0.0
    for one, weights in _flat(layer, params):
        if isinstance(one, Dropout):
            if rate:
                raise ValueError("layer has two Dropouts on top of each other; expected at most one between two layers")
            rate = one.rate
            continue
        found.append(_level(one, weights)._replace(dropout=rate))
        rate = 0.0
    if not found:
        raise ValueError(f"layer is {layer!r}; expected at least one Recurrent in it")
    return Levels(tuple(found), rate)


def joined(stack: Levels) -> Converted:
    """Join levels into a layer: a single layer, or a Stacked of several with the Dropouts between them."""
    parts: list[tuple[Layer, Params]] = []
    for level in stack.levels:
        if level.dropout:
            parts.append((Dropout(level.dropout), ()))
        parts.append(_layer(level))
    if stack.dropout:
        parts.append((Dropout(stack.dropout), ()))
    if len(parts) == 1:
        return Converted(*parts[0])
    layers, params = zip(*parts, strict=True)
    return Converted(Stacked(*layers), tuple(params))


def _flat(layer: Layer, params: Params) -> Iterator[tuple[Layer, Params]]:
    if not isinstance(layer, Stacked):
        yield layer, params
        return
    count = len(layer.layers)
    if not isinstance(params, tuple) or hasattr(params, "_fields") or len(params) != count:
        raise ValueError(f"params is {describe(params)}; expected a tuple of {count}, one for each layer of {layer!r}")
    for one, weights in zip(layer.layers, params, strict=True):
        yield from _flat(one, weights)


def _level(layer: Layer, params: Params) -> Level:
    if isinstance(layer, Recurrent | Bidirectional):
        kind_of(layer.cell)
        both = isinstance(layer, Bidirectional)
        if both and (not isinstance(params, tuple) or hasattr(params, "_fields") or len(params) != 2):
            raise ValueError(f"params is {describe(params)}; expected a pair (forward, backward) for {layer!r}")
        directions = params if both else (params,)
        for weights in directions:
            layer.cell.zero_state(weights, 1)
        return Level(layer.cell, directions, layer.recurrent_dropout)
    hint = ": make a layer of a cell with Recurrent(cell)" if hasattr(layer, "zero_state") else ""
    if isinstance(layer, Model):
        hint = ": for a Model, pass model.layer and params.layer; only ONNX files hold its embedding and readout"
    raise ValueError(f"layer is {layer!r}; expected Recurrent, Bidirectional, Dropout or a Stacked of them{hint}")


def _layer(level: Level) -> tuple[Layer, Params]:
    if len(level.directions) == 2:
        return Bidirectional(level.cell, recurrent_dropout=level.recurrent_dropout), level.directions
    return Recurrent(level.cell, recurrent_dropout=level.recurrent_dropout), level.directions[0]
