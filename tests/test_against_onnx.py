"""The forward passes against ONNX Runtime, live, on random weights and unsorted lengths, in float32."""

import numpy as np
import pytest

from lstm_helpers import unroll
from lstm_helpers.cells import cifg, gru, gru_reset_before, lstm, peephole
from tests import laws, onnx_lstm

SIZES = [(1, 1, 1, 1), (7, 3, 2, 5), (20, 4, 8, 16), (3, 5, 1, 32), (50, 2, 3, 4), (12, 6, 10, 1)]
THEIRS = {
    lstm: onnx_lstm.run,
    peephole: onnx_lstm.run_peephole,
    cifg: onnx_lstm.run_coupled,
    gru: onnx_lstm.run_gru,
    gru_reset_before: onnx_lstm.run_gru,
}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("cell", THEIRS, ids=laws.name_of)
def test_outputs_and_last_states_agree(cell, size):
    T, B, D, H = size
    rng = np.random.default_rng([2, *size])
    params = cell.init(rng, D, H, dtype=np.float32)
    limit = 1 / np.sqrt(H)
    vectors = [rng.uniform(-limit, limit, vector.shape).astype(np.float32) for vector in params[2:]]
    params = type(params)(*params[:2], *vectors)
    xs = rng.normal(size=(T, B, D)).astype(np.float32)
    state = cell.State(*rng.normal(size=(len(cell.State._fields), B, H)).astype(np.float32))
    lengths = rng.integers(1, T + 1, B)
    mask = np.arange(T)[:, None] < lengths
    trace = unroll(cell, params, xs, state, mask)
    Y, *last = THEIRS[cell](params, xs, state, lengths)
    assert np.abs(trace.h - Y)[mask].max() <= 1e-6
    for ours, theirs in zip(trace.state, last, strict=True):
        assert np.abs(ours - theirs).max() <= 1e-6
    assert np.all(Y[~mask] == 0.0), "ONNX Runtime no longer pads with zeros: say so where the book does"
