"""An exercise of the chapter on sequences: carry the state from chunk to chunk."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.exercises.checker import Case, Exercise, Misconception
from lstm_helpers.through_time import Trace, unroll

Unroll = Callable[[lstm.Params, list[Array]], Array]


def _carrying(next_state: Callable[[Trace], lstm.State | None]) -> Unroll:
    """Make a function that runs chunk after chunk and starts each from ``next_state(trace of the previous chunk)``."""

    def unroll_in_chunks(params: lstm.Params, chunks: list[Array]) -> Array:
        state, outputs = None, []
        for chunk in chunks:
            trace = unroll(lstm, params, chunk, state)
            state = next_state(trace)
            outputs.append(trace.h)
        return np.concatenate(outputs)

    return unroll_in_chunks


def _only(trace: Trace, field: str) -> lstm.State:
    state = trace.state
    return lstm.State(*(part if name == field else np.zeros_like(part) for name, part in state._asdict().items()))


def _last_of_each(params: lstm.Params, chunks: list[Array]) -> Array:
    whole = _carrying(lambda trace: trace.state)(params, chunks)
    return np.asarray(whole[np.cumsum([len(chunk) for chunk in chunks]) - 1])


def _last_chunk(params: lstm.Params, chunks: list[Array]) -> Array:
    return np.asarray(_carrying(lambda trace: trace.state)(params, chunks)[-len(chunks[-1]) :])


def _reset_along_batch(params: lstm.Params, chunks: list[Array]) -> Array:
    return np.concatenate([unroll(lstm, params, chunk).h for chunk in chunks], axis=1)


def _carried_along_batch(params: lstm.Params, chunks: list[Array]) -> Array:
    whole = _carrying(lambda trace: trace.state)(params, chunks)
    return np.concatenate(np.split(whole, np.cumsum([len(chunk) for chunk in chunks])[:-1]), axis=1)


def _cases(rng: np.random.Generator) -> list[Case]:
    def case(batch_size: int, input_size: int, hidden_size: int, *lengths: int) -> Case:
        params = lstm.init(rng, input_size, hidden_size)
        larger = params._replace(W_x=2 * params.W_x, b=params.b + rng.normal(size=params.b.shape))
        return larger, [rng.normal(size=(length, batch_size, input_size)) for length in lengths]

    return [case(1, 1, 2, 2, 2), case(2, 2, 3, 4, 4, 4), case(2, 2, 3, 1, 5, 2)]


_BATCH_AXIS = (
    "Your chunks are joined along the batch axis, as if they were different sequences.\n"
    "Hint: arrays are (T, B, ·), time first; along which axis do the chunks follow one another?"
)

unroll_in_chunks = Exercise(
    name="unroll_in_chunks",
    arguments=("params", "chunks"),
    right=_carrying(lambda trace: trace.state),
    misconceptions=(
        Misconception(
            _carrying(lambda trace: None),
            "Every chunk starts from the zero state: your cell forgets everything where a chunk ends.\n"
            "Hint: unroll takes an initial state, and the trace of a chunk holds the state it ended in.",
        ),
        Misconception(
            _carrying(lambda trace: _only(trace, "h")),
            "You carry h from chunk to chunk but not c. The cell state is the memory, and every chunk resets yours.\n"
            "Hint: a state of the LSTM has two parts; trace.state holds both.",
        ),
        Misconception(
            _carrying(lambda trace: _only(trace, "c")),
            "You carry c from chunk to chunk but not h. The gates of the next step read h, too.\n"
            "Hint: a state of the LSTM has two parts; trace.state holds both.",
        ),
        Misconception(
            _carrying(lambda trace: lstm.State(trace.state.c, trace.state.h)),
            "You carry both parts of the state, but h and c are exchanged.\n"
            "Hint: State(h, c): h comes first; or carry trace.state as it is.",
        ),
        Misconception(
            _carrying(lambda trace: trace[0].state),
            "You carry the state after the first step of a chunk, not after its last.\n"
            "Hint: trace[0] is the first step; which step did the chunk end with?",
        ),
        Misconception(
            _carrying(lambda trace: lstm.State(*(part[-1] for part in trace.previous))),
            "You carry the state before the last step: trace.previous is the state that a step starts from.\n"
            "Hint: you need the state that the last step ended in.",
        ),
        Misconception(_reset_along_batch, _BATCH_AXIS),
        Misconception(_carried_along_batch, _BATCH_AXIS),
        Misconception(
            _last_of_each,
            "You return one h for each chunk, its last. The exercise asks for the outputs of every step.\n"
            "Hint: trace.h holds them all, time first; join those of the chunks.",
        ),
        Misconception(
            _last_chunk,
            "You return the outputs of the last chunk only; those of the others are lost.\n"
            "Hint: collect trace.h of every chunk, and join them at the end.",
        ),
    ),
    cases=_cases,
    takeaway="If h and c are carried over, the results do not depend on where the sequence is cut.",
)
