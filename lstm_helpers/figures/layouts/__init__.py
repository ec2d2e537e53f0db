"""The diagrams as plain data: one module a cell, each with ``LAYOUT`` and ``numbers``.

A new cell's diagram is a new module here and its line in ``LAYOUTS``.
"""

from types import MappingProxyType, ModuleType

from lstm_helpers import cells
from lstm_helpers.figures.layouts import coupled, gru, gru_before, lstm, original, peephole, rnn
from lstm_helpers.figures.layouts.base import SIZES, Layout, Node, Note, Piece, Point, Wire, node_of, polyline

LAYOUTS: MappingProxyType[type, ModuleType] = MappingProxyType(
    {
        cells.lstm.Step: lstm,
        cells.rnn.Step: rnn,
        cells.original.Step: original,
        cells.peephole.Step: peephole,
        cells.coupled.Step: coupled,
        cells.gru.Step: gru,
        cells.gru_before.Step: gru_before,
    }
)

__all__ = ["LAYOUTS", "SIZES", "Layout", "Node", "Note", "Piece", "Point", "Wire", "node_of", "polyline"]
