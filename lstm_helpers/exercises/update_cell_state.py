"""An exercise of the chapter on gates: one step of the cell state."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _update_cell_state(c_previous: Array, f: Array, i: Array, g: Array) -> Array:
    return np.asarray(f * c_previous + i * g)


def _cases(rng: np.random.Generator) -> list[tuple[Array, ...]]:
    simple = [
        (2.0, 1.0, 0.0, 0.7),  # keeps everything, adds nothing
        (2.0, 0.0, 1.0, 0.7),  # keeps nothing, adds everything
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
            "You take f as the fraction that is forgotten. Despite its name, f is the fraction that is kept.\n"
            "Hint: with f = 1 the old cell state is kept unchanged.",
        ),
        Misconception(
            lambda c_previous, f, i, g: i * c_previous + f * g,
            "The input gate and the forget gate are exchanged.\nHint: which of the two acts on the old cell state?",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + g,
            "You add the whole candidate to the cell state: no gate acts on g.\n"
            "Hint: with the input gate closed, i = 0, nothing new may arrive.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + i,
            "You add the input gate to the cell state instead of the value that it lets through.\n"
            "Hint: i says how much is added; which argument says what is added?",
        ),
        Misconception(
            lambda c_previous, f, i, g: np.tanh(f * c_previous + i * g),
            "You apply tanh to the cell state. The cell state itself is never squashed, so it can count past 1 and "
            "need not decay. Hint: this cell applies tanh elsewhere, on the way to its output.",
        ),
        Misconception(
            lambda c_previous, f, i, g: i * g,
            "You replace the old cell state by the new values. They should be added to what the forget gate keeps.\n"
            "Hint: c_previous must appear in your answer.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + (1 - f) * g,
            "You let the forget gate scale the new part as well (that is another cell, the CIFG, with coupled gates).\n"
            "Hint: here the input gate i is independent of f; where does it act?",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * (c_previous + i * g),
            "You forget a part of the new values.\n"
            "Hint: the forget gate acts on the old part, before the new is added.",
        ),
        Misconception(
            lambda c_previous, f, i, g: c_previous + i * g,
            "Your cell state is never forgotten: f is not used. (The LSTM of 1997 was like that.)\n"
            "Hint: the forget gate scales what was there before.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + i * np.tanh(g),
            "You apply tanh to the candidate again. g already is the output of a tanh.\nHint: use g unchanged.",
        ),
    ),
    cases=_cases,
    takeaway="Keep some of the old, add some of the new.",
)
