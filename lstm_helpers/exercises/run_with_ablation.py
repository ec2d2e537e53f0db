"""The exercise of the chapter on cell and hidden state: ablate one of the two, once, and measure the effect."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.exercises.checker import Case, Exercise, Misconception
from lstm_helpers.through_time import Trace, unroll


def _without(state: lstm.State, parts: str) -> lstm.State:
    return state._replace(**{part: np.zeros_like(state.h) for part in parts})


def _before(params: lstm.Params, xs: Array, at: int, part: str) -> lstm.State:
    """Give the ablated state from which step ``at`` starts."""
    state: lstm.State = unroll(lstm, params, xs[:at]).state
    return _without(state, part)


def _after(params: lstm.Params, xs: Array, at: int, part: str) -> Trace:
    """Run the remaining steps."""
    return unroll(lstm, params, xs[at:], _before(params, xs, at, part))


def _run_with_ablation(params: lstm.Params, xs: Array, at: int, part: str) -> Array:
    return np.asarray(_after(params, xs, at, part).h[-1])


def _again_and_again(when: Callable[[int, int], bool]) -> Callable[[lstm.Params, Array, int, str], Array]:
    """Make a function that ablates before every step t for which ``when(t, at)``."""

    def run_with_ablation(params: lstm.Params, xs: Array, at: int, part: str) -> Array:
        state = lstm.zero_state(params, xs.shape[1])
        for t, x in enumerate(xs):
            if when(t, at):
                state = _without(state, part)
            state = lstm.forward(params, state, x).state
        return state.h

    return run_with_ablation


def _step_read_twice(params: lstm.Params, xs: Array, at: int, part: str) -> Array:
    return np.asarray(unroll(lstm, params, xs[at:], _before(params, xs, at + 1, part)).h[-1])


def _all_outputs(params: lstm.Params, xs: Array, at: int, part: str) -> Array:
    return np.concatenate([unroll(lstm, params, xs[:at]).h, _after(params, xs, at, part).h])


def _without_the_input(params: lstm.Params, xs: Array, at: int, part: str) -> Array:
    silent = np.where(np.arange(len(xs))[:, None, None] == at, 0.0, xs)
    return np.asarray(unroll(lstm, params, silent).h[-1])


def _cases(rng: np.random.Generator) -> list[Case]:
    def case(length: int, batch_size: int, input_size: int, hidden_size: int, at: int, part: str) -> Case:
        params = lstm.init(rng, input_size, hidden_size)
        larger = lstm.Params(2 * params.W_x, 2 * params.W_h, params.b + rng.normal(size=params.b.shape))
        return larger, rng.normal(size=(length, batch_size, input_size)), at, part

    # Not the first step or the last: there, one step too early or too late would be ambiguous.
    return [case(4, 1, 1, 2, 2, "c"), case(4, 1, 1, 2, 2, "h"), case(5, 2, 2, 3, 3, "c"), case(7, 2, 2, 3, 1, "h")]


_OUTPUTS = (
    "You return the outputs of many steps. The exercise asks for the last hidden state, shape (B, H).\n"
    "Hint: time comes first; which index is the last?"
)

run_with_ablation = Exercise(
    name="run_with_ablation",
    arguments=("params", "xs", "at", "part"),
    right=_run_with_ablation,
    misconceptions=(
        Misconception(
            lambda params, xs, at, part: unroll(lstm, params, xs).h[-1],
            "Your result is that of a run without ablation. Zeros written after the run do not affect later steps, and "
            "state._replace returns a new state that must be kept. Hint: run up to `at`, change the state, run on.",
        ),
        Misconception(
            lambda params, xs, at, part: unroll(lstm, params, xs[at:]).h[-1],
            "You ablate both h and c: from `at` on your run starts from the zero state. (A new call of unroll does "
            "so unless it is given a state.) Hint: which part of the state before `at` should be kept?",
        ),
        Misconception(
            lambda params, xs, at, part: _run_with_ablation(params, xs, at, "h" if part == "c" else "c"),
            "You ablate the other part: you set the part to 0 that should be kept.\n"
            'Hint: part = "c" means that c becomes 0 and h stays.',
        ),
        Misconception(
            lambda params, xs, at, part: _run_with_ablation(params, xs, at, "h"),
            "You zero h whatever `part` says.\n"
            "Hint: state._replace(h=…) names the field in the code; **{part: …} takes its name from a variable.",
        ),
        Misconception(
            lambda params, xs, at, part: _run_with_ablation(params, xs, at, "c"),
            "You zero c whatever `part` says.\n"
            "Hint: state._replace(c=…) names the field in the code; **{part: …} takes its name from a variable.",
        ),
        Misconception(
            lambda params, xs, at, part: _run_with_ablation(params, xs, at + 1, part),
            "You are one step too late: step `at` still reads the whole state.\n"
            "Hint: steps count from 0; how many of them run before step `at`?",
        ),
        Misconception(
            lambda params, xs, at, part: _run_with_ablation(params, xs, at - 1, part),
            "You are one step too early: the step before `at` already reads the ablated state.\n"
            "Hint: steps count from 0; how many of them run before step `at`?",
        ),
        Misconception(
            _again_and_again(lambda t, at: t >= at),
            "You ablate the part before every step from `at` on. It should be ablated once; afterwards the cell may "
            "rebuild it. Hint: for how many steps is your condition true?",
        ),
        Misconception(
            _again_and_again(lambda t, at: True),
            "You ablate the part before every step of the run. It should be ablated once, before step `at`.\n"
            "Hint: up to `at` this is an ordinary run.",
        ),
        Misconception(
            _again_and_again(lambda t, at: t <= at),
            "You ablate the part before every step up to `at`. It should be ablated once, before step `at`.\n"
            "Hint: up to `at` this is an ordinary run.",
        ),
        Misconception(
            _step_read_twice,
            "Your cell reads step `at` twice: you ablate the state after this step, and then run the step again.\n"
            "Hint: trace[at].state is the state after step `at`; what did the step start from?",
        ),
        Misconception(
            lambda params, xs, at, part: unroll(lstm, params, xs, _before(params, xs, at, part)).h[-1],
            "You run the whole sequence again from the ablated state, from its first step.\n"
            "Hint: which steps have not run yet?",
        ),
        Misconception(
            lambda params, xs, at, part: _before(params, xs, at, part).h,
            "You stop at `at`: you return the hidden state right after the ablation.\n"
            "Hint: the steps from `at` on still have to run, from the ablated state.",
        ),
        Misconception(
            lambda params, xs, at, part: np.zeros_like(unroll(lstm, params, xs).h[-1]),
            "You set your result to 0. Set the state before step `at` to 0; the steps after it compute from what is "
            "left. Hint: run up to `at`, change the state, run on.",
        ),
        Misconception(
            _without_the_input,
            "You set the input of step `at` to 0. The exercise changes the state; the cell still reads all of xs.\n"
            "Hint: trace.state is the state that one step passes to the next.",
        ),
        Misconception(lambda params, xs, at, part: _after(params, xs, at, part).h, _OUTPUTS),
        Misconception(_all_outputs, _OUTPUTS),
        Misconception(
            lambda params, xs, at, part: _after(params, xs, at, part).c[-1],
            "You return the last cell state. Hint: a readout reads the other part of the state.",
        ),
    ),
    cases=_cases,
    takeaway="Where this differs from a run without ablation, the ablated part carried information.",
)
