"""The cell run backwards: the diagram of a real step, with a real gradient's numbers on the reversed wires."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lstm_helpers.arrays import Array, check_shape
from lstm_helpers.cells import lstm
from lstm_helpers.cells.base import check_state
from lstm_helpers.figures.diagram import check_index, draw_layout
from lstm_helpers.figures.layouts import lstm_backward
from lstm_helpers.figures.style import number


def draw_backward(
    params: lstm.Params,
    step: lstm.Step,
    d_state: lstm.State,
    *,
    d_output: Array | None = None,
    unit: int = 0,
    sequence: int = 0,
    highlight: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the way of a gradient back through one LSTM step, for one unit, and light one part.

    Parameters
    ----------
    params, step, d_state
        As for ``lstm.backward``: such as the network's, ``trace[t]``, and what ``Backward.states`` holds at t.
    d_output : array (B, H), optional
        The part of ``d_state.h`` that comes from the loss at this very step, ``d_hs[t]``; it is then drawn apart from
        what the next step sent back.
    unit, sequence : int
        Which of the H units, and which sequence of the batch.
    highlight : str or None
        The part to light, and whose equation to print: "hidden" (how dc comes about), "update" (along the belt),
        "forget", "input", "candidate" or "output" (down to dz). None lights all.
    ax : matplotlib Axes or None
        Where to draw; its frame and limits are set. None makes a figure.

    Raises
    ------
    ValueError
        If the step is not an LSTM's, shapes do not fit, or a unit, sequence or part does not exist.
    """
    if not isinstance(step, lstm.Step) or np.ndim(step.h) != 2:
        raise ValueError("step is not one step of an LSTM; expected what lstm.forward returns, or trace[t]")
    check_state("d_state", d_state, lstm.State._fields, *step.h.shape)
    if d_output is not None:
        check_shape("d_output", d_output, B=step.h.shape[0], H=step.h.shape[1])
    check_index("unit", unit, step.h.shape[1])
    check_index("sequence", sequence, step.h.shape[0])
    layout = lstm_backward.layout_of(d_output is not None)
    if highlight is not None and highlight not in layout.parts:
        raise ValueError(f"highlight is {highlight!r}; expected None or one of {', '.join(layout.parts)}")
    numbers = lstm_backward.numbers(params, step, d_state, d_output, unit, sequence)
    width = step.x.shape[1]
    d_x: Any = lstm.backward(params, step, d_state)[2]
    said = say_gradient(float(d_x[sequence, 0])) if width == 1 else f"{width} values"
    return draw_layout(layout, numbers, ax, highlight=highlight, input_text=said, say=say_gradient)


def say_gradient(value: float) -> str:
    """Write a gradient: three decimals, or a power of ten where they would all be 0."""
    if value != 0.0 and abs(value) < 0.0005:
        return f"{value:.0e}".replace("e-0", "e-").replace("-", "\N{MINUS SIGN}")
    return number(value, 3)
