"""The plots of chapters 02 to 05 show the data they were given, on fixed limits."""

import itertools
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text

from lstm_helpers import faults, figures, through_time
from lstm_helpers.activations import half_life, sigmoid
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.figures import COLOURS
from lstm_helpers.interventions import clamp_gates
from lstm_helpers.layers import Bidirectional


def line(ax: Axes, gid: str) -> np.ndarray:
    (found,) = (item for item in ax.lines if item.get_gid() == gid)
    return np.asarray(found.get_ydata())


def bars(ax: Axes, gid: str) -> list[Any]:
    found = [group for group in ax.containers if isinstance(group, BarContainer) and group[0].get_gid() == gid]
    return list(found[0])


def mesh(ax: Axes, gid: str) -> Any:
    (found,) = (item for item in ax.collections if item.get_gid() == gid)
    return found


def child(ax: Axes, name: str) -> Axes:
    (found,) = (item for item in ax.child_axes if item.get_label() == name)
    return found


# Every function: where it draws, and what it changes


def every_drawing() -> list[tuple[str, Any]]:
    rng = np.random.default_rng(0)
    params = lstm.init(rng, 2, 3)
    xs = rng.normal(size=(5, 1, 2))
    trace = through_time.unroll(lstm, params, xs)
    both_ways, params_both = Bidirectional(lstm), (params, params)
    c = trace.c[:, 0, 0]
    run = SimpleNamespace(c=trace.c[:, 0], h=trace.h[:, 0], p=trace.o[:, 0, 0])
    timed = SimpleNamespace(size=(20, 1, 4, 8), who="PyTorch", low=0.4, ratio=0.5, high=0.6)
    return [
        ("draw_activations", lambda ax: figures.draw_activations(ax=ax)),
        ("draw_gated_signal", lambda ax: figures.draw_gated_signal(c, trace.o[:, 0, 0], ax=ax)),
        ("draw_gated_value", lambda ax: figures.draw_gated_value(-2.0, 0.88, ax=ax)),
        ("draw_forecasts", lambda ax: figures.draw_forecasts([1, 2, 3], c[:3], {"LSTM": ([2, 3], c[1:3])}, ax=ax)),
        (
            "draw_error_by_horizon",
            lambda ax: figures.draw_error_by_horizon({"LSTM": np.ones((3, 4)), "AR": [1, 2]}, ax=ax),
        ),
        ("draw_leaderboard", lambda ax: figures.draw_leaderboard({"persistence": 2.0, "LSTM": [1.0, 3.0]}, ax=ax)),
        (
            "draw_dot_plot",
            lambda ax: figures.draw_dot_plot({"LSTM": [1.0, 2.0], "GRU": [2.0, 3.0]}, value_label="n", ax=ax),
        ),
        ("draw_intervention", lambda ax: figures.draw_intervention(trace, trace, step=1, ax=ax)),
        ("draw_next_probabilities", lambda ax: figures.draw_next_probabilities("abc", [0.5, 0.3, 0.2], ax=ax)),
        ("draw_text", lambda ax: figures.draw_text("abcde", [0.1, 0.2, 0.3, 0.4, 0.5], ax=ax)),
        ("draw_soft_gate", lambda ax: figures.draw_soft_gate(2.0, -1.0, activation="tanh", ax=ax)),
        ("draw_ablation", lambda ax: figures.draw_ablation(run, run, 2, "both", labels=list("abcde"), ax=ax)),
        ("draw_time_ratios", lambda ax: figures.draw_time_ratios([timed], ax=ax)),
        ("draw_breakdown", lambda ax: figures.draw_breakdown({"small": {"products": 1.0, "rest": 3.0}}, ax=ax)),
        ("draw_cell_state", lambda ax: figures.draw_cell_state(c, f=trace.f[:, 0, 0], ax=ax)),
        (
            "draw_counts",
            lambda ax: figures.draw_counts([[0, 2]], 2, rows=[4], columns="ab", row_label="H", column_label="r", ax=ax),
        ),
        ("draw_seeds", lambda ax: figures.draw_seeds([0, 2], [[1.0, 0.9], [0.5, 0.4]], ax=ax)),
        ("draw_half_lives", lambda ax: figures.draw_half_lives(ax=ax)),
        ("draw_weight_blocks", lambda ax: figures.draw_weight_blocks(params, ax)),
        ("draw_framework_weights", lambda ax: figures.draw_framework_weights(params, ax)),
        ("draw_bidirectional", lambda ax: figures.draw_bidirectional("the sheep near the cats run".split(), 1, ax=ax)),
        (
            "draw_moved_outputs",
            lambda ax: figures.draw_moved_outputs({"LSTM": [0.0, 1e-9, 0.1], "both": [1e-3, 0.1, 1.0]}, 2, ax=ax),
        ),
        (
            "draw_both_directions",
            lambda ax: figures.draw_both_directions(both_ways.forward(params_both, xs), ("c",), ax=ax),
        ),
        ("draw_field", lambda ax: figures.draw_field(trace, ax=ax)),
        ("draw_trace", lambda ax: figures.draw_trace(trace, ax=ax)),
        ("draw_unit", lambda ax: figures.draw_unit(trace, ax=ax)),
        ("draw_series", lambda ax: figures.draw_series([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], ax=ax)),
        ("draw_cell", lambda ax: figures.draw_cell(trace[0], ax=ax)),
        ("draw_backward", lambda ax: figures.draw_backward(params, trace[0], trace[0].state, ax=ax)),
        ("draw_gradient_norms", lambda ax: figures.draw_gradient_norms({"forget bias 1": np.ones((3, 9))}, ax=ax)),
        ("draw_gradient_bands", lambda ax: figures.draw_gradient_bands(np.zeros((3, 9)), -np.ones((3, 9)), ax=ax)),
        (
            "draw_gradcheck_error",
            lambda ax: figures.draw_gradcheck_error([1e-8, 1e-4, 1.0], [1e-6, 1e-9, 1e-1], 1e-16, ax=ax),
        ),
        ("draw_fault_pattern", lambda ax: figures.draw_fault_pattern(faults.examine(), ax=ax)),
        ("draw_success", lambda ax: figures.draw_success([5, 10], {"LSTM": [3, 1]}, 3, ax=ax)),
        (
            "draw_accuracy",
            lambda ax: figures.draw_accuracy([1, 2], {"attention": [[1.0, 0.5]]}, learned_up_to=1, ax=ax),
        ),
        ("draw_alignment", lambda ax: figures.draw_alignment(["run", "dog"], ["u"], [[0.9, 0.1]], at=0, ax=ax)),
        ("draw_learning_curves", lambda ax: figures.draw_learning_curves({"LSTM": [1.0, 0.1]}, ax=ax)),
    ]


