"""The right answers pass, each usual wrong one is recognised by name, and no answer whatever breaks the checker."""

import dataclasses
import math
import warnings
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import exercises, unroll
from lstm_helpers.activations import half_life, sigmoid
from lstm_helpers.arrays import tree_norm
from lstm_helpers.cells import gru_reset_before, lstm, rnn
from lstm_helpers.exercises import EXERCISES
from lstm_helpers.gradcheck import complex_step, relative_error
from lstm_helpers.layers import Bidirectional
from lstm_helpers.layers.ends import ends
from lstm_helpers.runtime import COLUMNS
from lstm_helpers.series import leaks
from lstm_helpers.training import clip_norm

WRONGS = [(exercise, k) for exercise in EXERCISES for k in range(len(exercise.misconceptions))]
IDS = [f"{exercise.name}-{k}" for exercise, k in WRONGS]
BY_NAME = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)


def readers_rnn_step(h, x, W_x, W_h, b):
    return np.tanh(np.concatenate([x, h], axis=1) @ np.concatenate([W_x, W_h]) + b)


def readers_learn_one_weight(x, y, learning_rate, steps):
    w = 0.0
    while steps > 0:
        error = y - w * x
        w, steps = w + 2 * learning_rate * error * x, steps - 1
    return w


def readers_gated(value, z):
    return value / (1 + np.exp(-z))


def readers_update_cell_state(c_previous, f, i, g):
    c = np.empty_like(c_previous)
    for place in np.ndindex(c.shape):
        c[place] = c_previous[place] * f[place] + g[place] * i[place]
    return c


def readers_forget_bias_for(half_life):
    f = 0.5 ** (1 / half_life)
    return math.log(f) - math.log(1 - f)


def readers_unroll_in_chunks(params, chunks):
    state = lstm.zero_state(params, chunks[0].shape[1])
    rows = []
    for chunk in chunks:
        for x in chunk:
            state = lstm.forward(params, state, x).state
            rows.append(state.h)
    return rows


def readers_last_outputs(hs, mask):
    return [hs[np.flatnonzero(mask[:, b])[-1], b] for b in range(mask.shape[1])]


def readers_run_with_ablation(params, xs, at, part):
    h, c = lstm.zero_state(params, xs.shape[1])
    for t in range(len(xs)):
        if t == at and part == "h":
            h = 0 * h
        if t == at and part == "c":
            c = 0 * c
        h, c = lstm.forward(params, lstm.State(h, c), xs[t]).state
    return h


def readers_rnn_backward(params, step, d_h):
    pairs = list(zip(step.x, step.previous.h, d_h * (1 - step.h) * (1 + step.h), strict=True))
    d_W_x = sum(np.outer(x, dz) for x, _, dz in pairs)
    d_W_h = sum(np.outer(h, dz) for _, h, dz in pairs)
    d_b = sum(dz for _, _, dz in pairs)
    return [d_W_x, d_W_h, d_b, [params.W_h @ dz for _, _, dz in pairs], [params.W_x @ dz for _, _, dz in pairs]]


def readers_cell_state_gradient(f):
    ways = [np.ones(f.shape[1])]
    for gate in reversed(f):
        ways.insert(0, ways[0] * gate)
    return ways


def readers_clip(grads, limit):
    norm = np.linalg.norm(np.concatenate([grad.ravel() for grad in grads]))
    scale = min(1.0, limit / (norm + 1e-6))  # as a widespread framework does it
    return tuple(scale * grad for grad in grads)


def readers_prepare(values, train):
    filled = list(values)
    for t in range(1, len(filled)):
        if filled[t] != filled[t]:
            filled[t] = filled[t - 1]
    mean = sum(filled[:train]) / train
    variance = sum((y - mean) ** 2 for y in filled[:train]) / train
    return [(y - mean) / math.sqrt(variance) for y in filled]


