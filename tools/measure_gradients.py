"""Measure gradients through time on a grid, for the widget of chapter 09: ``python -m tools.measure_gradients``.

Nothing is trained: each number is a spectral norm of ∂c_T/∂c_{T-lag} (LSTM) or ∂h_T/∂h_{T-lag} (RNN) of fresh
weights. About half a minute on one core.
"""

import numpy as np

from lstm_helpers.cells import lstm, rnn
from lstm_helpers.data import measured
from lstm_helpers.gradient_flow import lag_norms, scaled
from tools.training import store

SEED, INPUT_SIZE, HIDDEN_SIZE = 9, 8, 32


def spread(cell, scale, field, **options):
    """Give log10 of the least, median and greatest norm over the seeds, (3, lags + 1)."""

    def make_params(rng):
        return scaled(cell.init(rng, INPUT_SIZE, HIDDEN_SIZE, **options), scale)

    rng = np.random.default_rng(SEED)
    curves = lag_norms(rng, cell, make_params, measured.GRADIENT_LAGS, runs=measured.GRADIENT_SEEDS, of=field, by=field)
    return np.log10([curves.min(axis=0), np.median(curves, axis=0), curves.max(axis=0)])


def measure():
    """Make the whole table."""
    scales, biases = measured.GRADIENT_SCALES, measured.GRADIENT_BIASES
    cell_state = [[spread(lstm, scale, "c", forget_bias=bias) for bias in biases] for scale in scales]
    plain = [spread(rnn, scale, "h") for scale in scales]
    return measured.GradientNorms(np.array(cell_state, np.float32), np.array(plain, np.float32))


if __name__ == "__main__":
    table = measure()
    assert all(np.isfinite(part).all() for part in table)
    print("LSTM, median at the longest lag: a row for each scale, a column for each bias")
    print(np.round(table.lstm[:, :, 1, -1], 1), "RNN", np.round(table.rnn[:, 1, -1], 1), sep="\n")
    store("measured/gradients.npz", table, [SEED])
