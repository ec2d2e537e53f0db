"""The package behind the book: an LSTM built from its components, checked, and drawn.

Each module imports only from the floors below it: numbers, cell, time, tasks, figures, widgets.
"""

from lstm_helpers.through_time import backpropagate, unroll

__version__ = "0.1.0"

__all__ = ["__version__", "backpropagate", "unroll"]
