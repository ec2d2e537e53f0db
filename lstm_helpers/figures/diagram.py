"""The cell diagram of a real step, forward and backward: every number on it is computed, any part can be highlighted.

A gate is drawn as a box filled to its value, from 0 at the bottom to 1 at the top; a tanh is filled up or down from its
middle. So the diagram of a step also shows the values of its gates.
"""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, HPacker, TextArea, VPacker
from matplotlib.patches import FancyBboxPatch

from lstm_helpers.arrays import Array, check_shape
from lstm_helpers.cells import lstm
from lstm_helpers.cells.base import check_state
from lstm_helpers.figures.layouts import LAYOUTS, CellStep, Layout, Note, Piece, Point, lstm_backward
from lstm_helpers.figures.strokes import Pen, draw_node, draw_wire
from lstm_helpers.figures.style import CELL, CELL_EDGE, COLOURS, INK, number, own_axes

_INCHES = 9.2  # the width at which font sizes are nominal


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
        names = ", ".join(sorted(module.LAYOUT.cell for module in LAYOUTS.values()))
        raise ValueError(
            f"step is a {type(step).__name__}; expected a Step of a cell that has a diagram: {names}. For one step "
            f"of a trace try trace[t]; a new cell's diagram is a layout in lstm_helpers/figures/layouts/"
        )
    if np.ndim(step.h) != 2:
        raise ValueError(f"step.h has shape {np.shape(step.h)}; expected (B, H): if it is a whole trace, try trace[t]")
    check_index("unit", unit, step.h.shape[1])
    check_index("sequence", sequence, step.h.shape[0])
    layout: Layout = drawn.LAYOUT
    if highlight is not None and highlight not in layout.parts:
        raise ValueError(f"highlight is {highlight!r}; expected None or one of {', '.join(layout.parts)}")
    numbers: dict[str, float] = drawn.numbers(step, unit, sequence)
    return draw_layout(layout, numbers, ax, highlight=highlight, input_text=input_text(step.x[sequence]), token=token)


def draw_layout(
    layout: Layout,
    numbers: Mapping[str, float],
    ax: Axes | None,
    *,
    highlight: str | None,
    input_text: str,
    token: str | None = None,
    say: Callable[[float], str] = number,
) -> Axes:
    """Draw a layout with its numbers; ``say`` formats a number."""
    if ax is None:
        ax = own_axes(_INCHES, _INCHES * (layout.top - layout.bottom) / layout.width)
    _frame(ax, layout)
    inches = ax.get_window_extent().width / ax.figure.dpi
    pen = Pen(ax, highlight, numbers, input_text, token or "", inches / _INCHES, say)
    for wire in sorted(layout.wires, key=lambda wire: pen.lit(wire.parts)):
        draw_wire(pen, layout, wire)
    for node in layout.nodes:
        draw_node(pen, node)
    for note in layout.notes:
        _note(pen, note)
    _equation(pen, layout.equation_at, layout.equations[highlight or ""])
    return ax


def check_index(name: str, value: object, size: int) -> None:
    """Refuse anything but a whole number from 0 to size - 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < size:
        raise ValueError(f"{name} is {value!r}; expected a whole number from 0 to {size - 1}")


def _frame(ax: Axes, layout: Layout) -> None:
    """Set the limits and draw the cell's own box."""
    ax.set(xlim=(0, layout.width), ylim=(layout.bottom, layout.top), aspect="equal")
    ax.set_axis_off()
    ax.apply_aspect()
    left, bottom, right, top = layout.frame
    box = FancyBboxPatch(
        (left, bottom),
        right - left,
        top - bottom,
        boxstyle="round,pad=0,rounding_size=3",
        facecolor=CELL,
        edgecolor=CELL_EDGE,
        linewidth=1,
        zorder=0,
    )
    ax.add_patch(box)


def _note(pen: Pen, note: Note) -> None:
    value = f" {pen.say(pen.numbers[note.number])}" if note.number else ""
    pen.text(
        note.at,
        note.text + value,
        note.symbol,
        note.parts,
        ha=note.align,
        weight="bold" if value else "normal",
        gid=f"note:{note.name}",
    )


def _equation(pen: Pen, at: Point, lines: tuple[tuple[Piece, ...], ...]) -> None:
    """Write the lines of an equation, each symbol in its colour."""
    written = {key: pen.say(value) for key, value in pen.numbers.items()}
    rows: list[Artist] = []
    for line in lines:
        pieces: list[Artist] = []
        for piece in line:
            text = piece.text if "$" in piece.text else piece.text.format(**written)
            look = {"color": COLOURS.get(piece.symbol, INK), "size": 16.0 * pen.scale}
            pieces.append(TextArea(text, textprops=look | {"weight": "bold" if text != piece.text else "normal"}))
        rows.append(HPacker(children=pieces, align="baseline", pad=0, sep=5 * pen.scale))
    block = VPacker(children=rows, align="center", pad=0, sep=6 * pen.scale)
    box = AnnotationBbox(block, at, frameon=False, pad=0, zorder=6, annotation_clip=False)
    box.set_gid("equation")
    pen.ax.add_artist(box)


def input_text(x: Array) -> str:
    """Describe the input: a number, the index of a one-hot vector, or how many values it has."""
    if len(x) == 1:
        return number(float(x[0]))
    hot = np.flatnonzero(x)
    if len(hot) == 1 and x[hot[0]] == 1:
        return f"{hot[0] + 1} of {len(x)}"
    return f"{len(x)} values"


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
    said = say_gradient(float(d_x[sequence, 0])) if width == 1 else f"{width} values"
    return draw_layout(layout, numbers, ax, highlight=highlight, input_text=said, say=say_gradient)


def say_gradient(value: float) -> str:
    """Write a gradient with three decimals, or as a power of ten where they would all be 0."""
    if value != 0.0 and abs(value) < 0.0005:
        return f"{value:.0e}".replace("e-0", "e-").replace("-", "\N{MINUS SIGN}")
    return number(value, 3)