def readers_gru_as_published(h, x, W_x, W_h, b):
    H = h.shape[1]
    rz = sigmoid(np.concatenate([x, h], axis=1) @ np.concatenate([W_x, W_h])[:, : 2 * H] + b[: 2 * H])
    n = np.tanh(x @ W_x[:, 2 * H :] + b[2 * H :] + (rz[:, :H] * h) @ W_h[:, 2 * H :])
    return n + rz[:, H:] * (h - n)


def readers_softmax_with_temperature(logits, temperature):
    raised = np.exp((logits - np.max(logits)) / temperature)
    return (raised.T / raised.sum(axis=-1).T).T


def readers_run_clamped(params, xs, unit, value):
    others = np.arange(len(params.W_h)) != unit
    h, c = lstm.zero_state(params, xs.shape[1])
    rows = []
    for t in range(len(xs)):
        h, c = lstm.forward(params, lstm.State(np.where(others, h, value), c), xs[t]).state
        rows.append(np.where(others, h, value))
    return rows


def readers_stack_outputs(layers, xs):
    return (
        unroll(lstm, layers[0], xs).h
        if len(layers) == 1
        else readers_stack_outputs(layers[1:], unroll(lstm, layers[0], xs).h)
    )


def readers_both_ends(output, mask):
    rows = []
    for b in range(mask.shape[1]):
        there, back = np.split(output[mask[:, b], b], 2, axis=1)
        rows.append([*there[-1], *back[0]])
    return rows


def readers_weight_gradient(inputs, dz):
    return sum(np.outer(x, d) for step in zip(inputs, dz, strict=True) for x, d in zip(*step, strict=True))


def readers_from_tensorflow_1(kernel, bias):
    H = len(bias) // 4
    places = np.concatenate([np.arange(H) + k * H for k in (0, 2, 1, 3)])
    b = bias.copy()
    b[2 * H : 3 * H] += 1
    return kernel[:-H, places], kernel[-H:, places], b[places]


def readers_attend(query, keys, mask):
    places = [s for s in range(len(keys)) if mask[s]]
    scores = [sum(q * k for q, k in zip(query, keys[s], strict=True)) / math.sqrt(len(query)) for s in places]
    raised = [math.exp(score - max(scores)) for score in scores]
    return sum(r / sum(raised) * keys[s] for r, s in zip(raised, places, strict=True))


def readers_answer(exercise):
    """Find the reader's right answer to an exercise above: written another way than the book's."""
    name = f"readers_{exercise.name}"
    if name not in globals():
        pytest.fail(
            f"{Path(__file__).name} has no function {name}: write {name}({', '.join(exercise.arguments)}) there, a "
            f"right answer to exercise {exercise.name}, written another way than the book's, as a reader might write it"
        )
    return globals()[name]


def test_an_exercise_has_its_modules_name_and_is_listed():
    """An exercise is one module and one line in exercises/__init__.py; a line that is missing is found here."""
    apart = {"__init__", "checker", "programming", "puzzle", "puzzles"}
    modules = {path.stem for path in Path(exercises.__file__).parent.glob("*.py")} - apart
    names = {exercise.name for exercise in EXERCISES}
    assert modules == names, f"import in exercises/__init__.py: {modules - names}; no module has: {names - modules}"
    assert all(getattr(exercises, name).name == name for name in names)


def test_an_exercise_without_a_readers_answer_says_what_to_write_and_where():
    unheard_of = dataclasses.replace(exercises.gated, name="unheard_of")
    message = r"test_checker\.py has no function readers_unheard_of: write readers_unheard_of\(value, z\) there"
    with pytest.raises(pytest.fail.Exception, match=message):
        readers_answer(unheard_of)


@BY_NAME
def test_a_readers_own_right_answer_passes(exercise):
    verdict = exercise.check(readers_answer(exercise))
    assert verdict.passed and verdict
    assert repr(verdict).startswith(f"Right. {exercise.signature} agrees on all ")
    assert exercise.takeaway in verdict.message


@BY_NAME
def test_the_books_answer_passes_without_a_warning_and_repeatedly(exercise):
    first, second = exercise.check(exercise.right), exercise.check(exercise.right)
    assert first.passed and repr(first) == repr(second) and "warning" not in first.message


