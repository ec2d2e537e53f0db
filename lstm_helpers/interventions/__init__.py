"""Intervene on a network and see what follows; ask which units and which inputs an output depends on."""

from lstm_helpers.interventions.attribution import correlations, moved_outputs, saliency
from lstm_helpers.interventions.clamping import LOWEST, Clamped, ClampedGates, check_clamped, clamp_gates

__all__ = [
    "LOWEST",
    "Clamped",
    "ClampedGates",
    "check_clamped",
    "clamp_gates",
    "correlations",
    "moved_outputs",
    "saliency",
]
