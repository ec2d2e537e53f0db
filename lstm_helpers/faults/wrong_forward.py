"""Forward passes, each with one fault; its docstring names the fault and its symptom.

The first four replace ``lstm.forward``, the fifth ``lstm.init``, the others ``through_time.unroll``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_helpers import through_time
from lstm_helpers.activations import tanh
from lstm_helpers.arrays import Array, stack
from lstm_helpers.cells import lstm
from lstm_helpers.cells.base import Cell
from lstm_helpers.cells.lstm import Params, State, Step
from lstm_helpers.through_time import Trace


def swapped_forget_and_input(params: Params, state: State, x: Array) -> Step:
    """Let the input gate keep and the forget gate add: a large forget bias no longer preserves the cell state."""
    right = lstm.forward(params, state, x)
    c = right.i * state.c + right.f * right.g
    return right._replace(c=c, h=right.o * tanh(c))


def output_without_tanh(params: Params, state: State, x: Array) -> Step:
    """Leave out the tanh of the output, h = o c: |h| exceeds 1 when |c| is large and the output gate is open."""
    right = lstm.forward(params, state, x)
    return right._replace(h=right.o * right.c)


def cell_state_squashed(params: Params, state: State, x: Array) -> Step:
    """Squash the cell state itself, c = tanh(f c + i g): it decays even with the forget gate fully open."""
    right = lstm.forward(params, state, x)
    c = tanh(right.c)
    return right._replace(c=c, h=right.o * tanh(c))


def blocks_read_in_another_order(params: Params, state: State, x: Array) -> Step:
    """Read the blocks as i f o g: every shape fits, but candidate and output gate use each other's weights."""

    def swap(a: Array) -> Array:
        i, f, g, o = np.split(a, 4, axis=-1)
        return np.concatenate([i, f, o, g], axis=-1)

    return lstm.forward(Params(*map(swap, params)), state, x)


def blocks_initialised_alike(rng: np.random.Generator, input_size: int, hidden_size: int, **options: Any) -> Params:
    """Draw one block of weights and use it four times: apart from their biases, all gates start equal."""
    right = lstm.init(rng, input_size, hidden_size, **options)
    return right._replace(W_x=np.tile(right.W_x[:, :hidden_size], 4), W_h=np.tile(right.W_h[:, :hidden_size], 4))


def state_not_carried(
    cell: Cell, params: Params, xs: Array, state: State | None = None, mask: Array | None = None
) -> Trace:
    """Start every step from the zero state: each output depends on its own input only."""
    zero = cell.zero_state(params, xs.shape[1])
    xs = xs if mask is None else np.where(mask[:, :, None], xs, 0)
    steps = [cell.forward(params, zero if t or state is None else state, x) for t, x in enumerate(xs)]
    return Trace(stack(steps), zero if state is None else state, mask)


def mask_ignored(cell: Cell, params: Params, xs: Array, state: State | None = None, mask: Array | None = None) -> Trace:
    """Read the zeros of the padding as inputs: the last state of a short sequence depends on the longest one."""
    read = xs if mask is None else np.where(mask[:, :, None], xs, 0)
    return through_time.unroll(cell, params, read, state)


def state_never_reset() -> Callable[..., Trace]:
    """Start from the state in which the last call ended: a repeated sequence gives different outputs."""
    kept: list[Any] = []

    def unroll(cell: Cell, params: Params, xs: Array, state: State | None = None, mask: Array | None = None) -> Trace:
        if state is None and kept and kept[-1].h.shape == cell.zero_state(params, xs.shape[1]).h.shape:
            state = kept[-1]
        trace = through_time.unroll(cell, params, xs, state, mask)
        kept[:] = [trace.state]
        return trace

    return unroll
