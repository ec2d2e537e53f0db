"""The LSTM with one part ablated, to measure how much that part contributes.

    gate ablated            i, f or o is 1 at every step, and its block of weights is gone
    activation ablated      g = z_g, or h_t = o * c_t

Five of the ablations of Greff et al. (2015), who call them NIG, NFG, NOG, NIAF and NOAF.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import BD, BH, Array
from lstm_helpers.cells import base, lstm

PARTS = ("input gate", "forget gate", "output gate", "input activation", "output activation")


@dataclass(frozen=True, repr=False)
class Ablated:
    """A cell with the functions and records of ``lstm``; if a gate is ablated, its block of weights is missing.

    Parameters
    ----------
    part : str
        One of PARTS.
    """

    part: str

    def __post_init__(self) -> None:
        if self.part not in PARTS:
            raise ValueError(f"part is {self.part!r}; expected one of {', '.join(PARTS)}")

    def __repr__(self) -> str:
        return f"Ablated({self.part!r})"

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks that are left, in the order of ``lstm.BLOCKS``."""
        return tuple(k for k in lstm.BLOCKS if not (self.part.endswith("gate") and self.part.startswith(k)))

    def init(
        self,
        rng: np.random.Generator,
        input_size: int,
        hidden_size: int,
        *,
        forget_bias: float = 1.0,
        dtype: DTypeLike = np.float64,
    ) -> lstm.Params:
        """Draw the weights of ``lstm.init`` and drop the block of the ablated gate."""
        whole = lstm.init(rng, input_size, hidden_size, forget_bias=forget_bias, dtype=dtype)
        left = np.repeat([k in self.blocks for k in lstm.BLOCKS], hidden_size)
        return lstm.Params(*(weights[..., left] for weights in whole))

    def zero_state(self, params: lstm.Params, batch_size: int) -> lstm.State:
        """Give the state before the first step, each (B, H)."""
        return base.zeros(params, self._shapes, lstm.State, batch_size)

    def forward(self, params: lstm.Params, state: lstm.State, x: BD, h_mask: BH | float = 1.0) -> lstm.Step:
        """Compute one step; arguments and errors as in ``lstm.forward``."""
        base.check_step(params, state, x, self._shapes, lstm.State)
        blocks = np.split(x @ params.W_x + (h_mask * state.h) @ params.W_h + params.b, len(self.blocks), axis=1)
        z = dict(zip(self.blocks, blocks, strict=True))
        i, f, o = (sigmoid(z[k]) if k in z else np.ones_like(state.h) for k in "ifo")
        g = z["g"] if self.part == "input activation" else tanh(z["g"])
        c = f * state.c + i * g
        h = o * self._activated(c)
        return lstm.Step(x, state, i, f, g, o, c, h)

    def backward(
        self, params: lstm.Params, step: lstm.Step, d_state: lstm.State, h_mask: BH | float = 1.0
    ) -> tuple[lstm.Params, lstm.State, BD]:
        """Send a gradient back through one step; arguments and result as in ``lstm.backward``."""
        base.check_state("d_state", d_state, lstm.State, *step.h.shape)
        activated = self._activated(step.c)
        dc = d_state.c + d_state.h * step.o * (1.0 if self.part == "output activation" else tanh_derivative(activated))
        dz_of: dict[str, Array] = {
            "i": dc * step.g * sigmoid_derivative(step.i),
            "f": dc * step.previous.c * sigmoid_derivative(step.f),
            "g": dc * step.i * (1.0 if self.part == "input activation" else tanh_derivative(step.g)),
            "o": d_state.h * activated * sigmoid_derivative(step.o),
        }
        dz = np.concatenate([dz_of[k] for k in self.blocks], axis=1)
        d_params = lstm.Params(W_x=step.x.T @ dz, W_h=(h_mask * step.previous.h).T @ dz, b=dz.sum(axis=0))
        return d_params, lstm.State(h=h_mask * (dz @ params.W_h.T), c=dc * step.f), dz @ params.W_x.T

    @cached_property
    def _shapes(self) -> base.Shapes:
        wide = f"{len(self.blocks)}H"
        return (("W_x", f"D {wide}"), ("W_h", f"H {wide}"), ("b", wide))

    def _activated(self, c: Array) -> Array:
        """Apply the output activation to the cell state, or leave it out if it is the ablated part."""
        return c if self.part == "output activation" else np.asarray(tanh(c))
