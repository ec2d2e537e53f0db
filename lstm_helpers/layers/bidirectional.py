"""One sequence read twice, from its first step to its last and from its last to its first, by two cells of a kind.

    h→_t = cell(x_t, h→_{t-1}),    h←_t = cell(x_t, h←_{t+1}),    output_t = [h→_t, h←_t]

The second half is a forward run over the reversed input, whose outputs are turned round again; mask and input are
reversed together. At every step the output has seen the whole sequence, so it is no forecast. Schuster and Paliwal
(1997); with the LSTM: Graves and Schmidhuber (2005).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_helpers import fused
from lstm_helpers.arrays import Array, check_shape, describe, tree_map
from lstm_helpers.layers.recurrent import Recurrent, RecurrentTrace
from lstm_helpers.through_time import Backward

_BOTH = "a pair, one for each direction"


@dataclass(frozen=True, eq=False)
class BidirectionalTrace:
    """What a run of ``Bidirectional`` computed; ``backward`` is in its own time: its step 0 read the last input."""

    forward: RecurrentTrace
    backward: RecurrentTrace
    output: Array  # (T, B, 2H): [h→, h←], both in the order of the input

    @property
    def state(self) -> tuple[Any, Any]:
        """Each direction's last state: that of the second one has read the first input last."""
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

    Params, state and the gradients of them are pairs (forward, backward). A state that is carried over from one piece
    of a sequence to the next makes sense for the forward half only: the other half should have begun at the end.

    Parameters
    ----------
    cell : module
        Such as ``lstm_helpers.cells.lstm``.
    engine, recurrent_dropout
        As of ``Recurrent``; each direction draws a mask of its own.
    """

    cell: Any
    engine: Any = fused
    recurrent_dropout: float = 0.0

    def __post_init__(self) -> None:
        _ = self._one

    def __repr__(self) -> str:
        return f"Bidirectional{repr(self._one).removeprefix('Recurrent')}"

    @property
    def _one(self) -> Recurrent:
        return Recurrent(self.cell, self.engine, self.recurrent_dropout)

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: Any) -> tuple[Any, Any]:
        """Draw the weights of both directions, the forward ones first."""
        forward, backward = (self._one.init(rng, input_size, hidden_size, **cell_options) for _ in range(2))
        return forward, backward

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the output: that of two h."""
        return 2 * hidden_size

    def forward(
        self,
        params: Any,
        xs: Array,
        state: Any = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> BidirectionalTrace:
        """Run the cell both ways over xs (T, B, D); ``state`` as a trace gives it, or None for zeros.

        Raises
        ------
        ValueError
            As ``unroll``, and if params or state are no pair.
        """
        _check_pair("params", params)
        there, back = (None, None) if state is None else _check_pair("state", state)
        forward = self._one.forward(params[0], xs, there, mask, rng)
        backward = self._one.forward(params[1], xs[::-1], back, None if mask is None else mask[::-1], rng)
        output = np.concatenate([forward.output, backward.output[::-1]], axis=-1)
        return BidirectionalTrace(forward, backward, output)

    def backward(self, params: Any, trace: BidirectionalTrace, d_output: Array, d_state: Any = None) -> Backward:
        """Send gradients back through both runs; in ``states`` both halves are in the order of the input."""
        _check_pair("params", params)
        T, B, H = trace.forward.output.shape
        check_shape("d_output", d_output, "[forward, backward] side by side", T=T, B=B, **{"2H": 2 * H})
        d_there, d_back = (None, None) if d_state is None else _check_pair("d_state", d_state)
        forward = self._one.backward(params[0], trace.forward, np.ascontiguousarray(d_output[..., :H]), d_there)
        reversed_output = np.ascontiguousarray(d_output[::-1, :, H:])
        back = self._one.backward(params[1], trace.backward, reversed_output, d_back)
        return Backward(
            (forward.params, back.params),
            forward.xs + back.xs[::-1],
            (forward.state, back.state),
            (forward.states, tree_map(lambda a: a[::-1], back.states)),
        )


def _check_pair(name: str, value: Any) -> Any:
    if not isinstance(value, tuple) or hasattr(value, "_fields") or len(value) != 2:
        raise ValueError(f"{name} is {describe(value)}; expected {_BOTH}: (forward, backward)")
    return value
