"""The cell diagram of a real step, forward and backward: every number on it is computed, any part can be highlighted.

A gate is drawn as a box filled to its value, from 0 at the bottom to 1 at the top; a tanh is filled up or down from its
middle. A wire is thicker the larger the number it carries, and dashed if that is negative.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from lstm_helpers.arrays import Array, check_shape
from lstm_helpers.cells import lstm
from lstm_helpers.cells.base import check_state
from lstm_helpers.figures.diagrams import LAYOUTS, CellStep, Layout, Scene, Values, lstm_backward, scene, to_axes
from lstm_helpers.figures.diagrams.plot import room
from lstm_helpers.figures.diagrams.words import BRIEF, LONG, input_text, say_gradient
from lstm_helpers.figures.style import nice_limit, own_axes

_INCHES = 8.6  # the width of a diagram that has a figure of its own


def draw_cell(
    step: CellStep,
    *,
    unit: int = 0,
    sequence: int = 0,
    highlight: str | None = None,
    token: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one step of one unit with its own numbers, and highlight one part.

    Parameters
    ----------
    step : Step
        What a cell's ``forward`` returned, or ``trace[t]``.
    unit, sequence : int
        Which of the H units, and which sequence of the batch.
    highlight : str or None
        The part to highlight; its equation is printed. For the LSTM: "forget", "input", "candidate", "update" (the cell
        state), "output" or "hidden". Its variants have those of them that exist, and "peepholes". For the GRUs:
        "reset", "update" (the gate z), "candidate" or "hidden". For the vanilla RNN: "input", "recurrent" or "hidden".
        None highlights all.
    token : str or None
        The name of the input x, such as a word; written beside it.
    ax : matplotlib Axes or None
        Where to draw; its frame and limits are set. None makes a figure.

    Raises
    ------
    ValueError
        If the cell has no diagram, or the unit, sequence or part does not exist.
    """
    drawn = LAYOUTS.get(type(step))
    if drawn is None:
        names = ", ".join(sorted(module.LAYOUT.name for module in LAYOUTS.values()))
        raise ValueError(
            f"step is a {type(step).__name__}; expected a Step of a cell that has a diagram: {names}. For one step "
            f"of a trace try trace[t]; a new cell's diagram is a module in lstm_helpers/figures/diagrams/"
        )
    if np.ndim(step.h) != 2:
        raise ValueError(f"step.h has shape {np.shape(step.h)}; expected (B, H): if it is a whole trace, try trace[t]")
    check_index("unit", unit, step.h.shape[1])
    check_index("sequence", sequence, step.h.shape[0])
    layout: Layout = drawn.LAYOUT
    if highlight is not None and highlight not in layout.parts:
        raise ValueError(f"highlight is {highlight!r}; expected None or one of {', '.join(layout.parts)}")
    numbers: dict[str, float] = drawn.numbers(step, unit, sequence)
    words = {"x": input_text(step.x[sequence]), "x.word": token or ""}
    return draw_layout(layout, Values(numbers, words, limits_of(numbers), highlight or ""), ax)


def draw_layout(layout: Layout, values: Values, ax: Axes | None = None, *, widest: str = BRIEF) -> Axes:
    """Draw a diagram with its numbers; ``widest`` is the longest number that room is kept for."""
    value, word = values.longest(name=False), values.longest(name=True)

    def at(width: float) -> Scene:
        return scene(layout, width, widest=widest, value=value, word=word)

    if ax is None:
        drawn = at(_INCHES * 72.0)
        return to_axes(drawn, values, own_axes(_INCHES, round(_INCHES * drawn.height / drawn.width, 2)))
    width, height = room(ax)  # a low plot has larger letters with a wider scene, since that is lower
    scenes = [at(share * width) for share in (1.0, 1.2, 1.5, 2.0)]
    return to_axes(max(scenes, key=lambda one: one.font * min(width / one.width, height / one.height)), values, ax)


def limits_of(numbers: Mapping[str, float]) -> dict[str, float]:
    """Give the number of the thickest wire: 1 for most, and for the cell state, which has no bound, one scale."""
    keys = ("c", "c_previous", "kept", "written")
    return dict.fromkeys(keys, max(1.0, nice_limit([numbers.get(key, 0.0) for key in keys])))


def check_index(name: str, value: object, size: int) -> None:
    """Refuse anything but a whole number from 0 to size - 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < size:
        raise ValueError(f"{name} is {value!r}; expected a whole number from 0 to {size - 1}")


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
    """Draw the backward pass of one LSTM step for one unit, and highlight one part.

    Parameters
    ----------
    params, step, d_state
        As for ``lstm.backward``: for instance the network's parameters, ``trace[t]``, and ``Backward.states`` at t.
    d_output : array (B, H), optional
        The part of ``d_state.h`` that comes from the loss at this step, ``d_hs[t]``. It is then drawn separately from
        the gradient that the next step passes back.
    unit, sequence : int
        Which of the H units, and which sequence of the batch.
    highlight : str or None
        The part to highlight; its equation is printed: "hidden" (the two terms of dc), "update" (along the cell state),
        "forget", "input", "candidate" or "output" (down to dz). None highlights all.
    ax : matplotlib Axes or None
        Where to draw; its frame and limits are set. None makes a figure.

    Raises
    ------
    ValueError
        If the step is not an LSTM's, shapes do not fit, or the unit, sequence or part does not exist.
    """
    if not isinstance(step, lstm.Step) or np.ndim(step.h) != 2:
        raise ValueError("step is not one step of an LSTM; expected what lstm.forward returns, or trace[t]")
    check_state("d_state", d_state, lstm.State, *step.h.shape)
    if d_output is not None:
        check_shape("d_output", d_output, B=step.h.shape[0], H=step.h.shape[1])
    check_index("unit", unit, step.h.shape[1])
    check_index("sequence", sequence, step.h.shape[0])
    layout = lstm_backward.layout_of(d_output is not None)
    if highlight is not None and highlight not in layout.parts:
        raise ValueError(f"highlight is {highlight!r}; expected None or one of {', '.join(layout.parts)}")
    numbers = lstm_backward.numbers(params, step, d_state, d_output, unit, sequence)
    width = step.x.shape[1]
    d_x = lstm.backward(params, step, d_state)[2]
    words = {"x": say_gradient(float(d_x[sequence, 0])) if width == 1 else f"{width} values"}
    carried = {wire.number for wire in layout.wires} - {""}
    limits = dict.fromkeys(carried, max(abs(numbers[key]) for key in carried))
    return draw_layout(layout, Values(numbers, words, limits, highlight or "", say_gradient), ax, widest=LONG)
