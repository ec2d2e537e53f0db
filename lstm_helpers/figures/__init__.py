"""Figures: the house style, ``draw_*`` functions that take numbers, and the diagram of a cell."""

from lstm_helpers.figures.belt import draw_belt, draw_half_lives
from lstm_helpers.figures.blocks import draw_blocks
from lstm_helpers.figures.diagram import draw_cell
from lstm_helpers.figures.lines import draw_series, draw_unit
from lstm_helpers.figures.maps import draw_gates, draw_trace
from lstm_helpers.figures.style import COLOURS, use_style
from lstm_helpers.figures.switches import draw_activations, draw_switch

__all__ = [
    "COLOURS",
    "draw_activations",
    "draw_belt",
    "draw_blocks",
    "draw_cell",
    "draw_gates",
    "draw_half_lives",
    "draw_series",
    "draw_switch",
    "draw_trace",
    "draw_unit",
    "use_style",
]
