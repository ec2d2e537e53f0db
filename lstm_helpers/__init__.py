"""The package behind the book: an LSTM built from its components, checked, and drawn.

Each module imports only from the layers below it: arrays, cells, engines, models, data, figures, widgets.
"""

from importlib import metadata

from lstm_helpers.through_time import backpropagate, unroll

try:
    __version__ = metadata.version("lstm_helpers")
except metadata.PackageNotFoundError:  # imported from a folder, not installed
    __version__ = "0.0.0"

__all__ = ["__version__", "backpropagate", "unroll"]
