"""Figures: the house style, the ``draw_*`` functions, which take numbers, and the diagram of a cell."""

from lstm_helpers.figures.alignment import draw_alignment
from lstm_helpers.figures.bidirectional import draw_bidirectional, draw_moved_outputs
from lstm_helpers.figures.cell_state import draw_cell_state, draw_half_lives
from lstm_helpers.figures.comparisons import draw_breakdown, draw_dot_plot, draw_leaderboard, draw_time_ratios
from lstm_helpers.figures.diagram import draw_backward, draw_cell
from lstm_helpers.figures.forecasts import draw_error_by_horizon, draw_forecasts, draw_series
from lstm_helpers.figures.gates import draw_activations, draw_gated_signal, draw_gated_value, draw_soft_gate
from lstm_helpers.figures.gradient_checks import draw_fault_pattern, draw_gradcheck_error
from lstm_helpers.figures.gradients import draw_gradient_bands, draw_gradient_norms
from lstm_helpers.figures.learning import draw_accuracy, draw_learning_curves, draw_success
from lstm_helpers.figures.maps import draw_both_directions, draw_field, draw_trace
from lstm_helpers.figures.seeds import draw_counts, draw_seeds
from lstm_helpers.figures.style import COLOURS, mark_level, shades, use_style
from lstm_helpers.figures.text import draw_next_probabilities, draw_text, style_text
from lstm_helpers.figures.units import draw_ablation, draw_intervention, draw_unit
from lstm_helpers.figures.weights import draw_framework_weights, draw_weight_blocks

__all__ = [
    "COLOURS",
    "draw_ablation",
    "draw_accuracy",
    "draw_activations",
    "draw_alignment",
    "draw_backward",
    "draw_bidirectional",
    "draw_both_directions",
    "draw_breakdown",
    "draw_cell",
    "draw_cell_state",
    "draw_counts",
    "draw_dot_plot",
    "draw_error_by_horizon",
    "draw_fault_pattern",
    "draw_field",
    "draw_forecasts",
    "draw_framework_weights",
    "draw_gated_signal",
    "draw_gated_value",
    "draw_gradcheck_error",
    "draw_gradient_bands",
    "draw_gradient_norms",
    "draw_half_lives",
    "draw_intervention",
    "draw_leaderboard",
    "draw_learning_curves",
    "draw_moved_outputs",
    "draw_next_probabilities",
    "draw_seeds",
    "draw_series",
    "draw_soft_gate",
    "draw_success",
    "draw_text",
    "draw_time_ratios",
    "draw_trace",
    "draw_unit",
    "draw_weight_blocks",
    "mark_level",
    "shades",
    "style_text",
    "use_style",
]