def test_every_drawing_is_tested_here() -> None:
    assert {name for name, _ in every_drawing()} == {name for name in figures.__all__ if name.startswith("draw_")}


@pytest.mark.parametrize(("name", "draw"), every_drawing(), ids=[name for name, _ in every_drawing()])
def test_it_draws_on_the_given_axes_and_returns_them(name: str, draw: Any) -> None:
    ax = Figure(figsize=(8, 5), layout="constrained").add_subplot()
    assert draw(ax) is ax
    assert not plt.get_fignums()  # as a widget does at every change
    own = draw(None)
    assert plt.get_fignums() == [own.figure.number]
    assert len(own.figure.axes) >= 1
    own.figure.canvas.draw()


@pytest.mark.parametrize(("name", "draw"), every_drawing(), ids=[name for name, _ in every_drawing()])
def test_no_text_leaves_a_narrow_figure(name: str, draw: Any) -> None:
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    draw(figure.add_subplot())
    canvas.draw()
    box = figure.get_tightbbox().padded(-0.02)
    assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 5.2 and box.y1 <= 4.2, box


# Gates


def test_activations_and_their_derivatives() -> None:
    ax = figures.draw_activations(reach=4.0)
    z = np.asarray(child(ax, "tanh").lines[-1].get_xdata())
    assert (z[0], z[-1]) == (-4, 4)
    np.testing.assert_allclose(line(child(ax, "sigmoid"), "value"), 1 / (1 + np.exp(-z)), rtol=1e-14)
    np.testing.assert_allclose(line(child(ax, "tanh"), "derivative"), np.cosh(z) ** -2.0, rtol=1e-9)
    assert line(child(ax, "sigmoid"), "derivative").max() == 0.25
    assert child(ax, "sigmoid").get_ylim() == child(ax, "tanh").get_ylim()
    with pytest.raises(ValueError, match="reach is 0"):
        figures.draw_activations(reach=0)


