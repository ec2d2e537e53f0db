"""Proof that the suite would notice every wrong pass, that each shows the symptom it is labelled with, and that the
diagnosis finds it: by name if it is a fault, and down to the line if it is not."""

import re

import numpy as np
import pytest

from lstm_helpers import faults, gradcheck, gradient_flow, through_time
from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.gradcheck import relative_error
from lstm_helpers.runtime import COLUMNS
from tests import laws

LAWS = laws.FOR_ANY_CELL + laws.FOR_THE_LSTM
NAMES = [fault.name for fault in faults.FAULTS]
EVERY = pytest.mark.parametrize("fault", faults.FAULTS, ids=NAMES)


def broken_laws(cell, engine):
    broken = []
    for law in LAWS:
        try:
            law(cell, engine)
        except AssertionError:
            broken.append(law.__name__)
    return broken


def test_the_right_code_breaks_no_law():
    assert broken_laws(lstm, through_time) == []
    assert broken_laws(faults.WrongCell(), faults.WrongEngine()) == []


@EVERY
def test_every_wrong_pass_is_caught(fault):
    assert broken_laws(fault.cell, fault.engine)


def test_the_catalogue_holds_every_kind_of_fault():
    assert len(set(NAMES)) == len(NAMES) >= 8
    assert all(fault.symptom.endswith(".") and ":" in fault.symptom for fault in faults.FAULTS)
    assert len({fault.symptom for fault in faults.FAULTS}) == len(NAMES)
    assert faults.fault_named("cell_state_squashed").wrong is faults.FAULTS[2].wrong
    with pytest.raises(ValueError, match="name is 'cell_state'; expected one of swapped_forget"):
        faults.fault_named("cell_state")


# Each symptom, as its label says it

PARAMS, XS, START, D_HS, D_STATE = laws.case(lstm, 3, 2, 2, 3, seed=9)
ONE = (XS[:1, :1], tree_map(lambda a: a[:1], START), D_HS[:1, :1])
STILL = tree_map(np.zeros_like, PARAMS)  # no weights at all: what is left is set by the biases


def gates(i=0.0, f=0.0, g=0.0, o=0.0):
    return STILL._replace(b=np.repeat([i, f, g, o], 3).astype(float))


def both(fault, params, xs, start=None, d_hs=None, d_state=None):
    """Run the wrong backward pass and the right one over the right forward pass."""
    trace = through_time.unroll(lstm, params, xs, start)
    d_hs = np.zeros_like(trace.h) if d_hs is None else d_hs
    wrong = fault.engine.backpropagate(fault.cell, params, trace, d_hs, d_state)
    return wrong, through_time.backpropagate(lstm, params, trace, d_hs, d_state)


def unroll(fault, *arguments, **options):
    return fault.engine.unroll(fault.cell, *arguments, **options)


def blocks(back):
    return dict(zip("ifgo", np.split(back.params.b, 4), strict=True))


def only_wrong_at_one_step(fault, *bad):
    wrong, right = both(fault, PARAMS, *ONE)
    for name in ("W_x", "W_h", "b"):
        pairs = zip(*(np.split(getattr(back.params, name), 4, axis=-1) for back in (wrong, right)), strict=True)
        off = {k for k, (a, b) in zip("ifgo", pairs, strict=True) if relative_error(a, b) > 1e-6}
        assert off == set(bad), name
    return blocks(wrong), blocks(right)


def weights_right_for_one_step_only(fault):
    only_wrong_at_one_step(fault)
    wrong, right = both(fault, PARAMS, XS, START, D_HS)
    assert relative_error(wrong.params, right.params) > 1e-3
    return wrong, right


def swapped_forget_and_input(fault):
    full = tree_map(np.ones_like, START)
    assert through_time.unroll(lstm, gates(f=5), np.zeros((20, 2, 2)), full).c[-1].min() > 0.8
    assert unroll(fault, gates(f=5), np.zeros((20, 2, 2)), full).c[-1].max() < 1e-5


