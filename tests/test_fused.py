"""The fast engine gives the reference's numbers for every shape, mask, state and dtype, and leaves nothing changed."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstm_helpers import faults, fused, through_time
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.fused import lstm_loops, lstm_matrices, rnn_loops, threads
from lstm_helpers.gradcheck import relative_error
from lstm_helpers.layers import Recurrent
from tests import laws
from tests import test_through_time as reference_tests
from tests.test_through_time import D_HS, PARAMS, XS

CELLS = [lstm, rnn]


def run(engine, cell, params, xs, state, mask, d_hs, d_state):
    trace = engine.unroll(cell, params, xs, state, mask)
    return trace, engine.backpropagate(cell, params, trace, d_hs, d_state)


def frozen(tree):
    """The same tree, read-only: writing to an input raises an error."""

    def freeze(a):
        a = a.copy()
        a.flags.writeable = False
        return a

    return tree_map(freeze, tree)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    cell=st.sampled_from(CELLS),
    T=st.integers(0, 40),
    B=st.integers(1, 9),
    D=st.integers(1, 6),
    H=st.integers(1, 20),
    dtype=st.sampled_from([np.float32, np.float64]),
    masked=st.booleans(),
    carried=st.booleans(),
    seed=st.integers(0, 10**6),
)
@example(lstm, 300, 2, 1, 1, np.float64, True, True, 0)
@example(rnn, 300, 2, 1, 1, np.float64, True, True, 0)
@example(lstm, 5, 70, 3, 40, np.float64, True, True, 0)
@example(lstm, 3, 1, 1, 1, np.float64, False, False, 0)
@example(lstm, 40, 1, 3, 34, np.float32, True, True, 0)
@example(lstm, 40, 1, 3, 35, np.float32, True, True, 0)
@example(lstm, 40, 1, 3, 40, np.float64, True, True, 0)
def test_equals_the_reference(cell, T, B, D, H, dtype, masked, carried, seed):
    """Traces and gradients agree to 1e-12 in float64 and 1e-5 in float32; inputs are never written to."""
    given_ = frozen(tree_map(lambda a: a.astype(dtype), laws.case(cell, T, B, D, H, seed)))
    params, xs, state, d_hs, d_state = given_
    mask = None
    if masked:
        mask = np.random.default_rng(seed).random((T, B)) < 0.6
        xs = frozen(np.where(mask[:, :, None], xs, dtype(np.nan)))
    if not carried:
        state = d_state = None
    arguments = (cell, params, xs, state, mask, d_hs, d_state)
    (trace, back), (want_trace, want_back) = run(fused, *arguments), run(through_time, *arguments)
    tolerance = 1e-12 if dtype is np.float64 else 1e-5
    assert type(trace) is through_time.Trace and type(back) is through_time.Backward
    for got, want in ((trace.steps, want_trace.steps), (trace.state, want_trace.state), (back, want_back)):
        assert relative_error(got, want) < tolerance
        for (path, a), (_, b) in zip(leaves(got), leaves(want), strict=True):
            assert a.dtype == b.dtype == dtype and a.shape == b.shape, path
    assert relative_error(trace.start, want_trace.start) == 0.0
    if masked:
        assert np.all(back.xs[~mask] == 0.0)
        for name in set(trace.steps._fields) - {"previous", "h", "c"}:
            assert np.all(getattr(trace, name)[~mask] == 0.0), name


def backward_loops(cell, trace):
    return fused._backward_loops(fused._loops(cell), trace)


@pytest.mark.parametrize(("cell", "dtype", "B", "H", "module"), [
    (lstm, np.float64, 1, 24, lstm_matrices),
    (lstm, np.float64, 1, 25, lstm_loops),
    (lstm, np.float32, 1, 34, lstm_matrices),
    (lstm, np.float32, 1, 35, lstm_loops),
    (lstm, np.float32, 2, 1, lstm_loops),
    (rnn, np.float32, 1, 1, rnn_loops),
])  # fmt: skip
def test_only_one_sequence_of_few_units_uses_matrices(cell, dtype, B, H, module):
    params, xs, *_ = tree_map(lambda a: a.astype(dtype), laws.case(cell, 3, B, 2, H))
    assert backward_loops(cell, fused.unroll(cell, params, xs)) is module


@pytest.mark.parametrize("masked", [False, True], ids=["whole", "masked"])
@pytest.mark.parametrize(("cell", "B", "module"), [
    (lstm, 1, lstm_matrices), (lstm, 1, lstm_loops), (lstm, 3, lstm_loops), (rnn, 1, rnn_loops), (rnn, 3, rnn_loops),
], ids=lambda value: getattr(value, "__name__", str(value)).split(".")[-1])  # fmt: skip
def test_a_backward_pass_in_several_parts_of_time_equals_the_reference(cell, B, module, masked, monkeypatch):
    """Parts that are cut anywhere, the first one short, with borders in padding and in holes."""
    H = 4
    params, xs, state, d_hs, d_state = laws.case(cell, 17, B, 3, H)
    mask = np.random.default_rng(2).random((17, B)) < 0.6 if masked else None
    if masked:
        mask[13:] = False  # the last part reads nothing
    arguments = (cell, params, xs, state, mask, d_hs, d_state)
    want_trace, want = run(through_time, *arguments)
    monkeypatch.setattr(fused, "CACHE", 0)
    if module is lstm_loops:
        monkeypatch.setattr(lstm_matrices, "LARGEST", 0)
    for length in (1, 2, 4, 5, 16, 17):
        monkeypatch.setattr(fused, "ROWS", length * B)
        monkeypatch.setattr(lstm_matrices, "AT_ONCE", length * (2 * H + 1) ** 2 * 8)
        trace, back = run(fused, *arguments)
        assert backward_loops(cell, trace) is module and fused._part_length(trace, module) == length
        assert relative_error(trace.steps, want_trace.steps) < 1e-12
        assert relative_error(back, want) < 1e-12, length


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    cell=st.sampled_from(CELLS),
    T=st.integers(1, 60),
    padding=st.integers(1, 30),
    B=st.sampled_from([1, 1, 3]),
    D=st.integers(1, 8),
    H=st.integers(1, 36),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 10**6),
)
def test_padding_at_the_end_changes_no_bit_at_any_size(cell, T, padding, B, D, H, dtype, seed):
    """A product's last bits depend on how many rows it has, so no product may see the padding."""
    params, xs, state, d_hs, d_state = tree_map(lambda a: a.astype(dtype), laws.case(cell, T, B, D, H, seed))
    trace, back = run(fused, cell, params, xs, state, None, d_hs, d_state)
    longer = np.concatenate([xs, np.full((padding, B, D), np.nan, dtype)])
    read = np.repeat(np.arange(T + padding)[:, None] < T, B, axis=1)
    d_longer = np.concatenate([d_hs, np.zeros((padding, B, H), dtype)])
    padded, padded_back = run(fused, cell, params, longer, state, read, d_longer, d_state)
    cut = padded_back._replace(xs=padded_back.xs[:T], states=tree_map(lambda a: a[:T], padded_back.states))
    tree_map(np.testing.assert_array_equal, (trace.state, back), (padded.state, cut))


