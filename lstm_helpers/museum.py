"""Wrong LSTM passes, each of a kind that published code has shipped, kept where they can do no harm.

They serve twice: the tests prove that they would notice every one of them, and the reader learns to recognise a fault
by its symptom. Each exhibit is the right code with one thing wrong; all else is taken from ``lstm`` and
``through_time``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_helpers import through_time
from lstm_helpers.activations import sigmoid_slope, tanh, tanh_slope
from lstm_helpers.arrays import Array, stack, tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.cells.lstm import Params, State, Step


@dataclass(frozen=True)
class WrongCell:
    """Stands in for the ``lstm`` module, with one function replaced."""

    forward: Callable[..., Step] = lstm.forward
    backward: Callable[..., tuple[Params, State, Array]] = lstm.backward
    init: Callable[..., Params] = lstm.init
    zero_state: Callable[..., State] = lstm.zero_state


@dataclass(frozen=True)
class WrongEngine:
    """Stands in for the ``through_time`` module, with one function replaced."""

    unroll: Callable[..., through_time.Trace] = through_time.unroll
    backpropagate: Callable[..., through_time.Backward] = through_time.backpropagate


class Exhibit(NamedTuple):
    """One wrong pass, ready to be used in place of the right one."""

    wrong: Callable[..., Any]  # the function with the fault; its docstring says what is wrong and what one sees
    cell: WrongCell
    engine: WrongEngine

    @property
    def name(self) -> str:
        """The name of the wrong function."""
        return str(self.wrong.__name__)

    @property
    def symptom(self) -> str:
        """What is wrong, and what one sees."""
        return str(self.wrong.__doc__)


# Wrong forward passes


def swapped_forget_and_input(params: Params, state: State, x: Array) -> Step:
    """Let the input gate keep and the forget gate add: a forget bias of 5 then floods the belt."""
    right = lstm.forward(params, state, x)
    c = right.i * state.c + right.f * right.g
    return right._replace(c=c, h=right.o * tanh(c))


def belt_shown_raw(params: Params, state: State, x: Array) -> Step:
    """Show the belt without its tanh, h = o c: outputs pass 1 as soon as the belt does."""
    right = lstm.forward(params, state, x)
    return right._replace(h=right.o * right.c)


def belt_squashed(params: Params, state: State, x: Array) -> Step:
    """Squash the belt itself, c = tanh(f c + i g): a full memory decays even with the forget gate wide open."""
    right = lstm.forward(params, state, x)
    c = tanh(right.c)
    return right._replace(c=c, h=right.o * tanh(c))


def state_not_carried(
    cell: Any, params: Any, xs: Array, state: Any = None, mask: Array | None = None
) -> through_time.Trace:
    """Start every step from an empty state: each output depends on its own input only."""
    zero = cell.zero_state(params, xs.shape[1])
    steps = [cell.forward(params, zero if t or state is None else state, x) for t, x in enumerate(xs)]
    return through_time.Trace(stack(steps), zero if state is None else state, mask)


def blocks_initialised_alike(rng: np.random.Generator, input_size: int, hidden_size: int, **options: Any) -> Params:
    """Draw one block of weights and use it four times: but for their biases the gates start as one function."""
    right = lstm.init(rng, input_size, hidden_size, **options)
    return right._replace(W_x=np.tile(right.W_x[:, :hidden_size], 4), W_h=np.tile(right.W_h[:, :hidden_size], 4))


# Wrong backward passes


def _finish(
    params: Params, step: Step, dc: Array, di: Array, df: Array, dg: Array, do: Array
) -> tuple[Params, State, Array]:
    """Do the linear rest of a backward pass rightly, from the gradients of belt, gates and candidate."""
    slopes = (sigmoid_slope(step.i), sigmoid_slope(step.f), tanh_slope(step.g), sigmoid_slope(step.o))
    dz = np.concatenate([d * slope for d, slope in zip((di, df, dg, do), slopes, strict=True)], axis=1)
    d_params = Params(step.x.T @ dz, step.previous.h.T @ dz, dz.sum(axis=0))
    return d_params, State(dz @ params.W_h.T, dc * step.f), dz @ params.W_x.T


def tanh_slope_forgotten(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Leave the slope of tanh(c) out of dc: one step back only the output gate is right, the rest too large."""
    dc = d_state.c + d_state.h * step.o
    return _finish(params, step, dc, dc * step.g, dc * step.previous.c, dc * step.i, d_state.h * tanh(step.c))


