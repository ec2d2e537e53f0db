"""Our engine computes what PyTorch and ONNX Runtime computed."""

import numpy as np
import pytest

from lstm_helpers import backpropagate, unroll
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.data import recorded
from lstm_helpers.gradcheck import relative_error

RECORDED = {lstm: recorded.lstm_cases(), rnn: recorded.rnn_cases(), gru: recorded.gru_cases()}
CASES = [(cell, case) for cell, cases in RECORDED.items() for case in cases]
IDS = [f"{cell.__name__.split('.')[-1]}-{case.name}" for cell, case in CASES]


@pytest.mark.parametrize(("cell", "case"), CASES, ids=IDS)
def test_outputs_and_last_states_equal_pytorchs(cell, case):
    trace = unroll(cell, case.params, case.xs, case.start, case.mask)
    padded_with_zeros = np.where(case.mask[:, :, None], trace.h, 0.0)
    assert relative_error(padded_with_zeros, case.hs) <= 1e-12
    assert relative_error(trace.state, case.last) <= 1e-12


@pytest.mark.parametrize(("cell", "case"), CASES, ids=IDS)
def test_every_gradient_equals_pytorchs(cell, case):
    trace = unroll(cell, case.params, case.xs, case.start, case.mask)
    back = backpropagate(cell, case.params, trace, case.d_hs, case.d_last)
    assert relative_error(back.params, case.gradients.params) <= 1e-12
    assert relative_error(back.xs, case.gradients.xs) <= 1e-12
    assert relative_error(back.state, case.gradients.start) <= 1e-12


@pytest.mark.parametrize(("cell", "case"), CASES, ids=IDS)
def test_pytorchs_weights_are_ours_transposed_with_two_biases(cell, case):
    assert np.array_equal(case.params.W_x, case.original["weight_ih_l0"].T)
    assert np.array_equal(case.params.W_h, case.original["weight_hh_l0"].T)
    b_x, b_h = case.original["bias_ih_l0"], case.original["bias_hh_l0"]
    ours = (b_x, b_h) if cell is gru else (b_x + b_h,)
    assert all(np.array_equal(a, b) for a, b in zip(case.params[2:], ours, strict=True))


def test_the_cases_cover_what_they_promise():
    for cases in RECORDED.values():
        assert len(cases) == 9
        sizes = [(*case.xs.shape, case.hs.shape[2]) for case in cases]
        assert (1, 1, 1, 1) in sizes
        for axis in range(4):
            assert any(size[axis] == 1 for size in sizes) and any(size[axis] > 1 for size in sizes)
        assert sum(not case.mask.all() for case in cases) == 1
        assert all(case.library == "PyTorch 2.13.0" for case in cases)
        assert all(array.dtype == np.float64 for case in cases for array in (*case.params, *case.start, case.hs))
    saturated = next(case for case in recorded.lstm_cases() if case.name == "saturated")
    gates = unroll(lstm, saturated.params, saturated.xs, saturated.start).f
    assert gates.min() < 1e-4 and gates.max() > 1 - 1e-4
    saturated = next(case for case in recorded.gru_cases() if case.name == "saturated")
    gates = unroll(gru, saturated.params, saturated.xs, saturated.start).z
    assert gates.min() < 1e-4 and gates.max() > 1 - 1e-4


def test_onnx_runtime_agrees_in_single_precision():
    (case,) = recorded.onnx_cases()
    assert case.library.startswith("ONNX Runtime ") and case.gradients is None and not case.mask.all()
    trace = unroll(lstm, case.params, case.xs, case.start, case.mask)
    assert trace.h.dtype == np.float32
    assert np.abs(np.where(case.mask[:, :, None], trace.h, 0) - case.hs).max() <= 1e-6
    assert relative_error(trace.state, case.last) <= 1e-6


def test_onnx_blocks_stand_in_the_order_i_o_f_c_with_two_biases():
    (case,) = recorded.onnx_cases()
    i, o, f, g = np.split(case.original["W"][0].T, 4, axis=1)
    assert np.array_equal(np.split(case.params.W_x, 4, axis=1), [i, f, g, o])
    i, o, f, g = np.split(case.original["R"][0].T, 4, axis=1)
    assert np.array_equal(np.split(case.params.W_h, 4, axis=1), [i, f, g, o])
    i, o, f, g = np.split(case.original["B"][0].reshape(2, -1).sum(axis=0), 4)
    assert np.array_equal(np.split(case.params.b, 4), [i, f, g, o])


def test_a_wrong_order_of_blocks_is_detected():
    case = recorded.lstm_cases()[5]
    i, f, g, o = np.split(case.params.W_x, 4, axis=1)
    swapped = case.params._replace(W_x=np.concatenate([i, f, o, g], axis=1))
    assert relative_error(unroll(lstm, swapped, case.xs, case.start).h, case.hs) > 1e-2


def test_recorded_arrays_are_read_only_and_small():
    for case in (*(case for _, case in CASES), *recorded.onnx_cases()):
        with pytest.raises(ValueError, match="read-only"):
            case.xs[0] = 0.0
        with pytest.raises(ValueError, match="read-only"):
            case.params.W_x[0] = 0.0