@pytest.mark.parametrize(("cell", "T", "B"), [(lstm, 400, 4), (rnn, 900, 4), (lstm, 300, 1)])
def test_long_runs_are_cut_at_the_default_sizes(cell, T, B):
    """The limits as they are: a run that does not fit the cache is cut, and equals the reference all the same."""
    arguments = [cell, *laws.case(cell, T, B, 2, 24)]
    arguments.insert(4, None)
    trace, back = run(fused, *arguments)
    assert fused._part_length(trace, backward_loops(cell, trace)) < T // 2, "one part only: make the run longer"
    assert relative_error(back, run(through_time, *arguments)[1]) < 1e-11


@pytest.mark.parametrize("law", laws.FOR_ANY_CELL + laws.IN_A_LAYER, ids=lambda law: law.__name__)
@pytest.mark.parametrize("cell", CELLS, ids=["lstm", "rnn"])
def test_every_law_of_any_cell_holds(law, cell):
    law(cell, fused)


@pytest.mark.parametrize("law", laws.FOR_THE_LSTM, ids=lambda law: law.__name__)
def test_every_law_of_the_lstm_holds(law):
    law(lstm, fused)


def test_it_is_what_layers_run_on():
    assert Recurrent(lstm).engine is fused


# --- whom it hands over


