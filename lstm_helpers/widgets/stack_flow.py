"""How much of a gradient reaches every cell of a stack: the numbers behind `StackGradient`, in their own module.

A loss at the top layer's last step gives a gradient ‖∂L/∂h_t‖ at each layer and step, the sum over all paths. With one
loss there is only one path straight down the last step, and only one straight back along the top layer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_helpers.arrays import Array, check_shape
from lstm_helpers.layers import Stacked


def arriving(stack: Stacked, params: tuple[Any, ...], xs: Array, d_last: Array) -> Array:
    """Backpropagate from the top layer's last hidden state; give the gradient's size at every layer and step.

    Parameters
    ----------
    stack : Stacked
        Layers of one cell each, plain or with residual connections.
    params : tuple
        Their weights, the lowest first.
    xs : array (T, 1, D)
        One sequence.
    d_last : array (1, H)
        ∂L/∂output at the last step of the top layer.

    Returns
    -------
    array (layers + 1, T)
        ‖∂L/∂x_t‖ in the first row, then ‖∂L/∂h_t‖ of each layer's cell, the lowest first; all divided by ‖d_last‖.

    Raises
    ------
    ValueError
        If ``xs`` is not one sequence, or ``d_last`` does not fit or is 0.
    """
    if np.ndim(xs) != 3 or xs.shape[1] != 1:
        raise ValueError(f"xs has shape {np.shape(xs)}; expected (T, 1, D), one sequence")
    trace = stack.forward(params, xs)
    check_shape("d_last", d_last, B=1, H=trace.output.shape[2])
    if not np.any(d_last):
        raise ValueError("d_last is 0 everywhere; expected a gradient: all sizes are relative to its own")
    d_output = np.zeros_like(trace.output)
    d_output[-1] = d_last
    rows: list[Array] = []
    for layer, of, run in zip(stack.layers[::-1], params[::-1], trace.layers[::-1], strict=True):
        back = layer.backward(of, run, d_output)
        rows.append(back.states.h)
        d_output = back.xs
    sizes = np.array([np.linalg.norm(row, axis=(1, 2)) for row in (*rows, d_output)][::-1])
    return np.asarray(sizes / np.linalg.norm(d_last))
