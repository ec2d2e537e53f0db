"""An exercise of the chapter on gates: one step of the cell state."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _update_cell_state(c_previous: Array, f: Array, i: Array, g: Array) -> Array:
    return np.asarray(f * c_previous + i * g)


def _cases(rng: np.random.Generator) -> list[tuple[Array, ...]]:
    simple = [
        (2.0, 1.0, 0.0, 0.7),  # keeps all, takes nothing
        (2.0, 0.0, 1.0, 0.7),  # keeps nothing, takes all
        (2.0, 0.75, 0.5, -0.6),
    ]
    random = [(rng.normal(size=s), rng.random(s), rng.random(s), rng.uniform(-1, 1, s)) for s in [(3,), (2, 4)]]
    return [tuple(np.array([number]) for number in case) for case in simple] + random


update_cell_state = Exercise(
    name="update_cell_state",
    arguments=("c_previous", "f", "i", "g"),
    right=_update_cell_state,
    misconceptions=(
        Misconception(
            lambda c_previous, f, i, g: (1 - f) * c_previous + i * g,
            "You take f as the fraction that is forgotten. In spite of its name, f is the fraction that is kept.\n"
            "Hint: with f = 1 the belt arrives unchanged.",
        ),
        Misconception(
            lambda c_previous, f, i, g: i * c_previous + f * g,
            "The input gate and the forget gate have changed places.\n"
            "Hint: which of the two acts on what is already on the belt?",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + g,
            "The whole candidate is put on the belt: nothing gates g.\n"
            "Hint: with the input gate closed, i = 0, nothing new may arrive.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + i,
            "You put the input gate on the belt instead of what it lets pass.\n"
            "Hint: i says how much; which of the arguments says what?",
        ),
        Misconception(
            lambda c_previous, f, i, g: np.tanh(f * c_previous + i * g),
            "You squash the belt with tanh. The belt itself is never squashed: that is how it can count past 1 and "
            "why nothing fades on it. Hint: the tanh of this cell sits elsewhere, on the way out.",
        ),
        Misconception(
            lambda c_previous, f, i, g: i * g,
            "You replace what was on the belt by what is new. The new is added to what the forget gate kept.\n"
            "Hint: c_previous must appear in your answer.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + (1 - f) * g,
            "You let the forget gate decide about the new as well (that is a cell of its own, with coupled gates).\n"
            "Hint: here the input gate i is independent of f; where does it act?",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * (c_previous + i * g),
            "You forget part of what has only just arrived.\n"
            "Hint: the forget gate acts on the old part, before the new is added.",
        ),
        Misconception(
            lambda c_previous, f, i, g: c_previous + i * g,
            "Nothing is ever taken off your belt: f is not used. (The LSTM of 1997 was like that.)\n"
            "Hint: the forget gate scales what was there before.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + i * np.tanh(g),
            "You squash the candidate once more. g already is the output of a tanh.\nHint: take g as it comes.",
        ),
    ),
    cases=_cases,
    takeaway="Keep some of the old, add some of the new.",
)
