"""Intervene on a network; find the units and inputs that an output depends on."""

from lstm_helpers.interventions.attribution import (
    Fading,
    correlations,
    fading,
    moved_outputs,
    saliency,
    spectral_radius,
)
from lstm_helpers.interventions.clamping import (
    FEEDS,
    LOWEST,
    Clamped,
    GatedState,
    apply_gates,
    check_clamped,
    clamp_gates,
    steady_state,
)

__all__ = [
    "FEEDS",
    "LOWEST",
    "Clamped",
    "Fading",
    "GatedState",
    "apply_gates",
    "check_clamped",
    "clamp_gates",
    "correlations",
    "fading",
    "moved_outputs",
    "saliency",
    "spectral_radius",
    "steady_state",
]
