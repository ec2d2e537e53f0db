"""Conversion of weights to and from PyTorch, Keras and ONNX, so that a model trained here can be used elsewhere.

    module = to_torch(layer, params)               layer, params = from_torch(module)
    layers = to_keras(layer, params)               layer, params = from_keras(layers)
    file = to_onnx(model, params)                  model, params = from_onnx(file)

``layouts`` describes how each framework stores a cell's weights. It uses NumPy alone: ``pack`` and ``unpack`` need no
framework. The other functions import their framework when they are called; ``presence`` says which are missing.
"""

from lstm_helpers.frameworks.keras_layers import from_keras, to_keras
from lstm_helpers.frameworks.layouts import pack, unpack
from lstm_helpers.frameworks.levels import Converted
from lstm_helpers.frameworks.onnx_reading import from_onnx
from lstm_helpers.frameworks.onnx_writing import to_onnx
from lstm_helpers.frameworks.presence import HOW, PACKAGES, missing, need, optional
from lstm_helpers.frameworks.torch_modules import from_torch, to_torch

__all__ = [
    "HOW",
    "PACKAGES",
    "Converted",
    "from_keras",
    "from_onnx",
    "from_torch",
    "missing",
    "need",
    "optional",
    "pack",
    "to_keras",
    "to_onnx",
    "to_torch",
    "unpack",
]
