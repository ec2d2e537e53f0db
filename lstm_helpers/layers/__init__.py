"""Layers run cells over sequences: small frozen objects that hold neither weights nor sizes.

Every layer has the same four functions (``Layer``), so that layers can be put inside layers and inside a model.
"""

from lstm_helpers.layers.base import Layer
from lstm_helpers.layers.bidirectional import Bidirectional, BidirectionalTrace
from lstm_helpers.layers.dropout import Dropout, DropoutTrace
from lstm_helpers.layers.recurrent import Recurrent
from lstm_helpers.layers.residual import Residual, ResidualTrace
from lstm_helpers.layers.stacked import Stacked, StackedTrace

__all__ = [
    "Bidirectional",
    "BidirectionalTrace",
    "Dropout",
    "DropoutTrace",
    "Layer",
    "Recurrent",
    "Residual",
    "ResidualTrace",
    "Stacked",
    "StackedTrace",
]
