"""An exercise of the chapter on sequences: find the last real output of padded sequences."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _last_outputs(hs: Array, mask: Array) -> Array:
    return np.asarray(hs[mask.sum(axis=0) - 1, np.arange(hs.shape[1])])


def _cases(rng: np.random.Generator) -> list[tuple[Array, Array]]:
    def case(total: int, hidden_size: int, *lengths: int) -> tuple[Array, Array]:
        mask = np.arange(total)[:, None] < np.array(lengths)
        return np.tanh(rng.normal(size=(*mask.shape, hidden_size))) * mask[:, :, None], mask

    return [case(4, 1, 3, 1), case(4, 1, 4, 2), case(5, 2, 3, 5, 2), case(7, 3, 5, 4, 2, 3, 5), case(2, 4, 2, 2, 2, 2)]


last_outputs = Exercise(
    name="last_outputs",
    arguments=("hs", "mask"),
    right=_last_outputs,
    misconceptions=(
        Misconception(
            lambda hs, mask: hs[-1],
            "You take the last row of hs. For the shorter sequences that is padding, where frameworks give 0.\n"
            "Hint: how many True values does each column of the mask have?",
        ),
        Misconception(
            lambda hs, mask: hs[mask.sum(axis=0), np.arange(hs.shape[1])],
            "You use the length as an index, which is one step too far.\n"
            "Hint: time counts from 0; a sequence of length 3 ends at index 2.",
        ),
        Misconception(
            lambda hs, mask: hs[mask.sum(axis=0) - 2, np.arange(hs.shape[1])],
            "You stop one step too early.\nHint: time counts from 0; a sequence of length 3 ends at index 2.",
        ),
        Misconception(
            lambda hs, mask: hs[:, -1],
            "You take all steps of the last sequence, as if hs were batch-first.\n"
            "Hint: hs is (T, B, H): the first index is time, the second the sequence.",
        ),
        Misconception(
            lambda hs, mask: hs[mask.sum(axis=0) - 1],
            "You take whole rows of hs: every sequence at each of these times, shape (B, B, H).\n"
            "Hint: one pair of indices for each sequence: its last time and its own index.",
        ),
        Misconception(
            lambda hs, mask: hs[mask.sum(axis=0).max() - 1],
            "You use the longest length for all sequences; the shorter ones have only padding there.\n"
            "Hint: each column of the mask has its own length.",
        ),
        Misconception(
            lambda hs, mask: hs[mask.sum(axis=0).min() - 1],
            "You use the shortest length for all sequences.\nHint: each column of the mask has its own length.",
        ),
        Misconception(
            lambda hs, mask: hs.sum(axis=0) / mask.sum(axis=0)[:, None],
            "You take the mean over each sequence. That is a possible summary, but not the last output.\n"
            "Hint: at which index of time does each sequence end?",
        ),
        Misconception(
            lambda hs, mask: hs.mean(axis=0),
            "You take the mean over time, padding included.\nHint: at which index of time does each sequence end?",
        ),
        Misconception(
            lambda hs, mask: hs[mask],
            "You take every real output, of all sequences in one list. The exercise asks for the last of each.\n"
            "Hint: at which index of time does each sequence end?",
        ),
    ),
    cases=_cases,
    takeaway="(This package repeats h in the padding, so trace.h[-1] is the last output; PyTorch and ONNX give 0.)",
)