def test_a_gated_signal_is_filled_up_to_the_product() -> None:
    value, gate = np.sin(np.arange(30.0)), sigmoid(np.linspace(-6, 6, 30))
    ax = figures.draw_gated_signal(value, gate)
    np.testing.assert_array_equal(line(ax, "value"), value)
    np.testing.assert_array_equal(line(ax, "product"), gate * value)
    (strip,) = ax.child_axes
    np.testing.assert_array_equal(line(strip, "gate"), gate)
    filled = mesh(ax, "passed").get_paths()[0].vertices
    assert {*np.round(filled[:, 1], 12)} == {0.0, *np.round(gate * value, 12)}
    assert ax.get_ylim() == (-1.1, 1.1)


@pytest.mark.parametrize(
    ("value", "gate", "options", "message"),
    [
        ([1.0, 2.0], [0.5], {}, "gate has shape"),
        ([1.0], [1.5], {}, r"gate holds numbers outside 0\.\.1"),
        ([1.0], [np.nan], {}, "gate holds"),
        ([[1.0]], [[0.5]], {}, "value has shape"),
        ([1.0], [0.5], {"symbol": "g"}, "symbol is 'g'"),
    ],
)
def test_a_gated_signal_refuses_invalid_gates(value: Any, gate: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        figures.draw_gated_signal(value, gate, **options)


# The cell state


def test_the_cell_state_shows_what_was_kept_and_what_was_added() -> None:
    f, added, start = np.array([0.5, 1.0, 0.0, 0.25]), np.array([1.0, 0.0, -0.5, 0.125]), 2.0
    c = np.array([2.0, 2.0, -0.5, 0.0])
    for options in ({"f": f}, {"added": added}, {"f": f, "added": added}):
        ax = figures.draw_cell_state(c, start=start, h=np.tanh(c), **options)
        if "f" in options:
            np.testing.assert_array_equal(line(child(ax, "gates"), "f"), f.repeat(2))
            ax = child(ax, "state")
        np.testing.assert_array_equal(line(ax, "c"), [start, *c])
        np.testing.assert_array_equal(line(ax, "h"), np.tanh(c))
        assert [bar.get_height() for bar in bars(ax, "kept")] == [1.0, 2.0, 0.0, -0.125]
        assert [bar.get_height() for bar in bars(ax, "added")] == list(added)
        for kept, put in zip(bars(ax, "kept"), bars(ax, "added"), strict=True):
            assert put.get_y() == kept.get_height()  # the second bar starts where the first ends


def test_a_cell_state_with_one_forget_gate_for_all_steps() -> None:
    c = 0.9 ** np.arange(5.0)
    ax = child(figures.draw_cell_state(c, f=0.9), "state")
    np.testing.assert_allclose([bar.get_height() for bar in bars(ax, "added")], [1, 0, 0, 0, 0], atol=1e-15)


def test_the_gates_that_explain_a_cell_state_stand_above_it() -> None:
    c, i, o = np.full(6, 0.8), np.eye(6)[2], np.array([1, 1, 0, 0, 0.5, 1])
    ax = figures.draw_cell_state(c, f=1.0, i=i, o=o, start=0.8, parts=False, limits=(-1, 2))
    gates, state = child(ax, "gates"), child(ax, "state")
    for name, values in (("f", np.ones(6)), ("i", i), ("o", o)):
        (drawn,) = (item for item in gates.lines if item.get_gid() == name)
        at = np.interp(np.arange(1, 7), drawn.get_xdata(), drawn.get_ydata())
        np.testing.assert_array_equal(at, values)  # over its own step, and until half a step after it
        assert drawn.get_xdata()[0] == 0.5 and drawn.get_xdata()[-1] == 6.5
    assert gates.get_xlim() == state.get_xlim() and [t.get_text() for t in gates.get_yticklabels()] == [
        "0 closed",
        "1 open",
    ]
    assert state.get_ylim() == (-1 - 0.12, 2 + 0.12) and not state.containers
    words = figures.draw_cell_state(c[:2], labels=["the", "dogs"])
    assert [text.get_text() for text in words.get_xticklabels()] == ["the", "dogs"]
    with pytest.raises(ValueError, match=r"o holds numbers outside 0\.\.1"):
        figures.draw_cell_state(c, o=1.5)


def test_cell_states_have_one_of_a_few_limits() -> None:
    limits = {figures.draw_cell_state(top * np.ones(3)).get_ylim() for top in (0.3, 0.7, 1.0)}
    assert limits == {(-0.1, 1.06)}
    assert figures.draw_cell_state([0.2, -1.7]).get_ylim()[0] < -2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"c": np.zeros((2, 2))}, "c has shape"),
        ({"c": np.zeros(0)}, "c has shape"),
        ({"c": np.zeros(3), "f": np.zeros(2)}, "f has shape"),
        ({"c": np.ones(3), "f": 1.0, "added": np.zeros(3)}, "added, f and c disagree"),
        ({"c": np.array([1.0, np.nan])}, "NaN"),
    ],
)
def test_a_cell_state_that_does_not_add_up_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        figures.draw_cell_state(**options)


