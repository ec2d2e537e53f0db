"""The right answers pass, each usual wrong one is recognised by name, and no answer whatever breaks the checker."""

import math
import warnings

import numpy as np
import pytest

from lstm_helpers import exercises, unroll
from lstm_helpers.activations import half_life, sigmoid
from lstm_helpers.cells import lstm
from lstm_helpers.exercises import EXERCISES

WRONGS = [(exercise, k) for exercise in EXERCISES for k in range(len(exercise.wrongs))]
IDS = [f"{exercise.name}-{k}" for exercise, k in WRONGS]
BY_NAME = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)


def readers_gated(value, logit):
    return value / (1 + np.exp(-logit))


def readers_belt_step(c_previous, f, i, g):
    c = np.empty_like(c_previous)
    for place in np.ndindex(c.shape):
        c[place] = c_previous[place] * f[place] + g[place] * i[place]
    return c


def readers_forget_bias_for(half_life):
    f = 0.5 ** (1 / half_life)
    return math.log(f) - math.log(1 - f)


def readers_unroll_in_pieces(params, pieces):
    state = lstm.zero_state(params, pieces[0].shape[1])
    rows = []
    for piece in pieces:
        for x in piece:
            state = lstm.forward(params, state, x).state
            rows.append(state.h)
    return rows


def readers_last_outputs(hs, mask):
    return [hs[np.flatnonzero(mask[:, b])[-1], b] for b in range(mask.shape[1])]


@BY_NAME
def test_a_readers_own_right_answer_passes(exercise):
    verdict = exercise.check(globals()[f"readers_{exercise.name}"])
    assert verdict.passed and verdict
    assert repr(verdict).startswith(f"Right. {exercise.signature} agrees on all ")
    assert exercise.moral in verdict.message


@BY_NAME
def test_the_books_answer_passes_without_a_remark_and_the_same_twice(exercise):
    first, second = exercise.check(exercise.right), exercise.check(exercise.right)
    assert first.passed and repr(first) == repr(second) and "warned" not in first.message


@pytest.mark.parametrize(("exercise", "k"), WRONGS, ids=IDS)
def test_every_usual_wrong_answer_is_called_by_its_own_name(exercise, k):
    verdict = exercise.check(exercise.wrongs[k].function)
    assert not verdict.passed and not verdict
    assert verdict.message.startswith(f"Not yet. {exercise.wrongs[k].says}\n")
    assert "expected" in verdict.message and "got" in verdict.message


@BY_NAME
def test_a_hint_is_given_and_lines_fit_the_page(exercise):
    for wrong in exercise.wrongs:
        assert "Hint: " in wrong.says
        verdict = exercise.check(wrong.function)
        assert max(map(len, verdict.message.splitlines())) <= 115
    assert max(map(len, exercise.check(exercise.right).message.splitlines())) <= 115


@BY_NAME
def test_an_unknown_wrong_answer_shows_the_first_case_that_differs(exercise):
    verdict = exercise.check(lambda *args: exercise.right(*args) + 0.25)
    assert not verdict and verdict.message.startswith("Not yet. Case 1 of ")
    for name in exercise.arguments:
        assert f"  {name} = " in verdict.message


def test_the_first_difference_is_the_first():
    verdict = exercises.belt_step.check(lambda c, f, i, g: f * c + i * np.abs(g))
    assert verdict.message == (
        "Not yet. Case 3 of 5 is the first that differs.\n"
        "  c_previous = [2.]\n  f = [0.75]\n  i = [0.5]\n  g = [-0.6]\n  expected [1.2]\n  got      [1.8]"
    )


def test_a_difference_too_small_to_see_is_told():
    verdict = exercises.belt_step.check(lambda c, f, i, g: f * c + i * g + 2e-5)
    assert "they differ by 2.0e-05" in verdict.message


def test_large_results_are_described_not_printed():
    verdict = exercises.unroll_in_pieces.check(lambda params, pieces: np.zeros((12, 2, 3)))
    assert "case 1" in verdict.message.lower() and "got      an array of shape (12, 2, 3)" in verdict.message
    for wrong in exercises.unroll_in_pieces.wrongs:
        assert len(exercises.unroll_in_pieces.check(wrong.function).message) < 700


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
@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_gets_a_calm_answer(exercise, rubbish):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        verdict = exercise.check(rubbish)
    assert not verdict.passed and verdict.message.startswith("Not yet. ")
    assert repr(verdict) == repr(exercise.check(rubbish))


