"""The cells: one module each, all with the same four functions (see ``contract``).

``ablated.Without`` makes further cells of the LSTM by taking one part out of it.
"""

from lstm_helpers.cells import coupled, gru, gru_before, lstm, original, peephole, rnn

__all__ = ["coupled", "gru", "gru_before", "lstm", "original", "peephole", "rnn"]