def test_half_lives_are_marked_where_half_is_left() -> None:
    ax = figures.draw_half_lives((0, 1, 2, 3, 5), steps=30)
    marks = [item for item in ax.lines if item.get_gid() == "half-life"]
    lives = [half_life(sigmoid(b)) for b in (0, 1, 2, 3)]  # 5 has 103 steps, beyond the drawing
    np.testing.assert_allclose([float(m.get_xdata()[0]) for m in marks], lives)
    for bias in (0, 1, 2, 3, 5):
        (curve,) = (item for item in ax.lines if item.get_gid() == f"bias {bias}")
        t = np.asarray(curve.get_xdata())
        np.testing.assert_allclose(curve.get_ydata(), sigmoid(bias) ** t, rtol=1e-13)
    said = " ".join(text.get_text() for text in ax.texts)
    for life in ("1.0", "2.2", "5.5", "14", "103"):
        assert f"half-life {life}" in said
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text() in ("1.0", "2.2", "5.5", "14")]
    assert len(boxes) == 4 and not any(a.padded(2).overlaps(b) for a, b in itertools.combinations(boxes, 2))
    for bad in ({"forget_biases": ()}, {"forget_biases": (np.inf,)}, {"forget_biases": (1,), "steps": 0}):
        with pytest.raises(ValueError, match=r"^(forget_biases|steps) is"):
            figures.draw_half_lives(**bad)


# Blocks


@pytest.mark.parametrize(("input_size", "hidden_size"), [(3, 5), (1, 1), (40, 2)])
def test_blocks_show_the_weights_of_their_gate(input_size: int, hidden_size: int) -> None:
    params = lstm.init(np.random.default_rng(1), input_size, hidden_size)
    ax = figures.draw_weight_blocks(params)
    for name in ("W_x", "W_h", "b"):
        np.testing.assert_array_equal(mesh(ax, name).get_array().ravel(), getattr(params, name).ravel())
    texts = {text.get_gid(): text for text in ax.texts}
    for k, symbol in enumerate(lstm.BLOCKS):
        assert texts[f"block:{symbol}"].get_color() == COLOURS[symbol]
        assert texts[f"block:{symbol}"].get_position()[0] == k + 0.5
    assert texts["shape:W_x"].get_text() == f"({input_size}, {4 * hidden_size})"
    total = 4 * (input_size * hidden_size + hidden_size**2 + hidden_size)
    assert f"= {total}$ numbers" in texts["count"].get_text()


def test_blocks_refuse_other_cells() -> None:
    rng = np.random.default_rng(2)
    with pytest.raises(ValueError, match=r"params\.W_h"):
        figures.draw_weight_blocks(rnn.init(rng, 2, 3))
    params = lstm.init(rng, 2, 3)
    with pytest.raises(ValueError, match=r"params\.b"):
        figures.draw_weight_blocks(params._replace(b=params.b[:-1]))


# The same weights in other libraries' layouts


