"""The exercise of the chapter on speed: one product for all steps, instead of one for each."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _weight_gradient(inputs: Array, dz: Array) -> Array:
    return inputs.reshape(-1, inputs.shape[2]).T @ dz.reshape(-1, dz.shape[2])


def _cases(rng: np.random.Generator) -> list[tuple[Array, Array]]:
    by_hand = (np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), np.array([[[1.0]], [[10.0]]]))  # two steps, one sequence
    shapes = [(1, 3, 2, 2), (3, 2, 4, 2), (2, 2, 2, 2), (4, 4, 4, 4)]
    return [by_hand] + [
        (rng.normal(size=(T, B, K)).round(2), rng.normal(size=(T, B, N)).round(2)) for T, B, K, N in shapes
    ]


def _flat(a: Array) -> Array:
    return a.reshape(-1, a.shape[-1])


_MEAN = (
    "You take the mean over steps, sequences, or both. If the loss is a mean, dz includes the factor already; a weight "
    "that is used at every step gets the sum of all gradients. Hint: how often is W used in two steps?"
)

weight_gradient = Exercise(
    name="weight_gradient",
    arguments=("inputs", "dz"),
    right=_weight_gradient,
    misconceptions=(
        Misconception(
            lambda inputs, dz: inputs[-1].T @ dz[-1],
            "Only the last step counts in your sum: each step replaces the previous one.\n"
            "Hint: W is used at every step, so every step contributes to its gradient.",
        ),
        Misconception(
            lambda inputs, dz: inputs[0].T @ dz[0],
            "Only the first step counts in your sum. Hint: W is used at every step.",
        ),
        Misconception(
            lambda inputs, dz: np.swapaxes(inputs, 1, 2) @ dz,
            "You return the gradients of all steps, one matrix for each, but not their sum.\n"
            "Hint: a product adds over the axis it removes; which two axes should it remove?",
        ),
        Misconception(
            lambda inputs, dz: _flat(dz).T @ _flat(inputs),
            "Your matrix is transposed: it has a row for each column of W.\n"
            "Hint: z = inputs W, so the gradient has the shape of W, (K, N): which factor comes first?",
        ),
        Misconception(
            lambda inputs, dz: inputs.reshape(inputs.shape[2], -1) @ _flat(dz),
            "You transposed the inputs by reshape, which keeps the order of the numbers in memory: rows get mixed.\n"
            "Hint: make one axis of the first two, and then transpose.",
        ),
        Misconception(
            lambda inputs, dz: _flat(np.swapaxes(inputs, 0, 1)).T @ _flat(dz),
            "You swapped time and batch in one of the two, so each input meets the dz of another step.\n"
            "Hint: both are time first; bring both into rows in the same order.",
        ),
        Misconception(
            lambda inputs, dz: _flat(inputs).T @ _flat(np.swapaxes(dz, 0, 1)),
            "You swapped time and batch in one of the two, so each input meets the dz of another step.\n"
            "Hint: both are time first; bring both into rows in the same order.",
        ),
        Misconception(
            lambda inputs, dz: inputs.sum(axis=(0, 1))[:, None] * dz.sum(axis=(0, 1)),
            "You add before you multiply. The sum of products is not the product of the sums.\n"
            "Hint: each row of inputs belongs to one row of dz.",
        ),
        Misconception(lambda inputs, dz: _weight_gradient(inputs, dz) / (inputs.shape[0] * inputs.shape[1]), _MEAN),
        Misconception(lambda inputs, dz: _weight_gradient(inputs, dz) / inputs.shape[1], _MEAN),
        Misconception(lambda inputs, dz: _weight_gradient(inputs, dz) / inputs.shape[0], _MEAN),
    ),
    cases=_cases,
    takeaway="Products that can wait are collected into one large product: fewer calls, each of them more efficient.",
)