def test_what_went_wrong_is_said_in_words():
    check = exercises.gated.check
    assert "Give me the function itself, without calling it" in check(np.zeros(3)).message
    assert "Give me the function itself" in check(None).message
    assert "Your function takes (value); I call it as gated(value, logit)" in check(lambda value: value).message
    assert "got      None: is there a `return`" in check(lambda value, logit: None).message
    assert "it is not written yet" in check(lambda value, logit: ...).message
    assert "it raised ZeroDivisionError: division by zero" in check(lambda value, logit: 1 / 0).message
    assert "it raised ZeroDivisionError: (no message)" in check(raises_without_words).message
    assert "'text', which is not an array of numbers" in check(lambda value, logit: "text").message
    assert "do all its parts have the same shape?" in check(lambda value, logit: [[1.0], [1.0, 2.0]]).message


def test_memory_addresses_never_show():
    class Plain:
        pass

    def fails(value, logit):
        raise ValueError(f"bad {Plain()!r}")

    messages = [exercises.gated.check(answer).message for answer in (Plain(), lambda *args: Plain(), fails)]
    assert all("0x" not in message.replace("0x…", "") for message in messages)


def test_an_answer_that_changes_its_argument_does_not_pass():
    def in_place(c_previous, f, i, g):
        c_previous *= f
        c_previous += i * g
        return c_previous

    verdict = exercises.belt_step.check(in_place)
    assert not verdict and "writes into its argument c_previous" in verdict.message

    def empties(params, pieces):
        result = exercises.unroll_in_pieces.right(params, list(pieces))
        pieces.clear()
        return result

    assert "writes into its argument pieces" in exercises.unroll_in_pieces.check(empties).message


def test_an_answer_that_hands_out_one_array_again_and_again_is_read_each_time():
    buffer = {}

    def reuses(c_previous, f, i, g):
        kept = buffer.setdefault(c_previous.shape, np.empty(c_previous.shape))
        kept[...] = f * c_previous + i * g
        return kept

    assert exercises.belt_step.check(reuses).passed


def test_warnings_do_not_fail_an_answer_but_are_told():
    verdict = exercises.gated.check(readers_gated)
    assert verdict.passed and "(It warned on the way: overflow" in verdict.message
    assert "warned" not in exercises.gated.check(lambda value, logit: value * sigmoid(logit)).message


def test_keyboard_interrupt_is_not_swallowed():
    def interrupted(value, logit):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exercises.gated.check(interrupted)


@BY_NAME
def test_no_two_known_answers_are_the_same(exercise):
    """Otherwise one message would hide another; two answers may share a message."""
    answers = [exercise.right, *(wrong.function for wrong in exercise.wrongs)]
    cases = list(exercise.cases(np.random.default_rng(0)))
    seen = {}
    for k, answer in enumerate(answers):
        outcomes = [exercise.outcome(answer, case) for case in cases]
        assert any(outcome.value is not None for outcome in outcomes)
        key = tuple(None if o.value is None else (o.value.shape, *np.round(o.value, 6).ravel()) for o in outcomes)
        assert key not in seen, f"answers {seen.get(key)} and {k} cannot be told apart"
        seen[key] = k


@BY_NAME
def test_no_case_makes_the_right_answer_fail_and_none_is_changed(exercise):
    for case in exercise.cases(np.random.default_rng(0)):
        outcome = exercise.outcome(exercise.right, case)
        assert outcome.value is not None and not outcome.changed and not outcome.warned


def test_repr_tells_what_to_write():
    assert repr(exercises.gated) == "Exercise: write gated(value, logit), then exercises.gated.check(gated)"


# The right answers are right


def test_gated_is_sigmoid_times_value():
    assert exercises.gated.right(np.array([2.0]), np.array([0.0])) == [1.0]
    assert list(exercises.gated.right(np.array([5.0, -5.0]), np.array([1e4, -1e4]))) == [5.0, 0.0]


def test_belt_step_is_the_cells_line():
    rng = np.random.default_rng(1)
    params = lstm.init(rng, 2, 3)
    state = lstm.State(rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))
    step = lstm.forward(params, state, rng.normal(size=(4, 2)))
    assert np.array_equal(exercises.belt_step.right(step.previous.c, step.f, step.i, step.g), step.c)


@pytest.mark.parametrize("steps", [0.5, 1.0, 2.0, 10.0, 1e3, 1e6])
def test_forget_bias_gives_the_half_life(steps):
    assert half_life(sigmoid(exercises.forget_bias_for.right(steps))) == pytest.approx(steps, rel=1e-8)


def test_pieces_equal_the_whole():
    rng = np.random.default_rng(2)
    params, xs = lstm.init(rng, 2, 3), rng.normal(size=(9, 2, 2))
    pieces = [xs[:4], xs[4:5], xs[5:]]
    assert np.array_equal(exercises.unroll_in_pieces.right(params, pieces), unroll(lstm, params, xs).h)


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