def stored_block(ax: Axes, array: str, symbol: str) -> np.ndarray:
    """Give the numbers drawn inside the frame of one block."""
    frame, drawn = (ax.findobj(lambda a, gid=gid: a.get_gid() == gid)[0] for gid in (f"{array}:{symbol}", array))
    corners, values = drawn.get_coordinates(), np.asarray(drawn.get_array())
    middle = (corners[1:, 1:] + corners[:-1, :-1]) / 2
    low, size = np.array(frame.get_xy()), (frame.get_width(), frame.get_height())
    inside = np.all((middle > low) & (middle < low + size), axis=2)
    return values[np.ix_(inside.any(axis=1), inside.any(axis=0))]


def test_every_librarys_frame_holds_our_block() -> None:
    rng = np.random.default_rng(1)
    params = lstm.Params(rng.normal(size=(3, 8)), rng.normal(size=(2, 8)), rng.normal(size=8))
    ax = figures.draw_framework_weights(params)
    W_x, W_h, b = (dict(zip("ifgo", np.split(array, 4, axis=-1), strict=True)) for array in params)
    for s in "ifgo":
        for here in (("here:W_x", "here:W_h", "here:b"), ("keras:kernel", "keras:recurrent_kernel", "keras:bias")):
            for array, ours in zip(here, (W_x, W_h, b), strict=True):
                np.testing.assert_array_equal(stored_block(ax, array, f"{s}0"), np.atleast_2d(ours[s]))
        for array, ours in (("torch:weight_ih_l0", W_x), ("torch:weight_hh_l0", W_h), ("onnx:W", W_x), ("onnx:R", W_h)):
            np.testing.assert_array_equal(stored_block(ax, array, f"{s}0"), ours[s].T)
        for array in ("torch:bias_ih_l0", "onnx:B"):
            np.testing.assert_array_equal(stored_block(ax, array, f"{s}0")[:, 0], b[s])
        for array, which in (("torch:bias_hh_l0", 0), ("onnx:B", 1)):
            assert not stored_block(ax, array, f"{s}{which}").any()  # the second bias
    with pytest.raises(ValueError, match=r"params\.W_h has shape"):
        figures.draw_framework_weights(rnn.init(rng, 2, 3))


# Traces over time


@pytest.mark.parametrize("field", ["i", "f", "g", "o", "c", "h"])
def test_a_map_has_units_downward_and_time_to_the_right(masked: Any, field: str) -> None:
    for sequence in (0, 1):
        ax = figures.draw_field(masked.trace, field, sequence=sequence)
        drawn = mesh(ax, field)
        np.testing.assert_array_equal(drawn.get_array(), getattr(masked.trace, field)[:, sequence].T)
        low, high = drawn.get_clim()
        assert low == (0 if field in "ifo" else -high)
        assert np.abs(getattr(masked.trace, field)[:, sequence]).max() <= high
        assert ax.get_ylim() == (3.5, -0.5)  # unit 0 on top


def test_masked_steps_are_hatched_and_no_others(masked: Any) -> None:
    def hatched(ax: Axes) -> list[str]:
        return [patch.get_gid() for patch in ax.patches if patch.get_hatch()]

    assert hatched(figures.draw_field(masked.trace, "f", sequence=0)) == []
    assert hatched(figures.draw_field(masked.trace, "c", sequence=1)) == ["masked:2", "masked:5", "masked:6"]
    for plot in figures.draw_unit(masked.trace, 0, sequence=1).child_axes:
        assert hatched(plot) == ["masked:2", "masked:5", "masked:6"]
    for plot in figures.draw_trace(masked.trace, sequence=1).child_axes:
        assert hatched(plot) == ["masked:2", "masked:5", "masked:6"]


