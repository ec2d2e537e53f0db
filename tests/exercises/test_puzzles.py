"""The five puzzles can be solved, are solved by nothing less, and say what is wrong with what fails."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from lstm_helpers import exercises, unroll
from lstm_helpers.cells import lstm
from lstm_helpers.exercises import (
    PUZZLES,
    Puzzle,
    anbn,
    counter,
    encode,
    last_seen,
    latch,
    program,
    puzzles,
    toggle,
)

SOLUTIONS = {
    "latch": [{"i": {"s": 80, "bias": -40}, "f": {"r": -80, "bias": 40}, "g": 40, "o": 40}],
    "counter": [{"i": {"a": 80, "bias": -40}, "f": 40, "g": 40, "o": 40}],
    "last_seen": [{"i": {".": -80, "bias": 40}, "f": {".": 80, "bias": -40}, "g": {"a": 40, "b": -40}, "o": 40}],
    "toggle": [{"i": {".": -80, "bias": 40}, "f": {".": 80, "bias": -40}, "g": {"bias": 20, "h0": -60}, "o": 40}],
    "anbn": [
        # 0 answers: a b is read (i), the count before it was not 0 (g) and not 2 or more (o), and no mistake (o)
        {
            "i": {"b": 80, "bias": -40},
            "f": -40,
            "g": {"h1": 400, "bias": -200},
            "o": {"h1": -400, "h3": -800, "bias": 344},
        },
        {"i": 40, "f": 40, "g": {"a": 40, "b": -40}, "o": 40},  # 1 counts: up at a, down at b
        {"i": {"b": 80, "bias": -40}, "f": -40, "g": 40, "o": 40},  # 2 shows whether a b was just read
        {"i": {"b": -200, "h2": 200, "bias": -100}, "f": 40, "g": 40, "o": 40},  # 3 remembers an a after a b
    ],
}


def test_every_puzzle_is_in_the_list():
    written = {name for name, thing in vars(puzzles).items() if isinstance(thing, Puzzle)}
    assert {puzzle.name for puzzle in PUZZLES} == written == set(SOLUTIONS)


BY_NAME = pytest.mark.parametrize("puzzle", PUZZLES, ids=lambda puzzle: puzzle.name)


def solved(puzzle):
    return program(puzzle.alphabet, SOLUTIONS[puzzle.name])


@BY_NAME
def test_each_puzzle_has_a_solution(puzzle):
    verdict = puzzle.check(solved(puzzle))
    assert verdict.passed, verdict
    strings = sum(len(puzzle.alphabet) ** n for n in range(1, puzzle.max_length + 1))
    assert verdict.message.startswith(f"Right. {puzzle.name}: all {strings} strings up to length {puzzle.max_length}")
    assert puzzle.takeaway in verdict.message
    assert repr(verdict) == repr(puzzle.check(solved(puzzle)))


@BY_NAME
def test_single_precision_solves_it_too(puzzle):
    assert puzzle.check(lstm.Params(*(leaf.astype(np.float32) for leaf in solved(puzzle)))).passed


@BY_NAME
def test_every_gate_of_a_solution_matters(puzzle):
    """Leaving any gate of any unit out makes the check fail: it tests what it says."""
    # The count is read from c, not h; what unit 2 holds is asked for only once; half a mistake is veto enough.
    harmless = {("counter", 0, "o"), ("anbn", 2, "f"), ("anbn", 3, "o")}
    units = SOLUTIONS[puzzle.name]
    for k, gate in product(range(len(units)), "ifgo"):
        broken = [{key: terms for key, terms in unit.items() if (j, key) != (k, gate)} for j, unit in enumerate(units)]
        verdict = puzzle.check(program(puzzle.alphabet, broken))
        assert verdict.passed == ((puzzle.name, k, gate) in harmless), (k, gate)
        assert verdict.passed or verdict.message.startswith(("Not yet. After", "Almost. All"))


@BY_NAME
def test_random_weights_fail(puzzle):
    rng = np.random.default_rng(0)
    for _ in range(5):
        assert not puzzle.check(lstm.init(rng, len(puzzle.alphabet), 3)).passed


@BY_NAME
def test_the_string_shown_is_the_shortest_that_fails(puzzle):
    params = lstm.init(np.random.default_rng(1), len(puzzle.alphabet), 2)
    shown = re.search(r"After '(.*?)'", puzzle.check(params).message).group(1)
    for n in range(1, len(shown) + 1):
        for symbols in product(puzzle.alphabet, repeat=n):
            string = "".join(symbols)
            answer = puzzle.read(puzzle.run(params, string))[-1, 0]
            right = abs(answer - puzzle.truth(string)) <= 0.1
            if string == shown:
                assert not right
                return
            assert right, string
    raise AssertionError("the string shown is not among all strings")


def test_truths_by_hand():
    assert [latch.truth(s) for s in (".", "s", "s.", "sr", "rs.", "srs", "r")] == [0, 1, 1, 0, 1, 1, 0]
    assert [counter.truth(s) for s in ("b", "a", "aab", "baba")] == [0, 1, 2, 2]
    assert [last_seen.truth(s) for s in (".", "a.", "ab", "b.a", "ab..")] == [0, 1, -1, 1, -1]
    assert [toggle.truth(s) for s in (".", "a", "aa", "a.aa")] == [0, 1, 0, 1]
    yes, no = ("ab", "aabb", "aaabbb"), ("", "a", "b", "aa", "ba", "abb", "aab", "abab", "aabbab", "bbaa", "abba")
    assert all(anbn.truth(s) == 1 for s in yes) and all(anbn.truth(s) == 0 for s in no)


def test_truths_in_words():
    assert [latch.words(v) for v in (0, 1)] == ["off", "on"]
    assert [last_seen.words(v) for v in (0, 1, -1)] == ["neither yet", "a", "b"]
    assert [toggle.words(v) for v in (0, 1)] == ["even", "odd"]
    assert counter.words(13.876) == "13.88" and anbn.words(1) == "yes"
    assert latch.words(np.nan) == "NaN"


def changed(puzzle, k=0, **gates):
    units = [dict(unit) for unit in SOLUTIONS[puzzle.name]]
    units[k].update(gates)
    return puzzle.check(program(puzzle.alphabet, units))


def test_a_forget_bias_of_zero_is_reported_as_a_leak():
    message = changed(latch, f={"r": -80}).message
    assert "After 's.' the right answer is on; your cell gives off." in message
    assert "Unit 0 leaks: at step 2 its forget gate is 0.5, a half-life of 1.0 steps." in message
    assert "The pre-activation there is 0 " in message


def test_a_slow_leak_passes_the_short_strings_and_fails_a_long_one():
    message = changed(latch, f={"r": -80, "bias": 4}).message
    assert message.startswith("Almost. All 3279 strings up to length 7 are right, but a long one is not.\n")
    assert "(35 symbols)" in message and "forget gate is 0.98201, a half-life of 38 steps" in message
    message = changed(counter, f=7).message
    assert message.startswith("Almost.") and "leaks" in message


@BY_NAME
@pytest.mark.parametrize("off", [0.3, 0.11, -0.11, 0.09, -0.09, np.nan])
def test_an_answer_may_be_off_by_at_most_a_tenth(puzzle, off):
    verdict = replace(puzzle, read=lambda trace: puzzle.read(trace) + off).check(solved(puzzle), max_length=2)
    assert verdict.passed == (abs(off) < 0.1)
    assert verdict.passed or verdict.message.startswith(f"Not yet. After '{puzzle.alphabet[0]}'")


@BY_NAME
@pytest.mark.parametrize("place", [0, 7, -1])
def test_every_answer_within_a_long_string_counts(puzzle, place):
    """Right on all short strings, and on the long ones but for one symbol."""

    def read(trace):
        answers = np.array(puzzle.read(trace), float)
        if len(answers) > puzzle.max_length:
            answers[place] = np.nan
        return answers

    verdict = replace(puzzle, read=read).check(solved(puzzle), max_length=3)
    assert not verdict.passed and verdict.message.startswith("Almost. All ")
    length = place % len(puzzle.long[0]) + 1
    shown = re.search(r"After '(.*)'(?: \((\d+) symbols\))? the right answer", verdict.message)
    if length > 24:
        assert f"({length} symbols)" in shown[0]
    else:
        assert shown[1] == puzzle.long[0][:length]


def test_small_weights_are_reported_as_half_open_gates():
    assert "The input gate of unit 0 is 0.50 at step 1: half open." in changed(latch, i={"s": 1}).message
    assert "The input gate of unit 0 is 0.73 at step 1: half open." in changed(counter, i={"a": 1, "b": -40}).message
    assert "The output gate of unit 0 is 0.50 at step 1: half open." in changed(latch, o={}).message


def test_a_missing_candidate_is_reported():
    assert "At step 1 unit 0 writes 0.00: its candidate g" in changed(latch, g={}).message


def test_a_toggle_without_feedback_gets_a_hint():
    assert "No gate reads a previous h" in changed(toggle, g=40).message
    assert "No gate reads a previous h" not in changed(toggle, g={"bias": -20, "h0": 60}).message


def test_the_table_shows_the_cells_own_numbers():
    params = program("sr.", [{"i": {"s": 80, "bias": -40}, "f": {"r": 80, "bias": 40}, "g": 40, "o": 40}])
    assert latch.check(params).message == (
        "Not yet. After 'sr' the right answer is off; your cell gives on.\n"
        "  step symbol     i      f      g      o      c      h    of unit 0\n"
        "     1   s      1.00   1.00   1.00   1.00   1.00   0.76\n"
        "     2   r      0.00   1.00   1.00   1.00   1.00   0.76"
    )


def test_longer_strings_are_checked_on_request_up_to_a_limit():
    assert latch.check(solved(latch), max_length=2).message.startswith("Right. latch: all 12 strings up to length 2")
    assert "all 29523 strings up to length 9" in latch.check(solved(latch), max_length=9).message
    with pytest.raises(ValueError, match=r"max_length is 20: there are 3\^20 such strings"):
        latch.check(solved(latch), max_length=20)
    for bad in (0, -1, 2.0, True, "3"):
        with pytest.raises(ValueError, match=r"max_length is .*; expected an int"):
            latch.check(solved(latch), max_length=bad)


@BY_NAME
def test_invalid_input_gets_a_message(puzzle):
    good = solved(puzzle)
    rubbish = [
        None,
        3,
        "latch",
        SOLUTIONS[puzzle.name],
        puzzle,
        tuple(good),
        lstm.Params(None, None, None),
        lstm.Params(*(leaf.astype(int) for leaf in good)),
        good._replace(W_x=good.W_x[:-1]),
        good._replace(W_h=good.W_h.T),
        good._replace(b=good.b[:-1]),
        good._replace(b=good.b.astype(np.float32)),
        good._replace(b=np.full_like(good.b, np.nan)),
        good._replace(W_x=np.full_like(good.W_x, np.inf)),
    ]
    for params in rubbish:
        verdict = puzzle.check(params)
        assert not verdict.passed and verdict.message.startswith("Not yet. ")
        assert repr(verdict) == repr(puzzle.check(params))
    assert f"exercises.program(exercises.{puzzle.name}.alphabet, units)" in puzzle.check(None).message
    assert hasattr(exercises, puzzle.name)


def test_run_returns_a_trace_of_one_sequence():
    trace = latch.run(solved(latch), "s.r")
    assert trace.h.shape == (3, 1, 1) and np.allclose(trace.c[:, 0, 0], [1, 1, 0])


def test_repr_is_the_question():
    assert repr(toggle) == (
        "Puzzle toggle, symbols a .\nHas the number of a's so far been odd? . changes nothing.\n"
        "Read after every symbol: odd if h[0] > 0.5."
    )


# The notation


def test_program_puts_every_number_in_its_place():
    names = ["x", "y", "z", "h0", "h1", "bias"]
    units = [{gate: {} for gate in "ifgo"} for _ in range(2)]
    for k, (row, block, unit) in enumerate(product(range(6), range(4), range(2))):
        units[unit]["ifgo"[block]][names[row]] = float(k)
    params = program("xyz", units)
    assert params.W_x.shape == (3, 8) and params.W_h.shape == (2, 8) and params.b.shape == (8,)
    assert np.array_equal(np.concatenate([*params[:2], params.b[None]]), np.arange(48.0).reshape(6, 8))


def test_program_gives_the_stated_pre_activations():
    params = program("ab", [{"f": {"a": 1.5, "bias": 0.25, "h1": -2.0}}, {"g": {"h0": 3.0}, "o": 0.5}])
    state = lstm.State(np.array([[0.1, 0.2]]), np.zeros((1, 2)))
    step = lstm.forward(params, state, np.array([[1.0, 0.0]]))
    assert np.allclose(step.f[0], 1 / (1 + np.exp(-np.array([1.5 + 0.25 - 2 * 0.2, 0.0]))))
    assert np.allclose(step.g[0], np.tanh([0.0, 3 * 0.1])) and np.allclose(step.o[0, 1], 1 / (1 + np.exp(-0.5)))
    assert np.allclose(step.i, 0.5)


def test_program_takes_words_as_symbols():
    params = program(("the", "dog"), [{"i": {"dog": 1}}])
    assert params.W_x.shape == (2, 4) and params.W_x[1, 0] == 1
    assert unroll(lstm, params, encode(("the", "dog"), ["the", "dog", "the"])).h.shape == (3, 1, 1)


@pytest.mark.parametrize(
    ("alphabet", "units", "message"),
    [
        ("sr.", [{"i": {"x": 1}}], r"units\[0\]\['i'\] has the key 'x'; expected one of s r \. h0 bias"),
        ("sr.", [{}, {"f": {"h2": 1}}], r"units\[1\]\['f'\] has the key 'h2'"),
        ("sr.", [{"forget": 1}], r"units\[0\] has the key 'forget'; expected the gates i, f, g, o"),
        ("sr.", [{"i": {"s": "1"}}], r"units\[0\]\['i'\]\['s'\] is '1'; expected a finite number"),
        ("sr.", [{"i": np.nan}], r"units\[0\]\['i'\]\['bias'\] is nan"),
        ("sr.", [{"i": True}], "expected a finite number"),
        ("sr.", [{"i": None}], "expected a finite number"),
        ("sr.", [{"i": {"s": np.inf}}], "expected a finite number"),
        ("sr.", [], r"units is \[\]; expected a list"),
        ("sr.", {"i": 1}, "units is .*; expected a list"),
        ("sr.", None, "units is None"),
        ("sr.", ["i"], r"units\[0\] is 'i'; expected a dict"),
        ("ss", [{}], "alphabet is 'ss'; expected at least one symbol, none of them twice"),
        ("", [{}], "alphabet is ''"),
        (("a", "bias"), [{}], "symbol 'bias', which the notation reserves"),
        (("a", "h0"), [{}], "symbol 'h0'"),
    ],
)
def test_unknown_keys_are_named(alphabet, units, message):
    with pytest.raises(ValueError, match=message):
        program(alphabet, units)


def test_encode_is_one_hot_and_names_an_unknown_symbol():
    xs = encode("sr.", "s.r")
    assert xs.shape == (3, 1, 3) and np.array_equal(xs[:, 0], np.eye(3)[[0, 2, 1]])
    assert encode("sr.", "").shape == (0, 1, 3)
    with pytest.raises(ValueError, match=r"symbol 'x'; expected symbols of the alphabet: s r \."):
        encode("sr.", "sx")
