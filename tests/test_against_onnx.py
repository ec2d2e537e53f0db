"""The forward pass against ONNX Runtime, live, on random weights and unsorted lengths, in float32."""

import numpy as np
import pytest

from lstm_helpers import unroll
from lstm_helpers.cells import lstm
from tests import onnx_lstm

SIZES = [(1, 1, 1, 1), (7, 3, 2, 5), (20, 4, 8, 16), (3, 5, 1, 32), (50, 2, 3, 4), (12, 6, 10, 1)]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_outputs_and_last_states_agree(size):
    T, B, D, H = size
    rng = np.random.default_rng([2, *size])
    params = lstm.init(rng, D, H, dtype=np.float32)
    limit = 1 / np.sqrt(H)
    params = params._replace(b=rng.uniform(-limit, limit, 4 * H).astype(np.float32))
    xs = rng.normal(size=(T, B, D)).astype(np.float32)
    state = lstm.State(*rng.normal(size=(2, B, H)).astype(np.float32))
    lengths = rng.integers(1, T + 1, B)
    mask = np.arange(T)[:, None] < lengths
    trace = unroll(lstm, params, xs, state, mask)
    Y, Y_h, Y_c = onnx_lstm.run(params, xs, state, lengths)
    assert np.abs(trace.h - Y)[mask].max() <= 1e-6
    assert np.abs(trace.state.h - Y_h).max() <= 1e-6
    assert np.abs(trace.state.c - Y_c).max() <= 1e-6
    assert np.all(Y[~mask] == 0.0), "ONNX Runtime no longer pads with zeros: say so where the book does"