def test_a_trace_on_one_time_axis(masked: Any, series_trace: Any) -> None:
    ax = figures.draw_trace(masked.trace)
    assert [plot.get_label() for plot in ax.child_axes] == ["x", "f", "i", "g", "c", "o", "h"]
    assert {plot.get_xlim() for plot in ax.child_axes} == {(0.5, 7.5)}
    np.testing.assert_array_equal(mesh(child(ax, "x"), "x").get_array(), masked.trace.x[:, 0].T)
    for field in "ifgoch":
        np.testing.assert_array_equal(mesh(child(ax, field), field).get_array(), getattr(masked.trace, field)[:, 0].T)
    ax = figures.draw_trace(series_trace, labels=1900.0 + np.arange(40), fields=("f", "c"))
    assert [plot.get_label() for plot in ax.child_axes] == ["x", "f", "c"]
    np.testing.assert_array_equal(line(child(ax, "x"), "x"), series_trace.x[:, 0, 0])
    assert {plot.get_xlim() for plot in ax.child_axes} == {(1899.5, 1939.5)}
    assert child(ax, "c").get_xlabel() == "year"


def test_words_are_written_under_their_steps(masked: Any) -> None:
    words = ["the", "dogs", "near", "the", "old", "cat", "run"]
    for ax in (
        figures.draw_field(masked.trace, labels=words),
        figures.draw_trace(masked.trace, labels=words).child_axes[-1],
        figures.draw_unit(masked.trace, labels=words).child_axes[-1],
    ):
        assert [text.get_text() for text in ax.get_xticklabels()] == words
        assert list(ax.get_xticks()) == [1, 2, 3, 4, 5, 6, 7]
    assert figures.draw_trace(masked.trace, labels=words).child_axes[0].get_label() == "f"  # no map of the input


def test_many_words_do_not_overlap() -> None:
    rng = np.random.default_rng(3)
    trace = through_time.unroll(lstm, lstm.init(rng, 1, 2), rng.normal(size=(24, 1, 1)))
    ax = figures.draw_field(trace, labels=["something"] * 24)
    ax.figure.canvas.draw()
    assert {text.get_rotation() for text in ax.get_xticklabels()} == {45.0}
    places = [text.get_window_extent().x1 for text in ax.get_xticklabels()]
    assert np.diff(places).min() > 10


def test_one_unit_is_drawn_as_lines(masked: Any) -> None:
    ax = figures.draw_unit(masked.trace, 2, sequence=1)
    real = masked.mask[:, 1]
    for symbol, where in (
        ("i", "gates"),
        ("f", "gates"),
        ("o", "gates"),
        ("g", "output"),
        ("c", "c"),
        ("h", "output"),
    ):
        drawn, values = line(child(ax, where), symbol), getattr(masked.trace, symbol)[:, 1, 2]
        if symbol in "ch":
            np.testing.assert_array_equal(drawn, values)  # carried through the mask
        else:
            np.testing.assert_array_equal(drawn, np.where(real, values, np.nan))
    assert child(ax, "gates").get_ylim() == (-0.06, 1.06)
    assert {text.get_text() for plot in ax.child_axes for text in plot.texts} == set("ifogch")


def test_the_vanilla_rnn_has_fewer_maps() -> None:
    rng = np.random.default_rng(4)
    trace = through_time.unroll(rnn, rnn.init(rng, 2, 3), rng.normal(size=(5, 1, 2)))
    assert [plot.get_label() for plot in figures.draw_trace(trace).child_axes] == ["x", "h"]
    with pytest.raises(ValueError, match="field is 'f'; expected one of h"):
        figures.draw_field(trace, "f")


def test_a_series_is_drawn_unchanged() -> None:
    years, values = np.arange(1700.0, 1705.0), np.array([5.0, np.nan, 16.0, 23.0, 36.0])
    ax = figures.draw_series(years, values, label="sunspot number (yearly mean)")
    np.testing.assert_array_equal(line(ax, "series"), values)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("year", "sunspot number (yearly mean)")
    assert ax.get_ylim()[0] == 0
    with pytest.raises(ValueError, match="values has shape"):
        figures.draw_series(years, values[1:])
    with pytest.raises(ValueError, match="years has shape"):
        figures.draw_series([], [])