def output_without_tanh(fault):
    full = START._replace(c=np.full_like(START.c, 3.0))
    assert unroll(fault, gates(f=9, o=9), np.zeros((1, 2, 2)), full).h.min() > 2.9


def cell_state_squashed(fault):
    full = START._replace(c=np.full_like(START.c, 2.0))
    closed = gates(i=-100, f=100)
    assert np.all(through_time.unroll(lstm, closed, np.zeros((50, 2, 2)), full).c == 2.0)
    assert unroll(fault, closed, np.zeros((50, 2, 2)), full).c[-1].max() < 0.2


def blocks_read_in_another_order(fault):
    wrong = unroll(fault, PARAMS, XS, START)[0]
    z = np.split(XS[0] @ PARAMS.W_x + START.h @ PARAMS.W_h + PARAMS.b, 4, axis=1)
    assert relative_error((wrong.g, wrong.o), (tanh(z[3]), sigmoid(z[2]))) < 1e-14


def blocks_initialised_alike(fault):
    params = fault.cell.init(np.random.default_rng(0), 2, 3, forget_bias=0.0)
    step = lstm.forward(params, START, XS[0])
    assert relative_error((step.i, step.i), (step.f, step.o)) < 1e-15
    assert relative_error(sigmoid(np.arctanh(step.g)), step.i) < 1e-12


def state_not_carried(fault):
    other = np.concatenate([XS[:1] + 1.0, XS[1:]])
    a, b = unroll(fault, PARAMS, XS, START), unroll(fault, PARAMS, other, START)
    assert np.array_equal(a.h[1:], b.h[1:]) and np.abs(a.h[0] - b.h[0]).max() > 1e-4


def mask_ignored(fault):
    longer, mask = np.concatenate([XS, np.zeros_like(XS)]), np.arange(6)[:, None] < np.full(2, 3)
    short, padded = unroll(fault, PARAMS, XS), unroll(fault, PARAMS, longer, mask=mask)
    assert np.array_equal(padded.h[:3], short.h) and np.abs(padded.state.h - short.state.h).max() > 1e-3


def state_never_reset(fault):
    engine = fault.engine
    first, second = (engine.unroll(lstm, PARAMS, XS) for _ in range(2))
    assert np.abs(first.h - second.h).max() > 1e-2
    assert np.array_equal(unroll(fault, PARAMS, XS).h, first.h)  # a new visitor finds the fault as it was


def tanh_derivative_forgotten(fault):
    wrong, right = only_wrong_at_one_step(fault, "i", "f", "g")
    assert all(np.all(np.abs(wrong[k]) > np.abs(right[k])) for k in "ifg")


def hidden_path_forgotten(fault):
    wrong, right = only_wrong_at_one_step(fault, "i", "f", "g")
    assert all(np.all(wrong[k] == 0) for k in "ifg") and np.array_equal(wrong["o"], right["o"])


def cell_state_path_forgotten(fault):
    weights_right_for_one_step_only(fault)
    last = np.concatenate([np.zeros_like(D_HS[:2]), D_HS[2:]])
    wrong, right = both(fault, gates(i=1, f=1, g=1, o=1), XS, START, last)
    assert np.all(wrong.state.c == 0) and np.all(right.state.c != 0)


def dh_overwritten_too_early(fault):
    only_wrong_at_one_step(fault, "i", "f", "g")


def cell_state_gradient_dropped(fault):
    weights_right_for_one_step_only(fault)
    wrong, right = both(fault, gates(i=1, f=1, g=1, o=1), XS, START, D_HS, D_STATE)
    assert np.all(wrong.state.c == 0) and np.all(right.state.c != 0)
    last = np.concatenate([np.zeros_like(D_HS[:2]), D_HS[2:]])
    wrong, right = both(fault, PARAMS._replace(W_h=np.zeros_like(PARAMS.W_h)), XS, START, last)
    assert np.all(wrong.xs[:2] == 0) and np.all(right.xs[:2] != 0)


