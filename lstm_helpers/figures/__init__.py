"""Figures: the house style, ``draw_*`` functions that take numbers, and the diagram of a cell."""

from lstm_helpers.figures.ablation import draw_ablation
from lstm_helpers.figures.alignment import draw_alignment
from lstm_helpers.figures.backward import draw_backward
from lstm_helpers.figures.belt import draw_belt, draw_half_lives
from lstm_helpers.figures.blocks import draw_blocks
from lstm_helpers.figures.diagram import draw_cell
from lstm_helpers.figures.directions import draw_directions, draw_reach
from lstm_helpers.figures.flow import draw_gradient_bands, draw_gradient_norms, draw_split
from lstm_helpers.figures.forecast import draw_board, draw_errors_ahead, draw_forecasts
from lstm_helpers.figures.learning import draw_accuracy, draw_learning_curves, draw_success
from lstm_helpers.figures.lines import draw_series, draw_unit
from lstm_helpers.figures.maps import draw_gates, draw_halves, draw_trace
from lstm_helpers.figures.next import draw_next
from lstm_helpers.figures.pattern import draw_pattern
from lstm_helpers.figures.runs import draw_runs
from lstm_helpers.figures.shutter import draw_shutter, draw_soft_switch
from lstm_helpers.figures.speed import draw_ratios, draw_shares
from lstm_helpers.figures.storage import draw_storage
from lstm_helpers.figures.style import COLOURS, use_style
from lstm_helpers.figures.switches import draw_activations, draw_switch
from lstm_helpers.figures.text import draw_text, style_text
from lstm_helpers.figures.what_if import draw_what_if
from lstm_helpers.figures.witnesses import draw_ucurve

__all__ = [
    "COLOURS",
    "draw_ablation",
    "draw_accuracy",
    "draw_activations",
    "draw_alignment",
    "draw_backward",
    "draw_belt",
    "draw_blocks",
    "draw_board",
    "draw_cell",
    "draw_directions",
    "draw_errors_ahead",
    "draw_forecasts",
    "draw_gates",
    "draw_gradient_bands",
    "draw_gradient_norms",
    "draw_half_lives",
    "draw_halves",
    "draw_learning_curves",
    "draw_next",
    "draw_pattern",
    "draw_ratios",
    "draw_reach",
    "draw_runs",
    "draw_series",
    "draw_shares",
    "draw_shutter",
    "draw_soft_switch",
    "draw_split",
    "draw_storage",
    "draw_success",
    "draw_switch",
    "draw_text",
    "draw_trace",
    "draw_ucurve",
    "draw_unit",
    "draw_what_if",
    "style_text",
    "use_style",
]
