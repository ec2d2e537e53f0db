"""The exercises of the chapter on sequences: carry the state from piece to piece, and find the last real output."""

from typing import Any

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.exercises.checker import Exercise, Misconception
from lstm_helpers.through_time import Trace, unroll

# One long sequence that arrives in pieces


def _carrying(next_state: Any) -> Any:
    """Make a function that runs piece after piece and starts each from ``next_state(trace of the piece before)``."""

    def unroll_in_chunks(params: lstm.Params, pieces: list[Array]) -> Array:
        state, outputs = None, []
        for piece in pieces:
            trace = unroll(lstm, params, piece, state)
            state = next_state(trace)
            outputs.append(trace.h)
        return np.concatenate(outputs)

    return unroll_in_chunks


def _only(trace: Trace, field: str) -> Any:
    state = trace.state
    return lstm.State(*(part if name == field else np.zeros_like(part) for name, part in state._asdict().items()))


def _last_of_each(params: lstm.Params, pieces: list[Array]) -> Array:
    whole = _carrying(lambda trace: trace.state)(params, pieces)
    return np.asarray(whole[np.cumsum([len(piece) for piece in pieces]) - 1])


def _last_piece(params: lstm.Params, pieces: list[Array]) -> Array:
    return np.asarray(_carrying(lambda trace: trace.state)(params, pieces)[-len(pieces[-1]) :])


def _reset_along_batch(params: lstm.Params, pieces: list[Array]) -> Array:
    return np.concatenate([unroll(lstm, params, piece).h for piece in pieces], axis=1)


def _carried_along_batch(params: lstm.Params, pieces: list[Array]) -> Array:
    whole = _carrying(lambda trace: trace.state)(params, pieces)
    return np.concatenate(np.split(whole, np.cumsum([len(piece) for piece in pieces])[:-1]), axis=1)


def _piece_cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    def case(batch_size: int, input_size: int, hidden_size: int, *lengths: int) -> tuple[Any, ...]:
        params = lstm.init(rng, input_size, hidden_size)
        larger = params._replace(W_x=2 * params.W_x, b=params.b + rng.normal(size=params.b.shape))
        return larger, [rng.normal(size=(length, batch_size, input_size)) for length in lengths]

    return [case(1, 1, 2, 2, 2), case(2, 2, 3, 4, 4, 4), case(2, 2, 3, 1, 5, 2)]


_BATCH_AXIS = (
    "Your pieces stand side by side in the batch axis, as if they were different sequences.\n"
    "Hint: arrays are (T, B, ·), time first; along which axis do the pieces follow one another?"
)

unroll_in_chunks = Exercise(
    name="unroll_in_chunks",
    arguments=("params", "pieces"),
    right=_carrying(lambda trace: trace.state),
    misconceptions=(
        Misconception(
            _carrying(lambda trace: None),
            "Every piece starts from an empty state: your cell forgets everything where one piece ends.\n"
            "Hint: unroll takes a state to start from, and the trace of a piece knows the state it ended in.",
        ),
        Misconception(
            _carrying(lambda trace: _only(trace, "h")),
            "You carry h from piece to piece but not c. The belt is the memory, and it starts empty every time.\n"
            "Hint: a state of the LSTM has two parts; trace.state holds both.",
        ),
        Misconception(
            _carrying(lambda trace: _only(trace, "c")),
            "You carry c from piece to piece but not h. The gates of the next step read h, too.\n"
            "Hint: a state of the LSTM has two parts; trace.state holds both.",
        ),
        Misconception(
            _carrying(lambda trace: lstm.State(trace.state.c, trace.state.h)),
            "You carry both parts of the state, but h and c have changed places.\n"
            "Hint: State(h, c): h comes first; or carry trace.state as it is.",
        ),
        Misconception(
            _carrying(lambda trace: trace[0].state),
            "You carry the state after the first step of a piece, not after its last.\n"
            "Hint: trace[0] is the first step; which one did the piece end with?",
        ),
        Misconception(
            _carrying(lambda trace: lstm.State(*(part[-1] for part in trace.previous))),
            "You carry the state from before the last step: trace.previous is what a step starts from.\n"
            "Hint: you need the state that the last step ended in.",
        ),
        Misconception(_reset_along_batch, _BATCH_AXIS),
        Misconception(_carried_along_batch, _BATCH_AXIS),
        Misconception(
            _last_of_each,
            "You return one h a piece, its last. All the outputs are wanted, one for every step of every piece.\n"
            "Hint: trace.h has them all, time first; join those of the pieces.",
        ),
        Misconception(
            _last_piece,
            "You return the outputs of the last piece only; those of the others are lost.\n"
            "Hint: collect trace.h of every piece, and join them at the end.",
        ),
    ),
    cases=_piece_cases,
    takeaway="With h and c handed on, where the sequence was cut cannot be seen.",
)


# Sequences of different lengths, padded with zeros at the end


def _last_outputs(hs: Array, mask: Array) -> Array:
    return np.asarray(hs[mask.sum(axis=0) - 1, np.arange(hs.shape[1])])


def _output_cases(rng: np.random.Generator) -> list[tuple[Array, Array]]:
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
            "You take the last row of hs. For the shorter sequences that is padding, and here frameworks write 0.\n"
            "Hint: how many True values does each column of the mask have?",
        ),
        Misconception(
            lambda hs, mask: hs[mask.sum(axis=0), np.arange(hs.shape[1])],
            "You use the length as an index, and so you are one step too far.\n"
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
            "You picked whole rows of hs: every sequence at every one of these times, shape (B, B, H).\n"
            "Hint: one pair of indices for each sequence: its last time, and its own number.",
        ),
        Misconception(
            lambda hs, mask: hs[mask.sum(axis=0).max() - 1],
            "You use one length, the longest, for all sequences; the shorter ones have only padding there.\n"
            "Hint: each column of the mask has its own length.",
        ),
        Misconception(
            lambda hs, mask: hs[mask.sum(axis=0).min() - 1],
            "You use one length, the shortest, for all sequences.\nHint: each column of the mask has its own length.",
        ),
        Misconception(
            lambda hs, mask: hs.sum(axis=0) / mask.sum(axis=0)[:, None],
            "You take the mean over each sequence. That is one way to sum it up, but not its last output.\n"
            "Hint: at which index of time does each sequence end?",
        ),
        Misconception(
            lambda hs, mask: hs.mean(axis=0),
            "You take the mean over time, padding included.\nHint: at which index of time does each sequence end?",
        ),
        Misconception(
            lambda hs, mask: hs[mask],
            "You take every real output, of all sequences in one list. Only the last of each is wanted.\n"
            "Hint: at which index of time does each sequence end?",
        ),
    ),
    cases=_output_cases,
    takeaway="(This package repeats h in the padding, so that trace.h[-1] is the last one; PyTorch and ONNX write 0.)",
)
