"""The cells: one module each, all with the same four functions (see ``base``).

A new cell is a module here, and its name in ``CELLS``. ``ablated.Ablated`` makes further cells from the LSTM by
ablating one part.
"""

from lstm_helpers.cells import cifg, gru, gru_reset_before, lstm, lstm_no_forget, peephole, rnn
from lstm_helpers.cells.base import Cell

CELLS: tuple[Cell, ...] = (cifg, gru, gru_reset_before, lstm, lstm_no_forget, peephole, rnn)