def test_complex_numbers_are_the_references():
    """The complex step needs them; they are handed over as they are, so the bits are the reference's."""
    params, xs, state, d_hs, d_state = laws.case(lstm, 4, 3, 2, 5)
    for case in ((params._replace(b=params.b + 1e-20j), xs, state), (params, xs + 0j, state)):
        got, want = (run(engine, lstm, *case, None, d_hs, d_state) for engine in (fused, through_time))
        assert got[0].h.dtype == np.complex128
        assert relative_error((got[0].steps, got[1]), (want[0].steps, want[1])) == 0.0
    real = fused.unroll(lstm, params, xs)
    for d_outputs, d_last in ((d_hs + 1j, d_state), (d_hs, tree_map(lambda a: a + 1j, d_state))):
        got, want = (engine.backpropagate(lstm, params, real, d_outputs, d_last) for engine in (fused, through_time))
        assert relative_error(got, want) == 0.0 and np.iscomplexobj(got.xs)


def test_a_changed_cell_is_not_mistaken_for_the_lstm():
    """A copy with another function in it is another cell, and its own functions are called."""
    params, xs, state, d_hs, d_state = laws.case(lstm, 4, 3, 2, 5)
    for fault in faults.FAULTS:
        got, want = (run(e, fault.cell, params, xs, state, None, d_hs, d_state) for e in (fused, through_time))
        assert relative_error((got[0].steps, got[1]), (want[0].steps, want[1])) == 0.0, fault.name


@pytest.mark.parametrize("cell", CELLS, ids=["lstm", "rnn"])
def test_either_engine_backpropagates_through_the_others_trace(cell):
    params, xs, state, d_hs, d_state = laws.case(cell, 20, 3, 2, 5)
    mask = np.random.default_rng(1).random((20, 3)) < 0.5
    traces = [engine.unroll(cell, params, xs, state, mask) for engine in (fused, through_time)]
    backs = [e.backpropagate(cell, params, t, d_hs, d_state) for e in (fused, through_time) for t in traces]
    assert all(relative_error(backs[0], other) < 1e-12 for other in backs[1:])


@pytest.mark.parametrize("name", ["BAD_RUNS", "BAD_GRADIENTS"])
def test_errors_are_the_references(name):
    for message, bad in getattr(reference_tests, name).items():
        if name == "BAD_RUNS":
            call = partial(fused.unroll, lstm, **(dict(params=PARAMS, xs=XS, state=None, mask=None) | bad))
        else:
            trace = fused.unroll(lstm, PARAMS, XS)
            call = partial(fused.backpropagate, lstm, PARAMS, trace, **(dict(d_hs=D_HS) | bad))
        with pytest.raises(ValueError, match=re.escape(message)):
            call()


# --- no trace of itself


@pytest.mark.parametrize("cell", CELLS, ids=["lstm", "rnn"])
def test_two_live_traces_share_nothing_and_runs_repeat_bit_for_bit(cell):
    params, xs, state, d_hs, d_state = laws.case(cell, 30, 5, 3, 8)
    trace, back = run(fused, cell, params, xs, state, None, d_hs, d_state)
    kept = tree_map(np.copy, (trace.steps, back))
    run(fused, cell, params, -xs, state, None, 2 * d_hs, d_state)
    assert relative_error((trace.steps, back), kept) == 0.0
    again = run(fused, cell, params, xs, state, None, d_hs, d_state)
    tree_map(np.testing.assert_array_equal, (again[0].steps, again[1]), kept)
    assert not any(np.shares_memory(a, b) for _, a in leaves(again[1]) for _, b in leaves((trace.steps, d_hs, d_state)))


