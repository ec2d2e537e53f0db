"""The cells: one module each, all with the same four functions (see ``base``).

``ablated.Ablated`` makes further cells from the LSTM by ablating one part.
"""

from lstm_helpers.cells import cifg, gru, gru_reset_before, lstm, lstm_no_forget, peephole, rnn

__all__ = ["cifg", "gru", "gru_reset_before", "lstm", "lstm_no_forget", "peephole", "rnn"]
