"""The exercise of the chapter on sigmoid and tanh: a value behind a gate."""

import numpy as np

from lstm_helpers.activations import sigmoid, tanh
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _gated(value: Array, z: Array) -> Array:
    return np.asarray(sigmoid(z) * value)


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
    arguments=("value", "z"),
    right=_gated,
    misconceptions=(
        Misconception(
            lambda value, z: z * value,
            "You multiply by the pre-activation itself, so the gate is not limited: it could amplify or flip signs.\n"
            "Hint: z is any number; a gate is a fraction between 0 and 1. Which function turns one into the other?",
        ),
        Misconception(
            lambda value, z: tanh(z) * value,
            "It looks as if your gate is a tanh. tanh runs from −1 to 1, so a closed gate would change the sign "
            "instead of blocking the value. Hint: which activation function of this chapter runs from 0 to 1?",
        ),
        Misconception(
            lambda value, z: value @ sigmoid(z),
            "It looks as if you used the matrix product, which mixes the elements. Every element has its own gate.\n"
            "Hint: ⊙ is element-wise; which operator multiplies arrays element by element in NumPy?",
        ),
        Misconception(
            lambda value, z: sigmoid(z) @ value,
            "It looks as if you used the matrix product, which mixes the elements. Every element has its own gate.\n"
            "Hint: ⊙ is element-wise; which operator multiplies arrays element by element in NumPy?",
        ),
        Misconception(
            lambda value, z: value + sigmoid(z),
            "It looks as if you add the gate to the value. Then a closed gate (0) would let all of the value pass.\n"
            "Hint: which operation with 0 gives 0, and with 1 changes nothing?",
        ),
        Misconception(
            lambda value, z: (1 - sigmoid(z)) * value,
            "Your gate is reversed: a large positive pre-activation closes it. By convention it opens the gate.\n"
            "Hint: compare your gate at z = 10 with the plot of sigmoid.",
        ),
        Misconception(
            lambda value, z: sigmoid(value) * z,
            "The roles are exchanged: you squash the value and let the pre-activation pass.\n"
            "Hint: z controls the gate; the value goes through it.",
        ),
        Misconception(
            lambda value, z: sigmoid(z * value),
            "You multiply first and squash afterwards, so the result is always between 0 and 1, whatever the "
            "value. Hint: only the gate is squashed; the value keeps its size and sign.",
        ),
        Misconception(
            lambda value, z: sigmoid(z) * tanh(value),
            "The gate is right, but you also squash the value with tanh. A gate only scales the value.\n"
            "Hint: with the gate fully open, a value of 3 comes out as 3.",
        ),
        Misconception(
            lambda value, z: sigmoid(z),
            "You return the gate alone. Hint: which value does the gate scale?",
        ),
    ),
    cases=_cases,
    takeaway="The pre-activation sets the fraction that passes; the value keeps its size and sign.",
)