def hidden_path_forgotten(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Let nothing flow from h into the belt: with a loss on h alone, only the output gate ever learns."""
    dc = d_state.c
    return _finish(params, step, dc, dc * step.g, dc * step.previous.c, dc * step.i, d_state.h * tanh(step.c))


def dh_overwritten_too_early(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Reuse the name dh before dc has read it: one step back only the output gate is right."""
    dh = d_state.h
    do = dh * tanh(step.c)
    W_o = params.W_h[:, -dh.shape[1] :]
    dh = (do * sigmoid_slope(step.o)) @ W_o.T
    dc = d_state.c + dh * step.o * tanh_slope(tanh(step.c))
    return _finish(params, step, dc, dc * step.g, dc * step.previous.c, dc * step.i, do)


def slope_applied_twice(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Multiply the input gate's gradient by its slope twice: one step back only that block is wrong."""
    dc = d_state.c + d_state.h * step.o * tanh_slope(tanh(step.c))
    di = dc * step.g * sigmoid_slope(step.i)
    return _finish(params, step, dc, di, dc * step.previous.c, dc * step.i, d_state.h * tanh(step.c))


def belt_off_by_one(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Use c_t where c_{t-1} belongs: the forget gate's gradient is not 0 where the belt was empty before."""
    dc = d_state.c + d_state.h * step.o * tanh_slope(tanh(step.c))
    return _finish(params, step, dc, dc * step.g, dc * step.c, dc * step.i, d_state.h * tanh(step.c))


def recurrent_weights_transposed(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Send dz back through W_h instead of its transpose, block by block: all is right for one step, wrong for two."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    blocks = [block.T for block in np.split(params.W_h, 4, axis=1)]
    _, wrong, _ = lstm.backward(params._replace(W_h=np.concatenate(blocks, axis=1)), step, d_state)
    return d_params, d_previous._replace(h=wrong.h), d_x


def belt_gradient_dropped(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Send no gradient back along the belt: one step is right, and further back only the way through W_h is left."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    return d_params, d_previous._replace(c=np.zeros_like(d_previous.c)), d_x


def bias_gradient_never_written(params: Params, step: Step, d_state: State) -> tuple[Params, State, Array]:
    """Return zeros for the bias: all other gradients are right, and the biases stay where they were initialised."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    return d_params._replace(b=np.zeros_like(d_params.b)), d_previous, d_x


def gradient_cut_in_time(
    cell: Any, params: Any, trace: through_time.Trace, d_hs: Array, d_state: Any = None
) -> through_time.Backward:
    """Send each output's gradient to its own step and no further: right for T = 1, no credit to earlier inputs."""
    parts = []
    for t in range(len(trace)):
        one = through_time.Trace(tree_map(lambda a, t=t: a[t : t + 1], trace.steps), trace[t].previous, None)
        parts.append(through_time.backpropagate(cell, params, one, d_hs[t : t + 1]))
    total = tree_map(lambda *pieces: np.sum(pieces, axis=0), *[part.params for part in parts])
    xs, states = np.concatenate([part.xs for part in parts]), stack([tree_map(lambda a: a[0], p.states) for p in parts])
    return through_time.Backward(total, xs, parts[0].state, states)


def gradient_overwritten(
    cell: Any, params: Any, trace: through_time.Trace, d_hs: Array, d_state: Any = None
) -> through_time.Backward:
    """Write ``=`` where ``+=`` belongs: only the first time step's share of the weights' gradient is left."""
    right = through_time.backpropagate(cell, params, trace, d_hs, d_state)
    d_params, _, _ = cell.backward(params, trace[0], tree_map(lambda a: a[0], right.states))
    return right._replace(params=d_params)


def _exhibits() -> tuple[Exhibit, ...]:
    forwards = (swapped_forget_and_input, belt_shown_raw, belt_squashed)
    backwards = (
        tanh_slope_forgotten,
        hidden_path_forgotten,
        dh_overwritten_too_early,
        slope_applied_twice,
        belt_off_by_one,
        recurrent_weights_transposed,
        belt_gradient_dropped,
        bias_gradient_never_written,
    )
    return (
        *(Exhibit(wrong, WrongCell(forward=wrong), WrongEngine()) for wrong in forwards),
        Exhibit(state_not_carried, WrongCell(), WrongEngine(unroll=state_not_carried)),
        Exhibit(blocks_initialised_alike, WrongCell(init=blocks_initialised_alike), WrongEngine()),
        *(Exhibit(wrong, WrongCell(backward=wrong), WrongEngine()) for wrong in backwards),
        Exhibit(gradient_cut_in_time, WrongCell(), WrongEngine(backpropagate=gradient_cut_in_time)),
        Exhibit(gradient_overwritten, WrongCell(), WrongEngine(backpropagate=gradient_overwritten)),
    )


EXHIBITS = _exhibits()