def test_runs_at_once_do_not_disturb_each_other():
    """Eight runs in as many threads, of several sizes, give what each gives alone; BLAS is left as it was."""
    cases = [(cell, *laws.case(cell, 60, B, 3, 24)) for cell in CELLS for B in (1, 2, 5, 9)]

    def one(cell, params, xs, state, d_hs, d_state):
        return [run(fused, cell, params, xs, state, None, d_hs, d_state)[1] for _ in range(10)]

    before, alone = blas_threads(), [one(*case) for case in cases]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda case: one(*case), cases))
    assert blas_threads() == before
    tree_map(np.testing.assert_array_equal, _as_tuples(together), _as_tuples(alone))


def _as_tuples(lists):
    return tuple(tuple(runs) for runs in lists)


class FakeBlas:
    """A BLAS library as the controller shows it."""

    def __init__(self, num_threads):
        self.num_threads, self.told = num_threads, []

    def set_num_threads(self, count):
        self.num_threads = count
        self.told.append(count)


@pytest.fixture
def blas(monkeypatch):
    libraries = [FakeBlas(4), FakeBlas(7)]
    monkeypatch.setattr(threads, "_controller", lambda: SimpleNamespace(lib_controllers=libraries))
    return libraries


def blas_threads():
    return [library.num_threads for library in threads._controller().lib_controllers]


def test_blas_is_limited_inside_and_restored_after(blas):
    with threads.one_blas_thread():
        assert blas_threads() == [1, 1]
        with threads.one_blas_thread():
            assert blas_threads() == [1, 1]
        assert blas_threads() == [1, 1]
    assert blas_threads() == [4, 7] and blas[0].told == [1, 4]


def test_blas_is_restored_after_an_error_and_an_interrupt(blas, monkeypatch):
    params, xs, _, _, _ = laws.case(lstm, 4, 3, 2, 5)
    for error in (MemoryError, KeyboardInterrupt):

        def fail(*_, error=error):
            assert blas_threads() == [1, 1]
            raise error

        monkeypatch.setattr(fused.lstm_loops, "forward", fail)
        with pytest.raises(error):
            fused.unroll(lstm, params, xs)
        assert blas_threads() == [4, 7]


def test_overlapping_runs_restore_blas_once_in_any_order(blas):
    """The first to start is the first to end: BLAS stays limited for the second, and is then what it was."""
    first, second = threads.one_blas_thread(), threads.one_blas_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert blas_threads() == [1, 1]
    second.__exit__(None, None, None)
    assert blas_threads() == [4, 7]


def test_works_without_a_blas_that_can_be_limited(monkeypatch):
    monkeypatch.setattr(threads, "_controller", lambda: SimpleNamespace(lib_controllers=[]))
    params, xs, state, d_hs, d_state = laws.case(lstm, 4, 3, 2, 5)
    got, want = (run(engine, lstm, params, xs, state, None, d_hs, d_state) for engine in (fused, through_time))
    assert relative_error(got[1], want[1]) < 1e-12


def test_the_blas_of_this_numpy_is_found_and_limited():
    """Not on a Mac, whose Accelerate cannot be told; elsewhere a BLAS that is not found would be a wrong bound."""
    if sys.platform == "darwin":
        return
    libraries = threads._controller().lib_controllers
    assert libraries
    before = blas_threads()
    libraries[0].set_num_threads(2)
    try:
        with threads.one_blas_thread():
            assert set(blas_threads()) == {1}
        assert libraries[0].num_threads == 2
    finally:
        libraries[0].set_num_threads(before[0])