def forget_gate_skipped(fault):
    weights_right_for_one_step_only(fault)
    wrong, right = both(fault, gates(f=-1), np.zeros((100, 2, 2)), START, None, D_STATE._replace(h=0 * D_STATE.h))
    assert np.array_equal(wrong.state.c, D_STATE.c) and np.abs(right.state.c).max() < 1e-50


def cell_state_off_by_one(fault):
    only_wrong_at_one_step(fault, "f")
    wrong, right = both(fault, PARAMS, ONE[0], None, ONE[2])
    assert np.all(blocks(right)["f"] == 0) and np.all(blocks(wrong)["f"] != 0)


def derivative_applied_twice(fault):
    wrong, right = only_wrong_at_one_step(fault, "i")
    assert np.all(np.abs(wrong["i"]) < np.abs(right["i"]))


def sigmoid_derivative_for_candidate(fault):
    only_wrong_at_one_step(fault, "g")
    trace = through_time.unroll(lstm, PARAMS, XS[:1], START)
    for b in range(2):
        wrong, right = both(fault, PARAMS, XS[:1, b : b + 1], tree_map(lambda a, b=b: a[b : b + 1], START), ONE[2])
        assert np.array_equal(blocks(wrong)["g"] * blocks(right)["g"] < 0, trace.g[0, b] < 0)
    assert np.any(trace.g < 0) and np.any(trace.g > 0)


def derivative_at_the_output(fault):
    only_wrong_at_one_step(fault, "i", "f", "o")


def recurrent_weights_transposed(fault):
    weights_right_for_one_step_only(fault)


def hidden_gradient_dropped(fault):
    weights_right_for_one_step_only(fault)
    wrong, _ = both(fault, PARAMS, XS, START, None, D_STATE._replace(h=0 * D_STATE.h))
    trace = through_time.unroll(lstm, PARAMS, XS, START)
    assert np.all(wrong.state.h == 0)
    assert relative_error(wrong.state.c, D_STATE.c * trace.f.prod(axis=0)) < 1e-14


def bias_gradient_never_written(fault):
    wrong, right = both(fault, PARAMS, XS, START, D_HS, D_STATE)
    assert np.all(wrong.params.b == 0) and np.all(right.params.b != 0)
    assert relative_error(wrong, right._replace(params=right.params._replace(b=wrong.params.b))) == 0.0


def recurrent_weights_see_new_h(fault):
    wrong, right = both(fault, PARAMS, XS, START, D_HS, D_STATE)
    assert relative_error(wrong, right._replace(params=right.params._replace(W_h=wrong.params.W_h))) == 0.0
    wrong, right = both(fault, PARAMS, XS[:1], None, D_HS[:1])
    assert np.all(right.params.W_h == 0) and np.any(wrong.params.W_h != 0, axis=0)[:3].all()


def divided_by_batch_size(fault):
    wrong, right = both(fault, PARAMS, XS, START, D_HS, D_STATE)
    assert all(np.array_equal(2 * a, b) for a, b in zip(wrong.params, right.params, strict=True))
    wrong, right = both(fault, PARAMS, XS[:, :1], tree_map(lambda a: a[:1], START), D_HS[:, :1])
    assert relative_error(wrong, right) == 0.0


def gradient_cut_in_time(fault):
    weights_right_for_one_step_only(fault)
    last = np.concatenate([np.zeros_like(D_HS[:2]), D_HS[2:]])
    wrong, right = both(fault, PARAMS, XS, START, last)
    assert np.all(wrong.xs[:2] == 0) and np.all(right.xs[:2] != 0)


def gradient_overwritten(fault):
    wrong, right = both(fault, PARAMS, XS, START, D_HS, D_STATE)
    first = through_time.unroll(lstm, PARAMS, XS, START)[0]
    want, _, _ = lstm.backward(PARAMS, first, tree_map(lambda a: a[0], right.states))
    assert relative_error(wrong.params, want) < 1e-14 and relative_error(wrong[1:], right[1:]) == 0.0


