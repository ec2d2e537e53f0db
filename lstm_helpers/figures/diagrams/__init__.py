"""Diagrams: data, one artist, and two ways to show what it drew.

Write a diagram as a ``Layout`` (``base``). It has no coordinates: name the columns from left to right and the rows from
top to bottom, put each node at a column and a row, and say which nodes wires join. A wire that turns names its corners
in ``via``; one that passes ``under`` others gets a gap there. A label (``Note``) stands beside a wire. The edges of a
cell's box (``Frame``) are columns and rows too. Parts, symbols and keys of numbers are names; ``numbers`` of the same
module computes them from a real step. ``near`` moves a column or row nearer to the one before it, or further away.

    columns=("past", "left", "sum", "tanh", "right", "future"), rows=("roof", "state", "floor", "below"),
    nodes=(Node("h_previous", "state", ("past", "state"), "h", "$h_{t-1}$", "h_previous"), …),
    wires=(Wire("h_previous", "sum", "h", "h_previous"), …)

A network is a small block of a few nodes, ``repeated`` over time steps and layers; the wires between the copies are
added to the result.

``scene(layout, width)`` is the artist: it gives every mark its place and size, for a page or a phone. ``Values`` holds
the numbers, words and the highlighted part. ``to_axes(scene, values, ax)`` shows both in matplotlib, ``to_svg(scene,
values)`` as vectors with text that can be selected; ``describe(layout, values)`` says the same in words. A widget sends
scenes as SVG, and its script fills in other numbers.
"""

from types import MappingProxyType, ModuleType

from lstm_helpers import cells
from lstm_helpers.figures.diagrams import cifg, gru, gru_reset_before, lstm, lstm_no_forget, peephole, rnn
from lstm_helpers.figures.diagrams.artist import scene
from lstm_helpers.figures.diagrams.base import (
    CellStep,
    Equations,
    Frame,
    Layout,
    Node,
    Note,
    Piece,
    Wire,
    node_of,
    note_of,
    repeated,
    wire_of,
)
from lstm_helpers.figures.diagrams.marks import Scene
from lstm_helpers.figures.diagrams.plot import to_axes
from lstm_helpers.figures.diagrams.svg import to_svg
from lstm_helpers.figures.diagrams.values import Values, describe

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

__all__ = [
    "LAYOUTS",
    "CellStep",
    "Equations",
    "Frame",
    "Layout",
    "Node",
    "Note",
    "Piece",
    "Scene",
    "Values",
    "Wire",
    "describe",
    "node_of",
    "note_of",
    "repeated",
    "scene",
    "to_axes",
    "to_svg",
    "wire_of",
]
