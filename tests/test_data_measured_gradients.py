"""The table of gradients is what the package measures, and says what chapter 09 says of it."""

import numpy as np
import pytest

from lstm_helpers.cells import lstm, rnn
from lstm_helpers.data import measured
from lstm_helpers.gradient_flow import lag_norms, scaled

TABLE = measured.gradients()
BIASES, SCALES = measured.GRADIENT_BIASES, measured.GRADIENT_SCALES


@pytest.mark.parametrize(
    ("cell", "field", "scale", "options"),
    [
        (lstm, "c", 1.0, {"forget_bias": 1.0}),
        (lstm, "c", 6.0, {"forget_bias": 4.5}),
        (rnn, "h", 0.5, {}),
        (rnn, "h", 6.0, {}),  # chaotic: what differs in the last bit grows a billion times
    ],
)
def test_entries_are_measured_again(cell, field, scale, options):
    def make_params(rng):
        return scaled(cell.init(rng, 8, 32, **options), scale)

    curves = lag_norms(np.random.default_rng(9), cell, make_params, 100, runs=10, of=field, by=field)
    stored = TABLE.rnn[SCALES.index(scale)]
    if cell is lstm:
        stored = TABLE.lstm[SCALES.index(scale), BIASES.index(options["forget_bias"])]
    for row, statistic in zip(stored, (np.min, np.median, np.max), strict=True):
        np.testing.assert_allclose(row, np.log10(statistic(curves, axis=0)), rtol=1e-6, atol=1e-3)


def test_the_table_has_no_gaps():
    for part in TABLE:
        assert part.dtype == np.float32 and np.isfinite(part).all()
        assert np.abs(part[..., 0]).max() < 1e-6  # at lag 0 every norm is 1
        assert (np.diff(part, axis=-2) >= 0).all()  # least, median, greatest


def test_a_larger_forget_bias_keeps_a_larger_gradient_until_gates_are_open():
    """At every scale, from 0 to 2.5 step by step. Beyond, the gradient grows: exploding is not cured."""
    at_end = TABLE.lstm[:, :, 1, 100]
    assert (np.diff(at_end[:, :6], axis=1) > 0).all()
    assert (at_end[:, 6:] > 0).all() and at_end.max() > 2
    assert at_end[:3, 2].max() < -4  # forget bias 1 is not enough for 100 steps


def test_the_rnn_vanishes_or_explodes_with_its_weights():
    at_end = TABLE.rnn[:, :, 100]
    assert (np.diff(at_end[:, 1]) > 0).all()
    assert at_end[SCALES.index(2.0), 2] < -3 and at_end[SCALES.index(4.0), 1] > 3


def test_scaled_multiplies_weights_and_leaves_biases():
    for dtype in (np.float32, np.float64):
        params = lstm.init(np.random.default_rng(0), 3, 4, forget_bias=2.0, dtype=dtype)
        got = scaled(params, 1.5)
        np.testing.assert_allclose(got.W_x, 1.5 * params.W_x, rtol=1e-6)
        np.testing.assert_allclose(got.W_h, 1.5 * params.W_h, rtol=1e-6)
        assert np.array_equal(got.b, params.b) and {a.dtype for a in got} == {np.dtype(dtype)}
    for factor in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="factor is"):
            scaled(params, factor)