def last_output_only(fault):
    last = np.concatenate([np.zeros_like(D_HS[:2]), D_HS[2:]])
    assert relative_error(*both(fault, PARAMS, XS, START, last, D_STATE)) == 0.0
    assert relative_error(*both(fault, PARAMS, XS, START, D_HS, D_STATE)) > 1e-2


def accumulators_not_reset(fault):
    engine = fault.engine
    trace = through_time.unroll(lstm, PARAMS, XS, START)
    first, second = (engine.backpropagate(lstm, PARAMS, trace, D_HS) for _ in range(2))
    assert relative_error(first, through_time.backpropagate(lstm, PARAMS, trace, D_HS)) == 0.0
    assert all(np.array_equal(2 * a, b) for a, b in zip(first.params, second.params, strict=True))


@EVERY
def test_every_symptom_is_true(fault):
    globals()[fault.name](fault)


# Examination and diagnosis


def test_the_right_code_has_no_fault():
    for seed, sizes in enumerate([(2, 3), (1, 2), (4, 6)]):
        pattern = faults.examine(inputs=faults.random_inputs(np.random.default_rng(seed), *sizes))
        assert pattern.right and pattern.errors.shape == (len(faults.FORWARD + faults.BACKWARD), len(faults.COLUMNS))
        verdict = faults.diagnose(pattern)
        assert verdict.right and repr(verdict) == "No fault found: every number is right in every situation."


def test_what_counts_as_right_in_an_examination_is_what_complex_step_finds():
    """An engine whose backward pass is complex step, and so shares no line with the one examined, has no fault."""

    def backpropagate(cell, params, trace, d_hs, d_state=None):
        zero = tree_map(np.zeros_like, trace.start) if d_state is None else d_state
        loss = laws.loss_of(through_time, lstm, d_hs, zero, trace.mask)
        return through_time.Backward(*gradcheck.complex_step(loss, (params, trace.x, trace.start)), states=None)

    assert faults.examine(backpropagate=backpropagate).right


def unwrapped(answer):
    return " ".join(repr(answer).split())


@pytest.mark.parametrize("seed, D, H", [(0, 2, 3), (1, 1, 2), (2, 3, 5)])
def test_the_diagnosis_names_every_fault(seed, D, H):
    case = faults.random_inputs(np.random.default_rng(seed), D, H)
    for fault in faults.FAULTS:
        pattern = faults.examine(fault.cell, fault.engine, inputs=case)
        verdict = faults.diagnose(pattern)
        assert verdict.name == fault.name and verdict.symptom == fault.symptom
        assert not pattern.right and not verdict.right
        assert fault.name in repr(verdict) and fault.symptom in unwrapped(verdict)
        assert max(map(len, repr(verdict).splitlines())) <= COLUMNS
        if seed == 0:
            assert repr(verdict) == repr(faults.diagnose(faults.examine(fault.cell, fault.engine, inputs=case)))


WHERE = {
    "swapped_forget_and_input": ("c",),
    "output_without_tanh": ("h",),
    "cell_state_squashed": ("c",),
    "blocks_read_in_another_order": ("g", "o"),
    "blocks_initialised_alike": ("init",),
    "state_not_carried": ("the loop over time, forward",),
    "mask_ignored": ("the mask, forward",),
    "state_never_reset": ("where the state should start from zero",),
    "tanh_derivative_forgotten": ("dc",),
    "hidden_path_forgotten": ("dc",),
    "cell_state_path_forgotten": ("dc",),
    "dh_overwritten_too_early": ("dc",),
    "cell_state_gradient_dropped": ("d_previous.c",),
    "forget_gate_skipped": ("d_previous.c",),
    "cell_state_off_by_one": ("df", "dz"),
    "derivative_applied_twice": ("di", "dz"),
    "sigmoid_derivative_for_candidate": ("dg", "dz"),
    "derivative_at_the_output": ("dz",),
    "recurrent_weights_transposed": ("d_previous.h",),
    "hidden_gradient_dropped": ("d_previous.h",),
    "bias_gradient_never_written": ("d_params.b",),
    "recurrent_weights_see_new_h": ("d_params.W_h",),
    "divided_by_batch_size": ("what is summed over the batch",),
    "gradient_cut_in_time": ("the loop over time, backward",),
    "gradient_overwritten": ("the loop over time, backward",),
    "last_output_only": ("the loop over time, backward",),
    "accumulators_not_reset": ("where the gradients should start from zero",),
}


