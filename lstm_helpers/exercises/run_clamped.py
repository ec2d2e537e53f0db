"""The exercise of chapter 13: clamp one unit of h, so that the rest of the network reads the clamped value."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.exercises.checker import Case, Exercise, Misconception
from lstm_helpers.interventions import Clamped
from lstm_helpers.through_time import unroll

Clamp = Callable[[lstm.State, int, float], lstm.State]


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
    before: Clamp | None,
    after: Clamp | None,
    returned: Clamp | None = None,
    when: Callable[[int], bool] = lambda t: True,
) -> Callable[[lstm.Params, Array, int, float], Array]:
    """Make a function that clamps something before each step, after it, or only in its result."""

    def run_clamped(params: lstm.Params, xs: Array, unit: int, value: float) -> Array:
        state, hs = lstm.zero_state(params, xs.shape[1]), []
        for t, x in enumerate(xs):
            if before and when(t):
                state = before(state, unit, value)
            state = lstm.forward(params, state, x).state
            if after and when(t):
                state = after(state, unit, value)
            hs.append(returned(state, unit, value).h if returned else state.h)
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


_ONLY_RETURNED = (
    "You write the value into the outputs after the run, so the other units never read it. The h of unit `unit` "
    "enters the gates of the next step. Hint: the value has to be in the state that each step starts from."
)

run_clamped = Exercise(
    name="run_clamped",
    arguments=("params", "xs", "unit", "value"),
    right=_run_clamped,
    misconceptions=(
        Misconception(_run(None, None, returned=_hold_h), _ONLY_RETURNED),
        Misconception(
            _run(None, None),
            "Your result is that of a run without intervention: your change is lost. state._replace returns a new "
            "state, which must be kept. Hint: is the changed state the one that the next step starts from?",
        ),
        Misconception(
            _run(None, _hold_h, when=lambda t: t == 0),
            "You clamp the unit after the first step only; afterwards it is free again.\n"
            "Hint: is your line inside the loop?",
        ),
        Misconception(
            _run(_hold_h, None, when=lambda t: t == 0),
            "You clamp the unit before the first step only; afterwards it is free again.\n"
            "Hint: is your line inside the loop?",
        ),
        Misconception(
            _run(None, _hold_h),
            "Nearly: the very first step still starts from h = 0 in that unit. Clamp it from the beginning.\n"
            "Hint: the zero state is a state, too.",
        ),
        Misconception(
            _run(_hold_h, None),
            "The other units read the value, but your result still holds the unit's own h, which the readout would "
            "read. Hint: change the state after each step, before you store it.",
        ),
        Misconception(
            _run(_hold_c, _hold_c),
            "You clamp the unit's cell state c. Its h still follows the output gate, so h is not at the value.\n"
            "Hint: which of the two do the gates and the readout read?",
        ),
        Misconception(
            _run(None, _hold_c),
            "You clamp the unit's cell state c. Its h still follows the output gate, so h is not at the value.\n"
            "Hint: which of the two do the gates and the readout read?",
        ),
        Misconception(
            lambda params, xs, unit, value: _run_clamped(params, xs, unit, 0.0),
            "You clamp the unit to 0 whatever the value. For a unit that is always near 0.9, 0 is far from typical.\n"
            "Hint: use `value`.",
        ),
        Misconception(
            _without_weights,
            "You remove the unit's row of W_h. For the other units that is a value of 0, and the readout still reads "
            "the unit's own h. Hint: do not change the weights; change the state.",
        ),
        Misconception(
            lambda params, xs, unit, value: np.full((*xs.shape[:2], len(params.W_h)), value),
            "You clamp all units to the value. Hint: h is (B, H); h[:, unit] is one unit of all sequences.",
        ),
        Misconception(
            lambda params, xs, unit, value: _run_clamped(params, xs, unit, value)[-1],
            "You return the last h only. The exercise asks for all of them, (T, B, H).\n"
            "Hint: collect them in a list, and np.stack it.",
        ),
        Misconception(
            lambda params, xs, unit, value: _run(_hold_row, _hold_row)(params, xs, unit % xs.shape[1], value),
            "You clamp all units of one sequence: h is (B, H), the sequence comes first.\n"
            "Hint: h[:, unit] is one unit of all sequences.",
        ),
    ),
    cases=_cases,
    takeaway="The change in the results is caused by that unit: an intervention shows more than a correlation.",
)