@pytest.mark.parametrize(("exercise", "k"), WRONGS, ids=IDS)
def test_every_common_wrong_answer_gets_its_own_feedback(exercise, k):
    verdict = exercise.check(exercise.misconceptions[k].function)
    assert not verdict.passed and not verdict
    assert verdict.message.startswith(f"Not yet. {exercise.misconceptions[k].feedback}\n")
    assert "expected" in verdict.message and "got" in verdict.message


@BY_NAME
def test_a_hint_is_given_and_lines_fit_the_page(exercise):
    for wrong in exercise.misconceptions:
        assert "Hint: " in wrong.feedback
        verdict = exercise.check(wrong.function)
        assert max(map(len, repr(verdict).splitlines())) <= COLUMNS
    assert max(map(len, repr(exercise.check(exercise.right)).splitlines())) <= COLUMNS


@BY_NAME
def test_an_unknown_wrong_answer_shows_the_first_case_that_differs(exercise):
    verdict = exercise.check(lambda *args: exercise.right(*args) + 0.25)
    assert not verdict and verdict.message.startswith("Not yet. Case 1 of ")
    for name in exercise.arguments:
        assert f"  {name} = " in verdict.message


def test_the_first_difference_is_the_first():
    verdict = exercises.update_cell_state.check(lambda c, f, i, g: f * c + i * np.abs(g))
    assert verdict.message == (
        "Not yet. Case 3 of 5 is the first that differs.\n"
        "  c_previous = [2.]\n  f = [0.75]\n  i = [0.5]\n  g = [-0.6]\n  expected [1.2]\n  got      [1.8]"
    )


def test_a_difference_too_small_to_print_is_reported():
    verdict = exercises.update_cell_state.check(lambda c, f, i, g: f * c + i * g + 2e-5)
    assert "they differ by 2.0e-05" in verdict.message


def test_large_results_are_described_not_printed():
    verdict = exercises.unroll_in_chunks.check(lambda params, chunks: np.zeros((12, 2, 3)))
    assert "case 1" in verdict.message.lower() and "got      an array of shape (12, 2, 3)" in verdict.message
    for wrong in exercises.unroll_in_chunks.misconceptions:
        assert len(exercises.unroll_in_chunks.check(wrong.function).message) < 700


SHAPES = {
    "an axis in front": lambda value: value[None],
    "an axis behind": lambda value: value[..., None],
    "no axis of length 1": np.squeeze,
    "one row": np.ravel,
    "turned": np.transpose,
    "the first row for all": lambda value: value[:1] if value.ndim else value,
    "the last column for all": lambda value: value[..., -1:] if value.ndim else value,
}


@BY_NAME
@pytest.mark.parametrize("name", SHAPES)
def test_right_numbers_in_a_wrong_shape_do_not_pass(exercise, name):
    """Also where NumPy would stretch them to the right one."""

    def answer(*arguments):
        result, change = exercise.right(*arguments), SHAPES[name]
        return change(np.array(result)) if exercise.parts is None else [change(np.array(part)) for part in result]

    cases = exercise.cases(np.random.default_rng(0))
    pairs = [(exercise.outcome(answer, case), exercise.outcome(exercise.right, case)) for case in cases]
    same = all(
        len(mine.values) == len(right.values) and all(map(np.array_equal, mine.values, right.values))
        for mine, right in pairs
    )
    assert exercise.check(answer).passed == same
    assert not same or name not in ("an axis in front", "an axis behind")


@BY_NAME
def test_numbers_that_are_a_little_off_do_not_pass(exercise):
    def answer(off):
        def times(*arguments):
            result = exercise.right(*arguments)
            near = [np.array(part) * (1 + off) for part in ([result] if exercise.parts is None else result)]
            return near[0] if exercise.parts is None else near

        return times

    assert [exercise.check(answer(off)).passed for off in (1e-9, 1e-5, -1e-5)] == [True, False, False]


