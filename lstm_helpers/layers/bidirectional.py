"""A bidirectional layer: two cells of one kind read a sequence, one from first to last step, one from last to first.

    h→_t = cell(x_t, h→_{t-1}),    h←_t = cell(x_t, h←_{t+1}),    output_t = [h→_t, h←_t]

The backward direction is a forward run over the reversed input, whose outputs are reversed again; mask and input are
reversed together. At every step the output depends on the whole sequence, so it is not a forecast. Schuster and Paliwal
(1997); with the LSTM: Graves and Schmidhuber (2005).
"""

from dataclasses import dataclass

import numpy as np

from lstm_helpers import fused
from lstm_helpers.arrays import Array, Params, State, Tree, check_shape, describe, tree_map
from lstm_helpers.cells.base import Cell
from lstm_helpers.layers.recurrent import Recurrent
from lstm_helpers.through_time import Backward, Engine, Trace

_BOTH = "a pair, one for each direction"


@dataclass(frozen=True, eq=False)
class BidirectionalTrace:
    """The result of a run of ``Bidirectional``; step 0 of ``backward`` is the step that read the last input."""

    forward: Trace
    backward: Trace
    output: Array  # (T, B, 2H): [h→, h←], both in the order of the input

    @property
    def state(self) -> tuple[State, State]:
        """The last state of each direction; the backward direction reads the first input last."""
        return self.forward.state, self.backward.state

    @property
    def n_reversed(self) -> int:
        """How many of the output's last columns were read from the end to the beginning."""
        return int(self.output.shape[-1]) // 2

    def __repr__(self) -> str:
        return f"BidirectionalTrace({self.forward!r}, {self.backward!r})"


@dataclass(frozen=True, repr=False)
class Bidirectional:
    """A cell in both directions over time; the output is twice as wide as h.

    Params, state and their gradients are pairs (forward, backward). Carrying a state from one chunk of a sequence to
    the next makes sense for the forward direction only: the backward direction would have to start at the end.

    Parameters
    ----------
    cell : module
        Such as ``lstm_helpers.cells.lstm``.
    engine, recurrent_dropout
        As of ``Recurrent``; each direction draws a mask of its own.
    """

    cell: Cell
    engine: Engine = fused
    recurrent_dropout: float = 0.0

    def __post_init__(self) -> None:
        _ = self._one

    def __repr__(self) -> str:
        return f"Bidirectional{repr(self._one).removeprefix('Recurrent')}"

    @property
    def _one(self) -> Recurrent:
        return Recurrent(self.cell, self.engine, self.recurrent_dropout)

    def init(
        self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: object
    ) -> tuple[Params, Params]:
        """Draw the weights of both directions, the forward ones first."""
        forward, backward = (self._one.init(rng, input_size, hidden_size, **cell_options) for _ in range(2))
        return forward, backward

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the output: that of two h."""
        return 2 * hidden_size

    def forward(
        self,
        params: Params,
        xs: Array,
        state: State | None = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> BidirectionalTrace:
        """Run the cell in both directions over xs (T, B, D); ``state`` as in a trace, or None for the zero state.

        Raises
        ------
        ValueError
            As in ``unroll``, and if params or state is not a pair.
        """
        _check_pair("params", params)
        start, end = (None, None) if state is None else _check_pair("state", state)
        forward = self._one.forward(params[0], xs, start, mask, rng)
        backward = self._one.forward(params[1], xs[::-1], end, None if mask is None else mask[::-1], rng)
        output = np.concatenate([forward.output, backward.output[::-1]], axis=-1)
        return BidirectionalTrace(forward, backward, output)

    def backward(
        self, params: Params, trace: BidirectionalTrace, d_output: Array, d_state: State | None = None
    ) -> Backward:
        """Backpropagate through both runs; in ``states`` both directions are in the order of the input."""
        _check_pair("params", params)
        T, B, H = trace.forward.output.shape
        check_shape("d_output", d_output, "[forward, backward] side by side", T=T, B=B, **{"2H": 2 * H})
        d_forward, d_backward = (None, None) if d_state is None else _check_pair("d_state", d_state)
        forward = self._one.backward(params[0], trace.forward, np.ascontiguousarray(d_output[..., :H]), d_forward)
        reversed_output = np.ascontiguousarray(d_output[::-1, :, H:])
        back = self._one.backward(params[1], trace.backward, reversed_output, d_backward)
        return Backward(
            (forward.params, back.params),
            forward.xs + back.xs[::-1],
            (forward.state, back.state),
            (forward.states, tree_map(lambda a: a[::-1], back.states)),
        )


def _check_pair(name: str, value: Tree) -> Tree:
    if not isinstance(value, tuple) or hasattr(value, "_fields") or len(value) != 2:
        raise ValueError(f"{name} is {describe(value)}; expected {_BOTH}: (forward, backward)")
    return value
