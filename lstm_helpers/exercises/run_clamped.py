"""The exercise of the chapter that looks inside: hold one unit of h, and let everybody else hear it."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.exercises.checker import Case, Exercise, Misconception
from lstm_helpers.interventions import Clamped
from lstm_helpers.through_time import unroll

Held = Callable[[lstm.State, int, float], lstm.State]


def _write(h: Array, unit: int, value: float) -> Array:
    h = h.copy()
    h[:, unit] = value
    return h


def _hold_h(state: lstm.State, unit: int, value: float) -> lstm.State:
    return state._replace(h=_write(state.h, unit, value))


def _hold_c(state: lstm.State, unit: int, value: float) -> lstm.State:
    return state._replace(c=_write(state.c, unit, value))


def _hold_row(state: lstm.State, unit: int, value: float) -> lstm.State:
    h = state.h.copy()
    h[unit] = value
    return state._replace(h=h)


def _run(
    before: Held | None, after: Held | None, shown: Held | None = None, when: Callable[[int], bool] = lambda t: True
) -> Callable[[lstm.Params, Array, int, float], Array]:
    """Make a function that holds something before each step, after it, or only in what it returns."""

    def run_clamped(params: lstm.Params, xs: Array, unit: int, value: float) -> Array:
        state, hs = lstm.zero_state(params, xs.shape[1]), []
        for t, x in enumerate(xs):
            if before and when(t):
                state = before(state, unit, value)
            state = lstm.forward(params, state, x).state
            if after and when(t):
                state = after(state, unit, value)
            hs.append(shown(state, unit, value).h if shown else state.h)
        return np.stack(hs)

    return run_clamped


def _run_clamped(params: lstm.Params, xs: Array, unit: int, value: float) -> Array:
    return np.asarray(unroll(Clamped(lstm, (unit,), value), params, xs).h)


def _without_weights(params: lstm.Params, xs: Array, unit: int, value: float) -> Array:
    W_h = params.W_h.copy()
    W_h[unit] = 0
    return np.asarray(unroll(lstm, params._replace(W_h=W_h), xs).h)


def _cases(rng: np.random.Generator) -> list[Case]:
    def case(length: int, batch_size: int, hidden_size: int, unit: int, value: float) -> Case:
        params = lstm.init(rng, 2, hidden_size)
        larger = lstm.Params(2 * params.W_x, 3 * params.W_h, params.b + rng.normal(size=params.b.shape))
        return larger, rng.normal(size=(length, batch_size, 2)), unit, value

    return [case(2, 1, 2, 1, 0.5), case(4, 3, 3, 0, -0.8), case(5, 3, 4, 2, 0.0), case(3, 2, 3, 1, 0.9)]


_ONLY_SHOWN = (
    "You write the value into the outputs after the run: the other units never heard of it. What unit `unit` "
    "says enters the gates of the next step. Hint: the value has to be in the state that each step starts from."
)

run_clamped = Exercise(
    name="run_clamped",
    arguments=("params", "xs", "unit", "value"),
    right=_run_clamped,
    misconceptions=(
        Misconception(_run(None, None, shown=_hold_h), _ONLY_SHOWN),
        Misconception(
            _run(None, None),
            "Your result is that of a run left alone: what you change gets lost. state._replace returns a new state, "
            "which must be kept. Hint: is the state that you changed the one that the next step starts from?",
        ),
        Misconception(
            _run(None, _hold_h, when=lambda t: t == 0),
            "You hold the unit after the first step only; afterwards it says what it likes.\n"
            "Hint: does your line stand inside of the loop?",
        ),
        Misconception(
            _run(_hold_h, None, when=lambda t: t == 0),
            "You hold the unit before the first step only; afterwards it says what it likes.\n"
            "Hint: does your line stand inside of the loop?",
        ),
        Misconception(
            _run(None, _hold_h),
            "Nearly: the very first step still starts from h = 0 in that unit. It is to be held from the beginning.\n"
            "Hint: the empty state is a state, too.",
        ),
        Misconception(
            _run(_hold_h, None),
            "The other units hear the value, but what you return still shows what the unit would have said, and the "
            "readout would hear that. Hint: change the state after each step, before it is kept.",
        ),
        Misconception(
            _run(_hold_c, _hold_c),
            "You hold the unit's belt c. What it says, h, still follows its output gate: it is not at the value.\n"
            "Hint: which of the two do the gates and the readout see?",
        ),
        Misconception(
            _run(None, _hold_c),
            "You hold the unit's belt c. What it says, h, still follows its output gate: it is not at the value.\n"
            "Hint: which of the two do the gates and the readout see?",
        ),
        Misconception(
            lambda params, xs, unit, value: _run_clamped(params, xs, unit, 0.0),
            "You hold the unit at 0 whatever the value. For a unit that always says about 0.9, silence is news.\n"
            "Hint: use `value`.",
        ),
        Misconception(
            _without_weights,
            "You take the unit's row out of W_h. The others no longer hear it, which is a value of 0, and the readout "
            "hears it as before. Hint: leave the weights alone, and change the state.",
        ),
        Misconception(
            lambda params, xs, unit, value: np.full((*xs.shape[:2], len(params.W_h)), value),
            "You hold all units at the value. Hint: h is (B, H); h[:, unit] is one unit of all sequences.",
        ),
        Misconception(
            lambda params, xs, unit, value: _run_clamped(params, xs, unit, value)[-1],
            "You return the last h only. All of them are wanted, (T, B, H).\n"
            "Hint: collect them in a list, and np.stack it.",
        ),
        Misconception(
            lambda params, xs, unit, value: _run(_hold_row, _hold_row)(params, xs, unit % xs.shape[1], value),
            "You hold all units of one sequence: h is (B, H), the sequence comes first.\n"
            "Hint: h[:, unit] is one unit of all sequences.",
        ),
    ),
    cases=_cases,
    takeaway="What the network loses by this, it had from that unit: that is a cause, and no mere correlation.",
)