class Evil:
    def __call__(self, *args):
        return self

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __repr__(self):
        raise RuntimeError("no repr")

    def __getattr__(self, name):
        raise RuntimeError("no attributes")


def no_arguments():
    return 1.0


def exits(*args):
    raise SystemExit(3)


def recurses(*args):
    return recurses(*args)


def raises_without_words(*args):
    raise ZeroDivisionError


RUBBISH = [
    None,
    3.5,
    "gated",
    np.zeros(3),
    [],
    object(),
    Evil(),
    no_arguments,
    exits,
    recurses,
    raises_without_words,
    print,
    int,
    dict,
    np.add,
    np.matmul,
    lambda *args: None,
    lambda *args: ...,
    lambda *args: "text",
    lambda *args: {"a": 1},
    lambda *args: [[1.0], [1.0, 2.0]],
    lambda *args: np.zeros(0),
    lambda *args: np.zeros((7, 7, 7, 7)),
    lambda *args: np.nan,
    lambda *args: np.inf,
    lambda *args: 1j,
    lambda *args: True,
    lambda *args: 10**400,
    lambda *args: (x for x in args),
    lambda *args: lambda: 1,
    lambda *args: Evil(),
    lambda *args: object(),
    lambda *args: np.array([None, 1], dtype=object),
    lambda *args: np.array(["a"]),
    lambda *args: 1 / 0,
    lambda *args: args[7],
    lambda *args: np.log(-np.ones(3)),
    lambda *args: warnings.warn("careful", stacklevel=1),
    lambda *args: args,
]


@BY_NAME
def test_invalid_input_gets_a_message(exercise):
    for k, rubbish in enumerate(RUBBISH):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            verdict = exercise.check(rubbish)
        assert not verdict.passed and verdict.message.startswith("Not yet. "), k
        if exercise in (exercises.gated, exercises.rnn_backward):  # one result, and several
            assert repr(verdict) == repr(exercise.check(rubbish)), k


def test_errors_of_the_function_are_described():
    check = exercises.gated.check
    assert "Give me the function itself, without calling it" in check(np.zeros(3)).message
    assert "Give me the function itself" in check(None).message
    assert "Your function takes (value); I call it as gated(value, z)" in check(lambda value: value).message
    assert "got      None: is there a `return`" in check(lambda value, z: None).message
    assert "the function is not written yet" in check(lambda value, z: ...).message
    assert "it raised ZeroDivisionError: division by zero" in check(lambda value, z: 1 / 0).message
    assert "it raised ZeroDivisionError: (no message)" in check(raises_without_words).message
    assert "'text', which is not an array of numbers" in check(lambda value, z: "text").message
    assert "do all its parts have the same shape?" in check(lambda value, z: [[1.0], [1.0, 2.0]]).message


def test_the_right_ones_of_several_results_are_listed():
    def two_mistakes(params, step, d_h):
        d_params, d_state, d_x = rnn.backward(params, step, rnn.State(d_h))
        return d_params.W_x, -d_params.W_h, d_params.b, -d_state.h, d_x

    message = exercises.rnn_backward.check(two_mistakes).message
    assert message.startswith("Not yet. Case 1 of ")
    assert "  step = Step(x [[2.]], previous State(h [[0.5]]), h [[0.6351]])\n" in message
    assert "  right: d_W_x, d_b, d_x\n  not yet: d_W_h, d_h_previous\n  d_W_h:\n" in message
    assert message.endswith("  expected [[0.1193]]\n  got      [[-0.1193]]")


def test_several_results_of_a_wrong_type_are_reported():
    parts = "d_W_x, d_W_h, d_b, d_h_previous, d_x"
    check = exercises.rnn_backward.check
    right = exercises.rnn_backward.right
    assert f"3 results, not 5: the order is {parts}" in check(lambda *a: rnn.backward(*a[:2], rnn.State(a[2]))).message
    assert "one array of shape (1, 1), not several" in check(lambda params, step, d_h: d_h).message
    assert "got      for d_b None\n" in check(lambda *a: right(*a)._replace(d_b=None)).message + "\n"
    assert "for d_x 'x', which is not an array" in check(lambda *a: [*right(*a)[:4], "x"]).message
    first_only = exercises.clip.check(lambda *a: exercises.clip.right(*a)[:1])
    assert not first_only and "expected 2 arrays\n  got      1" in first_only.message
    assert "for result[1] None" in exercises.clip.check(lambda grads, limit: [grads[0], None]).message
    assert "is there a `return`" in exercises.clip.check(lambda grads, limit: None).message


