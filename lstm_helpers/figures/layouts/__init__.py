"""The diagrams as plain data: one module per cell, each with ``LAYOUT`` and ``numbers``.

To add a diagram, add a module here and its line in ``LAYOUTS``.
"""

from types import MappingProxyType, ModuleType

from lstm_helpers import cells
from lstm_helpers.figures.layouts import cifg, gru, gru_reset_before, lstm, lstm_no_forget, peephole, rnn
from lstm_helpers.figures.layouts.base import SIZES, CellStep, Layout, Node, Note, Piece, Point, Wire, node_of, polyline

LAYOUTS: MappingProxyType[type, ModuleType] = MappingProxyType(
    {
        cells.lstm.Step: lstm,
        cells.rnn.Step: rnn,
        cells.lstm_no_forget.Step: lstm_no_forget,
        cells.peephole.Step: peephole,
        cells.cifg.Step: cifg,
        cells.gru.Step: gru,
        cells.gru_reset_before.Step: gru_reset_before,
    }
)

__all__ = ["LAYOUTS", "SIZES", "CellStep", "Layout", "Node", "Note", "Piece", "Point", "Wire", "node_of", "polyline"]
