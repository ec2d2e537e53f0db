"""The exercise of the chapter on reading both ways: one summary of a sequence, each half from where it has read all."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Case, Exercise, Misconception


def _both_ends(output: Array, mask: Array) -> Array:
    first, last = mask.argmax(axis=0), len(mask) - 1 - mask[::-1].argmax(axis=0)
    return _taken(output, last, first)


def _taken(output: Array, there: Array | int, back: Array | int) -> Array:
    """Take the forward half at the steps ``there``, the other at the steps ``back``."""
    H, who = output.shape[2] // 2, np.arange(output.shape[1])
    return np.concatenate([output[there, who, :H], output[back, who, H:]], axis=1)


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
            "You take output[-1], both halves. The backward half begins there: it has read one step, or only padding.\n"
            "Hint: which step does that half read last?",
        ),
        Misconception(
            lambda output, mask: _taken(output, _last(mask), _last(mask)),
            "You take both halves at the last real step. The forward half has read all by then; the backward half "
            "has read that one step and nothing else. Hint: where does each half end?",
        ),
        Misconception(
            lambda output, mask: output[0],
            "You take output[0], both halves. That is right for one of them; the other has read one step only.\n"
            "Hint: where does the forward half end?",
        ),
        Misconception(
            lambda output, mask: _taken(output, -1, 0),
            "You take the forward half at step T - 1 and the backward half at step 0, whether or not they are real.\n"
            "Hint: what does the mask say of the first and the last step of each sequence?",
        ),
        Misconception(
            lambda output, mask: _taken(output, _last(mask), 0),
            "The forward half is right. You take the backward half at step 0, but a sequence may begin later, behind "
            "padding. Hint: where is the first True in each column of the mask?",
        ),
        Misconception(
            lambda output, mask: _taken(output, mask.sum(axis=0) - 1, 0),
            "You count the real steps, and take as many from the front. A sequence may begin later, behind padding.\n"
            "Hint: look for the first and the last True in each column of the mask.",
        ),
        Misconception(
            lambda output, mask: _taken(output, mask.argmax(axis=0), _last(mask)),
            "You take each half where it *begins*: the forward half at the first real step, the backward half at the "
            "last. Hint: the forward half reads from the left to the right.",
        ),
        Misconception(
            _exchanged,
            "Both halves are taken at the right steps, but stand in the wrong order.\n"
            "Hint: as in output, the forward half comes first.",
        ),
        Misconception(
            _summed,
            "You add the halves up. They are answers of two networks with weights of their own: unit 0 of the one has "
            "nothing to do with unit 0 of the other. Hint: the result has shape (B, 2H).",
        ),
        Misconception(
            _mean,
            "You take the mean over the real steps. That is a summary, too, and often a good one, but not the one "
            "that is asked for. Hint: each half has read all of the sequence at one step.",
        ),
    ),
    cases=_cases,
    takeaway="Each half has read all where it ends: the forward half at the last real step, the other at the first.",
)