@EVERY
def test_the_reading_points_to_the_line_without_knowing_the_fault(fault):
    assert faults.diagnose(faults.examine(fault.cell, fault.engine)).lines == WHERE[fault.name]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gradient_overwritten", "each step's contribution is right, their sum is not"),
        ("last_output_only", "the gradient of the earlier outputs is lost"),
        ("gradient_cut_in_time", "the gradient is not passed on from step to step"),
        ("hidden_path_forgotten", "only the part that comes from h is"),
        ("cell_state_path_forgotten", "only the part d_state.c is"),
        ("derivative_at_the_output", "the derivative of sigmoid"),
        ("divided_by_batch_size", "With one sequence everything is right, with two W_x, W_h, b is wrong."),
        ("accumulators_not_reset", "the same call repeated is wrong in W_x, W_h, b."),
        ("state_never_reset", "So the state of the previous call must have been stored and reused."),
        ("swapped_forget_and_input", "c is wrong after one step, though all gates are right"),
        ("output_without_tanh", "h is wrong after one step, though gates and c are right"),
        ("blocks_read_in_another_order", "g and o are wrong after one step"),
        ("mask_ignored", "Something is wrong only with a mask"),
    ],
)
def test_the_reading_says_what_tells_two_faults_apart(name, says):
    fault = faults.fault_named(name)
    assert says in unwrapped(faults.diagnose(faults.examine(fault.cell, fault.engine)))


def broken_at(line, distort):
    """Make a backward pass with one line distorted, or two such as "dc and do", as a reader might break it."""

    def backward(params, step, d_state):
        def put(name, value):
            return distort(value) if name in line.split(" and ") else value

        tanh_c = tanh(step.c)
        do = put("do", d_state.h * tanh_c)
        dc = put("dc", d_state.c + d_state.h * step.o * tanh_derivative(tanh_c))
        di, df, dg = put("di", dc * step.g), put("df", dc * step.previous.c), put("dg", dc * step.i)
        derivatives = [
            sigmoid_derivative(step.i),
            sigmoid_derivative(step.f),
            tanh_derivative(step.g),
            sigmoid_derivative(step.o),
        ]
        dz = [put(f"derivative of {k}", d * s) for k, d, s in zip("ifgo", (di, df, dg, do), derivatives, strict=True)]
        dz = put("dz", np.concatenate(dz, axis=1))
        d_params = lstm.Params(
            put("d_params.W_x", step.x.T @ dz),
            put("d_params.W_h", step.previous.h.T @ dz),
            put("d_params.b", dz.sum(axis=0)),
        )
        d_previous = lstm.State(put("d_previous.h", dz @ params.W_h.T), put("d_previous.c", dc * step.f))
        return d_params, d_previous, put("d_x", dz @ params.W_x.T)

    return backward


LINES = "do dc di df dg dz d_params.W_x d_params.W_h d_params.b d_previous.h d_previous.c d_x".split()
DISTORTIONS = {
    "doubled": lambda a: 2 * a,
    "its sign lost": lambda a: -a,
    "nothing": np.zeros_like,
    "a little off": lambda a: 1.001 * a,
    "its last number off": lambda a: a * (np.arange(a.size).reshape(a.shape) < a.size - 1),
    "not a number": lambda a: np.full_like(a, np.nan),
}


def test_the_breakable_pass_is_right_while_it_is_whole():
    assert faults.examine(backward=broken_at("", None)).right


