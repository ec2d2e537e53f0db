"""Figures that answer: the book's pictures with handles, each a class, each checked against the package's functions."""

from lstm_helpers.widgets.alignment_inspector import AlignmentInspector
from lstm_helpers.widgets.backward_cell import BackwardCell
from lstm_helpers.widgets.fading_difference import FadingDifference
from lstm_helpers.widgets.fault_picker import FaultPicker
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
from lstm_helpers.widgets.temperature_sampler import TemperatureSampler
from lstm_helpers.widgets.text_inspector import TextInspector

__all__ = [
    "AlignmentInspector",
    "BackwardCell",
    "FadingDifference",
    "FaultPicker",
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
    "TemperatureSampler",
    "TextInspector",
]