def test_memory_addresses_are_never_printed():
    class Plain:
        pass

    def fails(value, z):
        raise ValueError(f"bad {Plain()!r}")

    messages = [exercises.gated.check(answer).message for answer in (Plain(), lambda *args: Plain(), fails)]
    assert all("0x" not in message.replace("0x…", "") for message in messages)


def test_an_answer_that_changes_its_argument_does_not_pass():
    def in_place(c_previous, f, i, g):
        c_previous *= f
        c_previous += i * g
        return c_previous

    verdict = exercises.update_cell_state.check(in_place)
    assert not verdict and "writes into its argument c_previous" in verdict.message

    def empties(params, chunks):
        result = exercises.unroll_in_chunks.right(params, list(chunks))
        chunks.clear()
        return result

    assert "writes into its argument chunks" in exercises.unroll_in_chunks.check(empties).message

    def scales_in_place(grads, limit):
        norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
        for grad in grads:
            grad *= min(1.0, limit / max(norm, limit))
        return grads

    assert "writes into its argument grads" in exercises.clip.check(scales_in_place).message


def test_an_answer_that_returns_the_same_array_is_read_after_each_call():
    buffer = {}

    def reuses(c_previous, f, i, g):
        kept = buffer.setdefault(c_previous.shape, np.empty(c_previous.shape))
        kept[...] = f * c_previous + i * g
        return kept

    assert exercises.update_cell_state.check(reuses).passed


def test_warnings_are_reported_and_do_not_fail_an_answer():
    verdict = exercises.gated.check(readers_gated)
    assert verdict.passed and "(It gave a warning: overflow" in verdict.message
    assert "warning" not in exercises.gated.check(lambda value, z: value * sigmoid(z)).message


def test_keyboard_interrupt_is_not_swallowed():
    def interrupted(value, z):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exercises.gated.check(interrupted)


@BY_NAME
def test_no_two_known_answers_are_the_same(exercise):
    """Otherwise one message would hide another; two answers may share a message."""
    answers = [exercise.right, *(wrong.function for wrong in exercise.misconceptions)]
    cases = list(exercise.cases(np.random.default_rng(0)))
    seen = {}
    for k, answer in enumerate(answers):
        outcomes = [exercise.outcome(answer, case) for case in cases]
        assert any(outcome.values is not None for outcome in outcomes)
        key = tuple(o.values and tuple((a.shape, *np.round(a, 6).ravel()) for a in o.values) for o in outcomes)
        assert key not in seen, f"answers {seen.get(key)} and {k} cannot be told apart"
        seen[key] = k


@BY_NAME
def test_no_case_makes_the_right_answer_fail_and_none_is_changed(exercise):
    for case in exercise.cases(np.random.default_rng(0)):
        outcome = exercise.outcome(exercise.right, case)
        assert outcome.values is not None and not outcome.changed and not outcome.warned


def test_repr_names_the_function_to_write():
    assert repr(exercises.gated) == "Exercise: write gated(value, z), then exercises.gated.check(gated)"


# The right answers are right


def test_rnn_step_is_the_cells_line():
    rng = np.random.default_rng(4)
    params = rnn.init(rng, 2, 3)._replace(b=rng.normal(size=3))
    state, x = rnn.State(rng.normal(size=(4, 3))), rng.normal(size=(4, 2))
    assert np.array_equal(exercises.rnn_step.right(state.h, x, *params), rnn.forward(params, state, x).h)