@pytest.mark.parametrize("how", [how for how in DISTORTIONS if how != "its last number off"])
@pytest.mark.parametrize("line", LINES)
def test_the_diagnosis_names_a_broken_line(line, how):
    verdict = faults.diagnose(faults.examine(backward=broken_at(line, DISTORTIONS[how])))
    assert verdict.lines[0] == line, verdict
    assert set(verdict.lines) <= {line, "dz"}


@pytest.mark.parametrize("line", ["d_params.W_x", "d_params.W_h", "d_params.b", "d_previous.h", "d_previous.c", "d_x"])
def test_one_wrong_number_is_enough(line):
    verdict = faults.diagnose(faults.examine(backward=broken_at(line, DISTORTIONS["its last number off"])))
    assert verdict.lines == (line,) and verdict.name == ""
    assert repr(verdict).startswith("A fault that is not in the catalogue.\nThe pattern shows:\n- ")


@pytest.mark.parametrize("block", "ifgo")
def test_a_wrong_derivative_points_to_dz(block):
    verdict = faults.diagnose(faults.examine(backward=broken_at(f"derivative of {block}", lambda a: 3 * a)))
    assert verdict.lines == (f"d{block}", "dz") and verdict.name == ""


@pytest.mark.parametrize("blocks", ["ifo", "ifgo", "ig", "go"])
def test_only_a_fault_in_all_gates_is_blamed_on_the_derivative_of_sigmoid(blocks):
    def distort(dz):
        return np.concatenate(
            [3 * d if k in blocks else d for k, d in zip("ifgo", np.split(dz, 4, axis=1), strict=True)], 1
        )

    reading = " ".join(faults.diagnose(faults.examine(backward=broken_at("dz", distort))).reading)
    assert ("the derivative of sigmoid" in reading) == (blocks == "ifo")
    assert ("the derivatives or the order of all four blocks" in reading) == (blocks == "ifgo")


def test_the_same_fault_in_other_code_is_recognised():
    verdict = faults.diagnose(faults.examine(backward=broken_at("d_previous.c", np.zeros_like)))
    assert verdict.name == "cell_state_gradient_dropped"


def test_two_faults_are_both_pointed_at():
    def backward(params, step, d_state):
        d_params, d_previous, d_x = broken_at("df", np.negative)(params, step, d_state)
        return d_params, d_previous._replace(c=2 * d_previous.c), d_x

    assert faults.diagnose(faults.examine(backward=backward)).lines == ("df", "dz", "d_previous.c")
    assert faults.diagnose(faults.examine(backward=broken_at("dc and do", np.negative))).lines == ("dc", "do")
    assert faults.diagnose(faults.examine(backward=broken_at("di and dg", np.negative))).lines == ("di", "dg", "dz")


def test_a_gradient_that_stops_before_the_start_is_not_passed_on_and_no_wrong_sum():
    def backpropagate(cell, params, trace, d_hs, d_state=None):
        back = through_time.backpropagate(cell, params, trace, d_hs, d_state)
        if len(trace) == 1:
            return back
        return back._replace(state=lstm.State(*(a[0] for a in back.states)))

    verdict = faults.diagnose(faults.examine(backpropagate=backpropagate))
    assert verdict.lines == ("the loop over time, backward",)
    assert "the gradient is not passed on from step to step" in unwrapped(verdict)
    assert "of these only the weights' gradients" not in unwrapped(verdict)


def test_only_wrong_blocks_of_stored_gradients_are_named():
    calls = []

    def backpropagate(cell, params, trace, d_hs, d_state=None):
        back = through_time.backpropagate(cell, params, trace, d_hs, d_state)
        calls.append(trace)
        blocks = (np.arange(12) < 6) & (len(calls) > 1)  # i and f, of three units
        return back._replace(params=back.params._replace(W_h=np.where(blocks, 2, 1) * back.params.W_h))

    verdict = faults.diagnose(faults.examine(backpropagate=backpropagate))
    assert "the same call repeated is wrong in W_h.i, W_h.f." in unwrapped(verdict)


