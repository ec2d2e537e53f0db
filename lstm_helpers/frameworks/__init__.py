"""The same weights elsewhere: to and from PyTorch, Keras and ONNX, so that what was learned here is not locked in.

    module = to_torch(layer, params)               layer, params = from_torch(module)
    layers = to_keras(layer, params)               layer, params = from_keras(layers)
    file = to_onnx(model, params)                  model, params = from_onnx(file)

``layouts`` says how each of them keeps a cell's weights, in NumPy alone: ``pack`` and ``unpack`` need nothing
installed. The others import their framework when they are called; ``presence`` says what is missing.
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