@pytest.mark.parametrize("draw", [figures.draw_field, figures.draw_trace, figures.draw_unit])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sequence": 2}, "sequence is 2; expected a whole number from 0 to 1"),
        ({"sequence": -1}, "sequence is -1"),
        ({"labels": ["a", "b"]}, "labels has 2 entries; expected one for each of the 7 steps"),
        ({"labels": [1, 2, 3, 5, 8, 13, 21]}, "labels holds numbers that are not equally spaced"),
    ],
)
def test_arguments_that_do_not_fit_a_trace_are_refused(
    masked: Any, draw: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        draw(masked.trace, **options)
    assert not plt.get_fignums()


def test_missing_units_and_fields_and_empty_traces_are_refused(masked: Any) -> None:
    with pytest.raises(ValueError, match="unit is 4"):
        figures.draw_unit(masked.trace, 4)
    with pytest.raises(ValueError, match="field is 'z'; expected one of f, i, g, c, o, h"):
        figures.draw_field(masked.trace, "z")
    with pytest.raises(ValueError, match="field is 'x'"):
        figures.draw_trace(masked.trace, fields=("f", "x"))
    with pytest.raises(ValueError, match="trace is a Step"):
        figures.draw_field(masked.trace[0])
    empty = through_time.unroll(lstm, lstm.init(np.random.default_rng(0), 1, 1), np.zeros((0, 1, 1)))
    with pytest.raises(ValueError, match="T=0"):
        figures.draw_unit(empty)


def test_labels_of_a_crowded_unit_do_not_collide(series_trace: Any) -> None:
    ax = figures.draw_unit(series_trace, 1)
    ax.figure.canvas.draw()
    for plot in ax.child_axes:
        boxes = [Text.get_window_extent(text) for text in plot.texts]  # without the leader lines
        assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


# Interventions, and the limits of lines


def test_lines_use_the_height_of_their_plot() -> None:
    c = np.linspace(-0.1, -6.2, 9)
    trace = with_cell_state(c)
    low, high = child(figures.draw_unit(trace), "c").get_ylim()
    assert -7.5 < low < -6.2 and -0.05 < high - 0.4 < 0.1  # and not from -10 to 10, for a curve from -6 to 0
    g, h = child(figures.draw_unit(trace), "output"), child(figures.draw_unit(trace), "c")
    assert g.get_ylim() == (-1.08, 1.08) and {item.get_gid() for item in g.lines} == {"g", "h", "level"}
    assert {item.get_gid() for item in h.lines} == {"c", "level"}  # c hides neither g nor h


def with_cell_state(c: Any) -> Any:
    """Make a trace of one unit with this cell state; all else is 0.5."""
    rest = np.full((len(c), 1, 1), 0.5)
    return SimpleNamespace(**dict.fromkeys("ifogh", rest), x=rest, c=np.asarray(c)[:, None, None], mask=None)


def test_an_intervention_shows_the_gate_that_was_set_and_its_effect() -> None:
    params = lstm.init(np.random.default_rng(0), 2, 2)
    trace = through_time.unroll(lstm, params, np.random.default_rng(1).normal(size=(6, 1, 2)))
    shut = clamp_gates(params, trace, {(3, "o", 0): 0.0})
    p = np.linspace(0, 1, 6)
    ax = figures.draw_intervention(trace, shut, fields="ohcΔ", answers=(p, p**2), answer="run", step=3)
    assert [plot.get_label() for plot in ax.child_axes] == ["o", "h", "c", "Δ", "p"]
    for name in "ohc":
        np.testing.assert_array_equal(line(child(ax, name), name), getattr(shut, name)[:, 0, 0])
        np.testing.assert_array_equal(line(child(ax, name), f"{name} original"), getattr(trace, name)[:, 0, 0])
    change = shut.c[:, 0, 0] - trace.c[:, 0, 0]
    np.testing.assert_array_equal(line(child(ax, "Δ"), "Δ"), change)
    low, high = child(ax, "Δ").get_ylim()
    assert np.ptp(change) / (high - low) > 0.7  # what is small in c is large here
    assert line(child(ax, "o"), "o")[3] == 0 and child(ax, "o").get_ylim() == (-0.06, 1.06)
    np.testing.assert_array_equal(line(child(ax, "p"), "p"), p**2)
    assert child(ax, "p").get_ylabel() == "p(run)" and child(ax, "p").get_ylim() == (-0.06, 1.06)
    with pytest.raises(ValueError, match="field is 'q'"):
        figures.draw_intervention(trace, shut, fields="q")


# Scales of maps


def test_a_unit_with_a_small_cell_state_is_not_pale_beside_a_large_one() -> None:
    rng = np.random.default_rng(3)
    trace = through_time.unroll(lstm, lstm.init(rng, 1, 2), rng.normal(size=(7, 1, 1)))
    steps = trace.steps._replace(c=trace.c * np.array([1.0, 50.0]))
    big = through_time.Trace(steps, trace.start, trace.mask)
    ax = child(figures.draw_trace(big, fields=("c",), unit_scales=True), "c")
    shown = mesh(ax, "c")
    np.testing.assert_allclose(np.abs(shown.get_array()).max(axis=1), 1.0)
    assert shown.get_clim() == (-1, 1)
    largest = np.abs(big.c).max(axis=(0, 1))
    said = [text.get_text() for text in ax.texts if text.get_gid() == "scale"]
    assert said == [f"±{value:.1f}" for value in largest]
    one = mesh(child(figures.draw_trace(big, fields=("c",)), "c"), "c")
    np.testing.assert_array_equal(one.get_array(), big.c[:, 0].T)


# Many seeds


def test_every_run_is_a_dot_and_its_place_says_nothing() -> None:
    at, accuracy = [0, 2, 4], np.array([[1.0] * 4, [0.5, 0.51, 1.0, 0.9], [0.44, 0.6, 0.97, 0.75]])
    ax = figures.draw_seeds(at, accuracy)
    for place, row in zip(at, accuracy, strict=True):
        (dots,) = (item for item in ax.lines if item.get_gid() == f"runs {place}")
        x, y = dots.get_xydata().T
        np.testing.assert_array_equal(y, row)
        assert np.mean(x) == pytest.approx(place) and np.ptp(x) < 2
        for value, aside in zip(y, x, strict=True):
            if np.sum(np.abs(y - value) < 0.03) == 1:
                assert aside == pytest.approx(place)  # only dots that would cover one another move aside
    said = {text.get_gid(): text.get_text() for text in ax.texts if text.get_gid()}
    assert said == {"learned 0": "4", "learned 2": "1", "learned 4": "1"}
    assert not [item for item in ax.lines if len(item.get_xdata()) > 1 and item.get_linestyle() != "None"][1:]
    texts = [text.get_text() for text in ax.texts]
    assert "chance" in texts and "learned, of 4:" in texts
    for bad in ([[1.0]], [[1.5], [1.0]]):
        with pytest.raises(ValueError, match="accuracy has shape"):
            figures.draw_seeds([0, 2], bad)
    with pytest.raises(ValueError, match="expected at least two increasing numbers"):
        figures.draw_seeds([2, 0], [[1.0], [1.0]])


def test_a_row_of_equal_runs_is_centred_in_the_order_of_the_runs() -> None:
    ax = figures.draw_seeds([0, 2], [[0.52, 0.5, 0.51], [1.0, 1.0, 1.0]])
    (dots,) = (item for item in ax.lines if item.get_gid() == "runs 0")
    x = np.asarray(dots.get_xdata())
    assert list(x) == sorted(x) and x[1] == pytest.approx(0)  # sorted by run, not by accuracy


def test_a_count_is_written_in_its_field_and_darker_the_larger() -> None:
    counts = np.array([[0, 5], [2, 3]])
    names: dict[str, Any] = {"rows": [8, 16], "columns": [0.1, 0.01], "row_label": "H", "column_label": "rate"}
    ax = figures.draw_counts(counts, 5, **names)
    fields = mesh(ax, "counts")
    np.testing.assert_array_equal(fields.get_array(), counts)
    assert fields.get_clim() == (0, 5) and ax.get_ylim() == (2, 0)
    places = {text.get_position(): text.get_text() for text in ax.texts}
    assert places == {(c + 0.5, r + 0.5): str(counts[r, c]) for r in range(2) for c in range(2)}
    assert [t.get_text() for t in ax.get_yticklabels()] == ["8", "16"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["0.1", "0.01"]
    lightness = [sum(fields.get_cmap()(fields.norm(count))[:3]) for count in (0, 2, 3, 5)]
    assert lightness == sorted(lightness, reverse=True)
    for bad in ([[0, 6], [0, 0]], [[0, 1]]):
        with pytest.raises(ValueError, match="counts has shape"):
            figures.draw_counts(bad, 5, **names)
