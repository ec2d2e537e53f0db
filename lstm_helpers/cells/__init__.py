"""The cells: one module each, all with the same four functions (see ``contract``)."""

from lstm_helpers.cells import lstm, rnn

__all__ = ["lstm", "rnn"]
