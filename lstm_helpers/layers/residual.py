"""Residual connections: a layer learns what to add to its input, so that gradients pass a deep stack undiminished.

    output_t = x_t + y_t,    ∂L/∂x_t = ∂L/∂output_t + (the gradient through the layer)

y is the output of any layer that is as wide as its input. In stacked LSTMs: Wu et al. (2016).
"""

from dataclasses import dataclass

import numpy as np

from lstm_helpers.arrays import Array, Params, State, check_shape
from lstm_helpers.layers.base import Layer, LayerTrace, check_layer
from lstm_helpers.through_time import Backward


@dataclass(frozen=True, eq=False)
class ResidualTrace:
    """The result of a run of ``Residual``."""

    layer: LayerTrace  # the trace of the layer inside
    output: Array  # (T, B, D)
    mask: Array | None  # (T, B) bool

    @property
    def state(self) -> State:
        """The last state of the layer inside."""
        return self.layer.state

    @property
    def n_reversed(self) -> int:
        """That of the layer inside."""
        return getattr(self.layer, "n_reversed", 0)


@dataclass(frozen=True, repr=False)
class Residual:
    """A layer whose input is added to its output. Params and states are those of the layer inside.

    Where the mask is False the input is never read: the output there is that of the layer inside.

    Parameters
    ----------
    layer : Layer
        One whose output is as wide as its input, such as ``Recurrent(lstm)`` in the upper part of a stack.
    """

    layer: Layer

    def __post_init__(self) -> None:
        check_layer("layer", self.layer)

    def __repr__(self) -> str:
        return f"Residual({self.layer!r})"

    @property
    def causal(self) -> bool:
        """Whether a sequence can be cut into chunks: as for the layer inside."""
        return getattr(self.layer, "causal", False)

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: object) -> Params:
        """Draw the weights of the layer inside."""
        self.output_size(input_size, hidden_size)
        return self.layer.init(rng, input_size, hidden_size, **cell_options)

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the output, after checking that it is that of the input."""
        size = self.layer.output_size(input_size, hidden_size)
        if size != input_size:
            raise ValueError(
                f"input_size is {input_size} but {self.layer!r} gives {size} numbers; expected equal sizes: "
                "leave the first layer of a stack without Residual"
            )
        return size

    def forward(
        self,
        params: Params,
        xs: Array,
        state: State | None = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> ResidualTrace:
        """Run the layer over xs (T, B, D) and add xs to its output."""
        trace = self.layer.forward(params, xs, state, mask, rng)
        if trace.output.shape != xs.shape:
            raise ValueError(
                f"xs has shape {xs.shape} but {self.layer!r} gives {trace.output.shape}; expected equal shapes"
            )
        return ResidualTrace(trace, trace.output + _real(xs, mask), mask)

    def backward(self, params: Params, trace: ResidualTrace, d_output: Array, d_state: State | None = None) -> Backward:
        """Backpropagate ∂L/∂output through the sum, to the input and through the layer."""
        T, B, D = trace.output.shape
        check_shape("d_output", d_output, T=T, B=B, D=D)
        back = self.layer.backward(params, trace.layer, d_output, d_state)
        return back._replace(xs=back.xs + _real(d_output, trace.mask))


def _real(values: Array, mask: Array | None) -> Array:
    return values if mask is None else np.where(mask[:, :, None], values, 0)