def test_cases_have_sizes_that_fit_a_wrong_product_and_sizes_that_do_not():
    """Else a reader would see only half of what * for @ can do."""
    verdict = exercises.rnn_step.check(lambda h, x, W_x, W_h, b: np.tanh(x * W_x + h * W_h + b))
    assert "It looks as if you used *" in verdict.message
    shapes = [(*case[0].shape, len(case[2])) for case in exercises.rnn_step.cases(np.random.default_rng(0))]
    assert {len(set(shape)) for shape in shapes} == {1, 2, 3}  # B, D and H: all equal, two equal, all different


@pytest.mark.parametrize("steps", [0, 1, 2, 7])
def test_one_weight_follows_the_worked_formula(steps):
    """Analytically, each step multiplies the error w x − y by 1 − 2 rate x²."""
    x, y, rate = 1.5, -2.0, 0.1
    expected = y / x * (1 - (1 - 2 * rate * x**2) ** steps)
    assert exercises.learn_one_weight.right(x, y, rate, steps) == pytest.approx(expected, rel=1e-12)


def test_half_the_derivative_gets_mild_feedback():
    verdict = exercises.learn_one_weight.check(exercises.learn_one_weight.misconceptions[2].function)
    assert "Nearly: your steps go in the right direction" in verdict.message


def test_gated_is_sigmoid_times_value():
    assert exercises.gated.right(np.array([2.0]), np.array([0.0])) == [1.0]
    assert list(exercises.gated.right(np.array([5.0, -5.0]), np.array([1e4, -1e4]))) == [5.0, 0.0]


def test_update_cell_state_is_the_cells_line():
    rng = np.random.default_rng(1)
    params = lstm.init(rng, 2, 3)
    state = lstm.State(rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))
    step = lstm.forward(params, state, rng.normal(size=(4, 2)))
    assert np.array_equal(exercises.update_cell_state.right(step.previous.c, step.f, step.i, step.g), step.c)


@pytest.mark.parametrize("steps", [0.5, 1.0, 2.0, 10.0, 1e3, 1e6])
def test_forget_bias_gives_the_half_life(steps):
    assert half_life(sigmoid(exercises.forget_bias_for.right(steps))) == pytest.approx(steps, rel=1e-8)


def test_chunks_equal_the_whole():
    rng = np.random.default_rng(2)
    params, xs = lstm.init(rng, 2, 3), rng.normal(size=(9, 2, 2))
    chunks = [xs[:4], xs[4:5], xs[5:]]
    assert np.array_equal(exercises.unroll_in_chunks.right(params, chunks), unroll(lstm, params, xs).h)


def test_last_outputs_are_the_last_states():
    rng = np.random.default_rng(3)
    params, xs = lstm.init(rng, 2, 3), rng.normal(size=(6, 3, 2))
    mask = np.arange(6)[:, None] < np.array([2, 6, 4])
    trace = unroll(lstm, params, xs, mask=mask)
    padded_with_zeros = trace.h * mask[:, :, None]
    assert np.array_equal(exercises.last_outputs.right(padded_with_zeros, mask), trace.state.h)


def test_different_lengths_are_in_every_set_of_cases_that_needs_them():
    for hs, mask in exercises.last_outputs.cases(np.random.default_rng(0))[:4]:
        assert len(set(mask.sum(axis=0))) > 1 and not hs[~mask].any()


def test_ablation_is_a_run_whose_state_is_changed_once():
    rng = np.random.default_rng(5)
    params, xs = lstm.init(rng, 2, 3), rng.normal(size=(6, 2, 2))
    whole = unroll(lstm, params, xs)
    for part in ("h", "c"):
        state = whole[3].previous._replace(**{part: np.zeros((2, 3))})
        for t in (3, 4, 5):
            state = lstm.forward(params, state, xs[t]).state
        assert np.array_equal(exercises.run_with_ablation.right(params, xs, 3, part), state.h)
        assert not np.allclose(state.h, whole.h[-1], atol=1e-4)
        assert np.array_equal(exercises.run_with_ablation.right(params, xs, 0, part), whole.h[-1])  # nothing there yet