def test_two_wrong_gates_and_a_wrong_d_c_do_not_blame_dc():
    """With dc wrong the candidate would be wrong too, and it is right."""

    def backward(params, step, d_state):
        def distort(dz):
            return np.concatenate(
                [(3 if k in "if" else 1) * d for k, d in zip("ifgo", np.split(dz, 4, 1), strict=True)], 1
            )

        d_params, d_previous, d_x = broken_at("dz", distort)(params, step, d_state)
        return d_params, d_previous._replace(c=2 * d_previous.c), d_x

    lines = faults.diagnose(faults.examine(backward=backward)).lines
    assert lines == ("di", "df", "dz", "d_previous.c")


def test_the_pattern_reads_as_a_table():
    fault = faults.fault_named("cell_state_off_by_one")
    lines = repr(faults.examine(fault.cell, fault.engine)).splitlines()
    assert lines[0].split() == " ".join(faults.COLUMNS).split() and lines[1].split() == ["forward"] + 9 * ["·"]
    rows = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert rows["W_x.i"][2] == "·" and float(rows["W_x.f"][2]) > 0.01
    assert max(map(len, lines)) <= COLUMNS


def test_a_wrong_guess_gets_the_first_difference():
    fault = faults.fault_named("cell_state_off_by_one")
    pattern = faults.examine(fault.cell, fault.engine)
    assert faults.guess(pattern, "cell_state_off_by_one").passed
    no = faults.guess(pattern, "derivative_applied_twice")
    first_difference = "it would make W_x.i in the column “1 step” wrong, and here it is right."
    assert not no.passed and f"Not derivative_applied_twice: {first_difference}" in no.message
    for other in NAMES:
        answer = faults.guess(pattern, other)
        assert answer.passed == (other == "cell_state_off_by_one")
        assert max(map(len, repr(answer).splitlines())) <= COLUMNS
    same_places = faults.guess(
        faults.examine(backward=broken_at("df", np.negative)), "cell_state_off_by_one"
    )  # at the first step of all, the two differ: c_0 = 0
    assert not same_places.passed
    twice = faults.guess(faults.examine(backward=broken_at("di", lambda a: 2 * a)), "derivative_applied_twice")
    assert "it fails in the same places, but by different amounts" in twice.message
    with pytest.raises(ValueError, match="name is 'it'; expected one of"):
        faults.guess(pattern, "it")


# What is refused


def writes_into_d_state(params, step, d_state):
    dc = d_state.c
    dc += d_state.h * step.o * tanh_derivative(tanh(step.c))
    return lstm.backward(params, step, d_state)


REFUSED = {
    "backward writes into an array it was given": lambda: faults.examine(backward=writes_into_d_state),
    "the gradient of x has shape (2, 1, 3); expected (2, 1, 2)": lambda: faults.examine(
        backward=lambda p, s, d: (*lstm.backward(p, s, d)[:2], np.zeros((len(s.x), 3)))
    ),
    "hidden_size is 1; expected 2 or more": lambda: faults.random_inputs(np.random.default_rng(0), 2, 1),
    "input_size is 0; expected a whole number": lambda: faults.random_inputs(np.random.default_rng(0), 0, 2),
    "rng is 0; expected a numpy Generator": lambda: faults.random_inputs(0),
}


@pytest.mark.parametrize("message", REFUSED)
def test_bad_arguments_are_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()


def test_an_error_in_the_readers_code_is_raised_unchanged():
    def backward(params, step, d_state):
        raise ValueError("operands could not be broadcast together")

    with pytest.raises(ValueError, match=r"^operands could not be broadcast together"):
        faults.examine(backward=backward)


def test_truncation_to_single_steps_is_a_fault():
    trace = through_time.unroll(lstm, PARAMS, XS, START)
    wrong = faults.fault_named("gradient_cut_in_time").engine.backpropagate(lstm, PARAMS, trace, D_HS)
    assert relative_error(wrong, gradient_flow.truncated(lstm, PARAMS, trace, D_HS, 1)) == 0.0
