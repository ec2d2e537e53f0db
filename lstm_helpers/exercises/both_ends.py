"""The exercise of chapter 18: summarise a sequence by the last output of each direction."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Case, Exercise, Misconception


def _both_ends(output: Array, mask: Array) -> Array:
    first, last = mask.argmax(axis=0), len(mask) - 1 - mask[::-1].argmax(axis=0)
    return _taken(output, last, first)


def _taken(output: Array, there: Array | int, back: Array | int) -> Array:
    """Take the forward direction at the steps ``there``, the backward direction at the steps ``back``."""
    H, rows = output.shape[2] // 2, np.arange(output.shape[1])
    return np.concatenate([output[there, rows, :H], output[back, rows, H:]], axis=1)


def _last(mask: Array) -> Array:
    return np.asarray(len(mask) - 1 - mask[::-1].argmax(axis=0))


def _exchanged(output: Array, mask: Array) -> Array:
    right, H = _both_ends(output, mask), output.shape[2] // 2
    return np.concatenate([right[:, H:], right[:, :H]], axis=1)


def _summed(output: Array, mask: Array) -> Array:
    right, H = _both_ends(output, mask), output.shape[2] // 2
    return np.asarray(right[:, :H] + right[:, H:])


def _mean(output: Array, mask: Array) -> Array:
    return np.asarray((output * mask[:, :, None]).sum(axis=0) / mask.sum(axis=0)[:, None])


def _cases(rng: np.random.Generator) -> list[Case]:
    def case(steps: int, units: int, spans: list[tuple[int, int]]) -> Case:
        mask = np.zeros((steps, len(spans)), bool)
        for b, (first, length) in enumerate(spans):
            mask[first : first + length, b] = True
        return np.round(rng.normal(size=(steps, len(spans), 2 * units)), 2), mask

    return [
        case(3, 1, [(0, 3)]),
        case(4, 2, [(0, 2), (0, 4), (0, 1)]),
        case(5, 3, [(0, 3), (2, 3), (1, 2), (0, 5)]),  # padding in front, too
    ]


both_ends = Exercise(
    name="both_ends",
    arguments=("output", "mask"),
    right=_both_ends,
    misconceptions=(
        Misconception(
            lambda output, mask: output[-1],
            "You take output[-1] for both directions. The backward direction begins there: it has read one step, or "
            "only padding.\nHint: which step does the backward direction read last?",
        ),
        Misconception(
            lambda output, mask: _taken(output, _last(mask), _last(mask)),
            "You take both directions at the last real step. The forward direction has read everything by then; the "
            "backward direction has read that one step only. Hint: where does each direction end?",
        ),
        Misconception(
            lambda output, mask: output[0],
            "You take output[0] for both directions. That is right for one of them; the other has read one step only.\n"
            "Hint: where does the forward direction end?",
        ),
        Misconception(
            lambda output, mask: _taken(output, -1, 0),
            "You take the forward direction at step T − 1 and the backward direction at step 0, even if padded.\n"
            "Hint: what does the mask tell about the first and the last step of each sequence?",
        ),
        Misconception(
            lambda output, mask: _taken(output, _last(mask), 0),
            "The forward direction is right. You take the backward direction at step 0, but a sequence may begin after "
            "padding. Hint: where is the first True in each column of the mask?",
        ),
        Misconception(
            lambda output, mask: _taken(output, mask.sum(axis=0) - 1, 0),
            "You count the real steps, as if each sequence began at step 0. It may begin later, after padding.\n"
            "Hint: look for the first and the last True in each column of the mask.",
        ),
        Misconception(
            lambda output, mask: _taken(output, mask.argmax(axis=0), _last(mask)),
            "You take each direction where it *begins*: forward at the first real step, backward at the last.\n"
            "Hint: the forward direction reads from left to right.",
        ),
        Misconception(
            _exchanged,
            "Both directions are taken at the right steps, but they are in the wrong order.\n"
            "Hint: as in output, the forward direction comes first.",
        ),
        Misconception(
            _summed,
            "You add the two directions. They come from two networks with separate weights: unit 0 of one has nothing "
            "to do with unit 0 of the other. Hint: the result has shape (B, 2H).",
        ),
        Misconception(
            _mean,
            "You take the mean over the real steps. That is often a good summary, but not the one asked for here.\n"
            "Hint: each direction has read the whole sequence at one step.",
        ),
    ),
    cases=_cases,
    takeaway="Each direction ends after reading everything: forward at the last real step, backward at the first.",
)