def test_a_new_state_that_is_not_kept_is_recognised():
    def forgets_to_keep_it(params, xs, at, part):
        state = unroll(lstm, params, xs[:at]).state
        state._replace(**{part: np.zeros_like(state.h)})
        return unroll(lstm, params, xs[at:], state).h[-1]

    def writes_into_the_trace(params, xs, at, part):
        trace = unroll(lstm, params, xs)
        getattr(trace, part)[at] = 0
        return trace.h[-1]

    for answer in (forgets_to_keep_it, writes_into_the_trace):
        assert "Your result is that of a run without ablation" in exercises.run_with_ablation.check(answer).message


def test_zeroing_by_hand_too_early_or_too_late_is_recognised_however_it_is_written():
    def after_the_step(params, xs, at, part):
        state = lstm.zero_state(params, xs.shape[1])
        for t, x in enumerate(xs):
            state = lstm.forward(params, state, x).state
            if t == at:
                state = state._replace(**{part: np.zeros_like(state.h)})
        return state.h

    def one_before(params, xs, at, part):
        return readers_run_with_ablation(params, xs, at - 1, part)

    assert "one step too late" in exercises.run_with_ablation.check(after_the_step).message
    assert "one step too early" in exercises.run_with_ablation.check(one_before).message


def test_rnn_backward_is_the_gradient_of_the_step():
    """Complex step differentiates the forward pass itself, with nothing in common with the formulas."""
    rng = np.random.default_rng(6)
    params = rnn.init(rng, 2, 3)._replace(b=rng.normal(size=3))
    h, x, d_h = rng.normal(size=(4, 3)), rng.normal(size=(4, 2)), rng.normal(size=(4, 3))

    def loss(tree):
        params, h, x = tree
        return np.sum(d_h * rnn.forward(params, rnn.State(h), x).h)

    found = exercises.rnn_backward.right(params, rnn.forward(params, rnn.State(h), x), d_h)
    expected = complex_step(loss, (params, h, x))
    assert relative_error((rnn.Params(*found[:3]), *found[3:]), expected) < 1e-13


def test_cases_have_sizes_that_fit_a_transposed_matrix_and_sizes_that_do_not():
    shapes = [
        (*step.x.shape, len(params.b)) for params, step, _ in exercises.rnn_backward.cases(np.random.default_rng(0))
    ]
    assert {len(set(shape)) for shape in shapes} == {1, 2, 3}  # B, D and H: all equal, two equal, all different
    assert any(D == H > 1 for _, D, H in shapes) and any(D != H for _, D, H in shapes)


def test_cell_state_gradient_is_the_derivative_of_the_cell_state():
    rng = np.random.default_rng(7)
    f, new = rng.random((6, 3)), rng.normal(size=(6, 3))

    def last(c, t):
        for gate, put_on in zip(f[t:], new[t:], strict=True):
            c = gate * c + put_on
        return np.sum(c)

    for t, found in enumerate(exercises.cell_state_gradient.right(f)):
        assert relative_error(found, complex_step(lambda c, t=t: last(c, t), rng.normal(size=3))) < 1e-13


def test_cell_state_gradient_by_logarithms_passes_with_a_closed_gate():
    def by_logarithms(f):
        with np.errstate(divide="ignore"):
            sums = np.cumsum(np.log(f[::-1]), axis=0)[::-1]
        return np.exp(np.vstack([sums, np.zeros(f.shape[1])]))

    assert exercises.cell_state_gradient.check(by_logarithms).passed


@pytest.mark.parametrize("limit", [1e-3, 0.5, 3.0, 1e3])
def test_clip_shortens_to_the_limit_and_keeps_the_direction(limit):
    rng = np.random.default_rng(8)
    grads = [rng.normal(size=shape) for shape in [(2, 3), (3,), (1,)]]
    clipped, norm = exercises.clip.right(grads, limit), tree_norm(tuple(grads))
    assert tree_norm(tuple(clipped)) == pytest.approx(min(norm, limit), rel=1e-12)
    dot = sum(np.sum(a * b) for a, b in zip(clipped, grads, strict=True))
    assert dot == pytest.approx(min(norm, limit) * norm, rel=1e-12)
    assert relative_error(tuple(clipped), clip_norm(tuple(grads), limit)[0]) < 1e-15


