"""Interactive figures: one class per widget, each tested against the package's functions."""

from lstm_helpers.widgets.alignment_inspector import AlignmentInspector
from lstm_helpers.widgets.backward_cell import BackwardCell
from lstm_helpers.widgets.block_order import BlockOrder
from lstm_helpers.widgets.cell_variants import CellVariants
from lstm_helpers.widgets.fading_difference import FadingDifference
from lstm_helpers.widgets.fault_picker import FaultPicker
from lstm_helpers.widgets.forecast_origin import ForecastOrigin
from lstm_helpers.widgets.gate_sliders import GateSliders
from lstm_helpers.widgets.gradient_dial import GradientDial
from lstm_helpers.widgets.live_cell import LiveCell
from lstm_helpers.widgets.live_training import LiveTraining
from lstm_helpers.widgets.loss_curve import LossCurve
from lstm_helpers.widgets.memory_ablation import MemoryAblation
from lstm_helpers.widgets.moved_outputs import MovedOutputs
from lstm_helpers.widgets.predict import Predict
from lstm_helpers.widgets.sentence_cell import SentenceCell
from lstm_helpers.widgets.soft_gate import SoftGate
from lstm_helpers.widgets.stack_gradient import StackGradient
from lstm_helpers.widgets.temperature_sampler import TemperatureSampler
from lstm_helpers.widgets.text_inspector import TextInspector

__all__ = [
    "AlignmentInspector",
    "BackwardCell",
    "BlockOrder",
    "CellVariants",
    "FadingDifference",
    "FaultPicker",
    "ForecastOrigin",
    "GateSliders",
    "GradientDial",
    "LiveCell",
    "LiveTraining",
    "LossCurve",
    "MemoryAblation",
    "MovedOutputs",
    "Predict",
    "SentenceCell",
    "SoftGate",
    "StackGradient",
    "TemperatureSampler",
    "TextInspector",
]
