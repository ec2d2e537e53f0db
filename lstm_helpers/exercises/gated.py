"""The exercise of the chapter on sigmoid and tanh: a value behind a gate."""

import numpy as np

from lstm_helpers.activations import sigmoid, tanh
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _gated(value: Array, logit: Array) -> Array:
    return np.asarray(sigmoid(logit) * value)


def _cases(rng: np.random.Generator) -> list[tuple[Array, Array]]:
    return [
        (np.array([1.0, 1.0, 1.0]), np.array([-2.0, 0.0, 2.0])),
        (np.array([3.0, -2.0, 0.5]), np.array([1.0, -1.0, 0.25])),
        (np.array([5.0, -5.0]), np.array([1000.0, -1000.0])),
        (rng.normal(size=(2, 2)), rng.normal(size=(2, 2))),
        (rng.normal(size=(2, 3)), rng.normal(size=(2, 3))),
    ]


gated = Exercise(
    name="gated",
    arguments=("value", "logit"),
    right=_gated,
    misconceptions=(
        Misconception(
            lambda value, logit: logit * value,
            "You multiply by the logit itself, so the gate is not squashed: it could amplify, or turn the sign.\n"
            "Hint: a logit is any number; a gate is a fraction between 0 and 1. What turns one into the other?",
        ),
        Misconception(
            lambda value, logit: tanh(logit) * value,
            "It looks as if tanh makes your gate. tanh runs from −1 to 1, so a closed gate would turn the sign "
            "instead of letting nothing pass. Hint: which curve of this chapter runs from 0 to 1?",
        ),
        Misconception(
            lambda value, logit: value @ sigmoid(logit),
            "It looks as if you used the matrix product, which mixes the elements. Every element has a gate of its "
            "own. Hint: ⊙ is element-wise; which operator multiplies arrays element by element in NumPy?",
        ),
        Misconception(
            lambda value, logit: sigmoid(logit) @ value,
            "It looks as if you used the matrix product, which mixes the elements. Every element has a gate of its "
            "own. Hint: ⊙ is element-wise; which operator multiplies arrays element by element in NumPy?",
        ),
        Misconception(
            lambda value, logit: value + sigmoid(logit),
            "It looks as if you add the gate to the value. Then a closed gate (0) would let all of the value pass.\n"
            "Hint: which operation with 0 leaves nothing, and with 1 leaves everything as it is?",
        ),
        Misconception(
            lambda value, logit: (1 - sigmoid(logit)) * value,
            "Your gate works the wrong way round: a large positive logit closes it. By convention it opens it.\n"
            "Hint: compare your gate at logit +10 with the curve of sigmoid.",
        ),
        Misconception(
            lambda value, logit: sigmoid(value) * logit,
            "The roles are swapped: you squash the value and let the logit pass.\n"
            "Hint: the logit controls the gate; the value goes through it.",
        ),
        Misconception(
            lambda value, logit: sigmoid(logit * value),
            "You multiply first and squash afterwards, so what comes out is always between 0 and 1, whatever the "
            "value. Hint: only the gate is squashed; the value keeps its size and sign.",
        ),
        Misconception(
            lambda value, logit: sigmoid(logit) * tanh(value),
            "The gate is right, but you also squash the value with tanh. A gate only scales what passes.\n"
            "Hint: with the gate wide open, a value of 3 comes out as 3.",
        ),
        Misconception(
            lambda value, logit: sigmoid(logit),
            "You return the gate alone. Hint: what is behind the gate, and how much of it passes?",
        ),
    ),
    cases=_cases,
    takeaway="The logit sets how much passes, the value what passes.",
)