def test_the_lengths_of_clips_cases_tell_a_norm_from_its_square_and_from_its_parts():
    cases = list(exercises.clip.cases(np.random.default_rng(0)))
    norms = [tree_norm(tuple(grads)) for grads, _ in cases]
    limits = [limit for _, limit in cases]
    assert any(norm < limit < norm**2 for norm, limit in zip(norms, limits, strict=True))
    assert any(max(map(tree_norm, grads)) < limit < norm for (grads, limit), norm in zip(cases, norms, strict=True))
    assert any(0 < norm < limit and norm**2 < limit for norm, limit in zip(norms, limits, strict=True))
    assert 0 in norms


def test_every_answer_called_a_leak_leaks_and_the_books_does_not():
    """What the feedback says of an answer is what the package's own search for leaks finds in it."""
    values, train = exercises.prepare.cases(np.random.default_rng(0))[3]
    assert train == 20 and np.flatnonzero(np.isnan(values)).tolist() == [5, 18, 19, 20, 21, 27]

    def leaked(function):
        # A gap at the border is filled from beyond it; at step 25 the test part is still going on.
        return any(leaks(lambda v, k=known: function(v, train)[:k], values, known) for known in (20, 25))

    assert not leaked(exercises.prepare.right)
    called = [wrong for wrong in exercises.prepare.misconceptions if wrong.feedback.startswith(("A leak", "Two leaks"))]
    assert len(called) == 8 and all(leaked(wrong.function) for wrong in called)


def test_gru_as_published_is_the_cells_step():
    rng = np.random.default_rng(4)
    params = gru_reset_before.init(rng, 2, 3)._replace(b=rng.normal(size=9))
    state, x = gru_reset_before.State(rng.normal(size=(4, 3))), rng.normal(size=(4, 2))
    got = exercises.gru_as_published.right(state.h, x, *params)
    assert relative_error(got, gru_reset_before.forward(params, state, x).h) < 1e-15


def test_converted_tensorflow_weights_give_the_same_outputs():
    rng = np.random.default_rng(8)
    D, H = 2, 3
    kernel, bias = rng.normal(size=(D + H, 4 * H)), rng.normal(size=4 * H)
    x, h, c = rng.normal(size=(4, D)), rng.uniform(-1, 1, (4, H)), rng.normal(size=(4, H))
    i, j, f, o = np.split(np.hstack([x, h]) @ kernel + bias, 4, axis=1)
    new_c = c / (1 + np.exp(-(f + 1))) + np.tanh(j) / (1 + np.exp(-i))
    step = lstm.forward(lstm.Params(*exercises.from_tensorflow_1.right(kernel, bias)), lstm.State(h, c), x)
    assert np.allclose(step.c, new_c, rtol=0, atol=1e-14)
    assert np.allclose(step.h, np.tanh(new_c) / (1 + np.exp(-o)), rtol=0, atol=1e-14)


def test_cases_distinguish_input_rows_from_unit_rows():
    cases = exercises.from_tensorflow_1.cases(np.random.default_rng(0))
    assert {np.sign(len(kernel) - len(bias) // 2) for kernel, bias in cases} == {-1, 0, 1}  # D − H


def test_both_ends_are_the_last_states_of_both_directions_and_what_a_model_reads():
    _, mask = exercises.both_ends.cases(np.random.default_rng(0))[2]
    layer = Bidirectional(lstm)
    params = layer.init(np.random.default_rng(1), 2, 3)
    trace = layer.forward(params, np.random.default_rng(2).normal(size=(*mask.shape, 2)), mask=mask)
    got = exercises.both_ends.right(trace.output, mask)
    assert np.array_equal(got, np.concatenate([half.h for half in trace.state], axis=1))
    assert np.array_equal(got, trace.output[ends(trace, mask)])
