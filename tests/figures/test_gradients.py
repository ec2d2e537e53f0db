"""The plots of chapters 07 to 10 show the data they were given; the backward diagram is a real backward pass."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from lstm_helpers import faults, figures, through_time
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.figures import COLOURS
from lstm_helpers.figures.diagrams import lstm_backward
from lstm_helpers.figures.diagrams.plan import enters
from lstm_helpers.figures.diagrams.words import say_gradient
from tests import laws

PARAMS, XS, START, D_HS, D_STATE = laws.case(lstm, 4, 2, 3, 5, seed=6)
TRACE = through_time.unroll(lstm, PARAMS, XS, START)
BACK = through_time.backpropagate(lstm, PARAMS, TRACE, D_HS, D_STATE)


def arriving(t: int) -> lstm.State:
    return lstm.State(BACK.states.h[t], BACK.states.c[t])


def line(ax: Axes, gid: str) -> np.ndarray:
    (found,) = (item for item in ax.lines if item.get_gid() == gid)
    return np.asarray(found.get_ydata())


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.figure.findobj(Text) if text.get_text()]


# The backward pass of the cell


@pytest.mark.parametrize(("unit", "sequence", "t"), [(0, 0, 0), (4, 1, 3), (2, 1, 1)])
def test_the_numbers_on_the_wires_are_those_of_the_backward_pass(unit: int, sequence: int, t: int) -> None:
    """Compare with the gradients of the whole run: each step passes on what the step before it receives."""
    n = lstm_backward.numbers(PARAMS, TRACE[t], arriving(t), D_HS[t], unit, sequence)
    step = tree_map(lambda a: a[sequence, unit], TRACE[t]._replace(x=TRACE[t].h))
    before = BACK.state if t == 0 else arriving(t - 1)
    own = 0.0 if t == 0 else D_HS[t - 1, sequence, unit]  # the loss at the earlier step's output is not part of it
    assert abs(n["dh_previous"] - (before.h[sequence, unit] - own)) < 1e-12
    assert abs(n["dc_previous"] - before.c[sequence, unit]) < 1e-12
    assert abs(n["dh_later"] + n["dh_loss"] - n["dh"]) < 1e-14 and n["dh"] == BACK.states.h[t, sequence, unit]
    assert n["dh_loss"] == D_HS[t, sequence, unit]
    assert abs(n["dc"] - (n["dc_later"] + n["dtanh"] * (1 - np.tanh(step.c) ** 2))) < 1e-14
    assert abs(n["dc_previous"] - n["dc"] * step.f) < 1e-14
    alone, _, _ = lstm.backward(
        PARAMS, *(tree_map(lambda a: a[sequence : sequence + 1], tree) for tree in (TRACE[t], arriving(t)))
    )
    for k, block in zip("ifgo", np.split(alone.b, 4), strict=True):
        assert abs(n[f"dz_{k}"] - block[unit]) < 1e-14
        assert abs(n[f"dz_{k}"] - n[f"d{k}"] * n[f"derivative_{k}"]) < 1e-14


@pytest.mark.parametrize("part", [None, *lstm_backward.LAYOUT.parts])
@pytest.mark.parametrize("split", [False, True])
def test_the_diagram_shows_the_numbers(part: str | None, split: bool) -> None:
    ax = figures.draw_backward(
        PARAMS, TRACE[2], arriving(2), d_output=D_HS[2] if split else None, unit=1, highlight=part
    )
    n = lstm_backward.numbers(PARAMS, TRACE[2], arriving(2), D_HS[2] if split else None, 1, 0)
    notes = {text.get_gid(): text.get_text() for text in ax.texts}
    for name in ("di", "df", "dg", "do", "dc", "from_h", "dz_i", "dz_o", "dtanh", "dh"):
        assert notes[f"note:{name}"].endswith(" " + say_gradient(n[name])), name
    assert notes["number:c_previous"] == say_gradient(n["dc_previous"])
    assert notes["number:h"] == say_gradient(n["dh_later"] if split else n["dh"])
    assert notes["number:x"] == "3 values"
    said = notes["note:dh_loss"]
    assert said.endswith(say_gradient(n["dh_loss"])) if split else said.endswith("included")


def test_every_equation_of_the_backward_pass_is_true() -> None:
    """In the second line of each, the left side equals the sum or product of the numbers on the right."""
    n = lstm_backward.numbers(PARAMS, TRACE[2], arriving(2), D_HS[2], 3, 1)
    for part in lstm_backward.LAYOUT.parts:
        left, _, *right = [piece.text for piece in lstm_backward.LAYOUT.equations[part][1]]
        values = [n[text.strip("{}")] for text in right[::2]]
        assert len(set(right[1::2])) == 1
        total = sum(values) if right[1] == "+" else np.prod(values)
        assert abs(n[left.strip("{}")] - total) < 1e-14, part


def test_every_wire_is_the_forward_one_reversed() -> None:
    forward = {(w.start, w.end) for w in lstm_backward.FORWARD.wires}
    assert {(w.end, w.start) for w in lstm_backward.LAYOUT.wires} == forward
    arrows = {w.end for w in lstm_backward.LAYOUT.wires if enters(lstm_backward.LAYOUT, w)}
    assert {"c_previous", "h_previous", "x", "f", "i", "g", "o", "tanh", "keep", "show"} <= arrows


def test_gradients_are_written_so_that_small_ones_stay_visible() -> None:
    minus = "\N{MINUS SIGN}"
    said = [say_gradient(v) for v in (0.0, 1.25, -0.0316, -0.0001, 2.3e-12)]
    assert said == ["0.000", "1.250", f"{minus}0.032", f"{minus}1e{minus}4", f"2e{minus}12"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"highlight": "memory"}, "highlight is 'memory'; expected None or one of forget, input"),
        ({"unit": 5}, "unit is 5; expected a whole number from 0 to 4"),
        ({"sequence": 2}, "sequence is 2"),
        ({"d_output": D_HS}, r"d_output has shape \(4, 2, 5\)"),
        ({"step": TRACE}, "step is not one step of an LSTM"),
        ({"d_state": rnn.State(D_HS[0])}, r"d_state is State\(h\)"),
    ],
)
def test_the_diagram_names_invalid_arguments(options: dict[str, Any], message: str) -> None:
    arguments = {"step": TRACE[0], "d_state": arriving(0)} | options
    with pytest.raises(ValueError, match=message):
        figures.draw_backward(PARAMS, arguments.pop("step"), arguments.pop("d_state"), **arguments)


# Norms against the lag


def test_a_band_holds_all_runs_and_its_line_is_their_median() -> None:
    norms = 10.0 ** -np.outer([1.0, 2.0, 4.0], np.arange(11.0))
    ax = figures.draw_gradient_norms({"slow": norms[:1].repeat(3, axis=0), "all": norms})
    np.testing.assert_allclose(line(ax, "all"), -2.0 * np.arange(11), atol=1e-12)
    (band,) = (item for item in ax.collections if item.get_gid() == "band all")
    edges = band.get_paths()[0].vertices
    assert edges[:, 1].min() == pytest.approx(-40) and edges[edges[:, 0] == 10, 1].max() == pytest.approx(-10)
    assert "line: median of 3 runs, band: all of them" in texts(ax)
    assert ax.get_ylim()[0] < -40 < ax.get_ylim()[0] + 4
    ax.figure.canvas.draw()
    assert "$10^{-30}$" in texts(ax) and "1" in texts(ax)


def test_a_line_ends_with_its_numbers() -> None:
    ax = figures.draw_gradient_norms({"float16": [1.0, 1e-4, 0.0, 0.0], "explodes": [1.0, 1e4, np.inf, np.inf]})
    for label in ("float16", "explodes"):
        assert np.isnan(line(ax, label)).tolist() == [False, False, True, True]
    assert "one run each" in texts(ax)
    assert {"float16: 0 beyond lag 1", "explodes: infinite beyond lag 1"} <= set(texts(ax))
    assert line(ax, "end float16").tolist() == [-4.0]
    low = figures.draw_gradient_norms({"a": [1.0, 1e-300]}, floor=-40).get_ylim()[0]
    assert -45 < low < -40


def test_lines_that_coincide_are_seen_inside_one_another() -> None:
    same, other = 10.0 ** -np.outer([1.0, 2.0], np.arange(5.0)), np.ones((2, 5))
    ax = figures.draw_gradient_norms({"whole": same, "rest": same, "RNN": other}, nested=("whole", "rest"))
    drawn = {item.get_gid(): item for item in ax.lines}
    assert drawn["whole"].get_linewidth() >= 2 * drawn["rest"].get_linewidth()
    order = [item.get_gid() for item in ax.lines]
    assert order.index("whole") < order.index("rest")  # the narrow one is on top
    assert {item.get_gid() for item in ax.collections} == {"band whole", "band RNN"}
    assert drawn["RNN"].get_color() == COLOURS["h"] and drawn["RNN"].is_dashed() and not drawn["whole"].is_dashed()


# Checks of gradients, faults, training


def test_the_lowest_error_is_marked() -> None:
    eps, errors = 10.0 ** np.arange(-12, 1), 10.0 ** np.abs(np.arange(-12.0, 1) + 5) * 2e-10
    ax = figures.draw_gradcheck_error(eps[::-1], errors[::-1], 0.0)
    assert line(ax, "best").tolist() == [pytest.approx(np.log10(2e-10))]
    assert any(r"best: $2 \cdot 10^{-10}$ at $\varepsilon = 10^{-5}$" in text for text in texts(ax))
    np.testing.assert_allclose(10 ** line(ax, "central difference"), errors, rtol=1e-12)
    assert line(ax, "complex step").tolist() == [-17.0] * 13
    falls = 10.0 ** np.maximum(2.0 * np.arange(-12, 1), -16)
    np.testing.assert_allclose(10 ** line(figures.draw_gradcheck_error(eps, errors, falls), "complex step"), falls)


@pytest.mark.parametrize("name", ["cell_state_off_by_one", "accumulators_not_reset", "mask_ignored"])
def test_exactly_the_wrong_cells_are_filled(name: str) -> None:
    fault = faults.fault_named(name)
    pattern = faults.examine(fault.cell, fault.engine)
    ax = figures.draw_fault_pattern(pattern)
    filled = {item.get_gid() for item in ax.collections}
    rows = faults.FORWARD + faults.BACKWARD
    want = {f"{rows[r]}:{faults.COLUMNS[c]}" for r, c in np.argwhere(pattern.wrong)}
    assert filled == want and want
    heads = [text.get_text().replace("\n", " ") for text in ax.get_xticklabels()]
    want_heads = "first call (2 steps)|again (2 steps)|1 step|last c (1 step)|2 steps|3 steps|last h (3 steps)"
    assert heads == [*want_heads.split("|"), "batch 2 (1 step)", "mask (3 steps)"]
    written = {text.get_text() for text in ax.texts}
    assert {f"{e:.2g}" for e in pattern.errors[pattern.wrong] if e >= 0.001} <= written


def test_success_is_plotted_with_its_number_of_runs() -> None:
    ax = figures.draw_success([10, 50], {"RNN": [2, 0], "LSTM, bias 1": [4, 3]}, 4)
    plots = {plot.get_label(): plot for plot in ax.child_axes}
    for label, counts in (("RNN", [2, 0]), ("LSTM, bias 1", [4, 3])):
        bars = [bar for bar in plots[label].patches if bar.get_gid() == label]
        assert [bar.get_height() for bar in bars] == counts  # exactly: no shift keeps equal ones apart
        assert [text.get_text() for text in plots[label].texts] == [str(count) for count in counts]
        assert [text.get_text() for text in plots[label].get_xticklabels()] == ["10", "50"]
        assert plots[label].get_title(loc="left") == label.replace(", ", ",\n")
    assert len({plot.get_ylim() for plot in plots.values()}) == 1
    assert plots["RNN"].get_ylabel() == "solved, of n = 4 runs"
    for bad in ([4, 5], [-1, 0], [0.5, 1], [1]):
        with pytest.raises(ValueError, match=r"solved\['RNN'\] is .*; expected 2 whole numbers from 0 to n=4"):
            figures.draw_success([10, 50], {"RNN": bad}, 4)
    with pytest.raises(ValueError, match="expected increasing numbers"):
        figures.draw_success([50, 10], {"RNN": [1, 1]}, 4)


def test_every_learning_curve_is_drawn() -> None:
    losses = np.array([[1.0, 0.1, 0.01], [1.0, 0.5, np.nan], [2.0, 1.0, 0.04]])
    ax = figures.draw_learning_curves({"LSTM": losses}, steps=[10, 20, 30], level=0.167, level_label="the mean")
    runs = [item for item in ax.lines if item.get_gid() == "run LSTM"]
    np.testing.assert_allclose([10 ** np.asarray(run.get_ydata()) for run in runs], losses)
    np.testing.assert_allclose(10 ** line(ax, "LSTM"), [1.0, 0.5, 0.025])
    assert {"LSTM (n = 3)", "the mean"} <= set(texts(ax))


def test_learning_curves_can_be_smoothed_and_drawn_without_logarithms() -> None:
    losses = np.array([4.0, 1.0, 4.0, 1.0])
    ax = figures.draw_learning_curves({"LSTM": losses}, smooth=2, level=0.5, level_label="bound")
    thick, thin = (next(item for item in ax.lines if item.get_gid() == gid) for gid in ("LSTM", "run LSTM"))
    np.testing.assert_allclose(10 ** np.asarray(thick.get_ydata()), [2.0, 2.0, 2.0])  # the geometric mean
    assert np.asarray(thick.get_xdata()).tolist() == [1.5, 2.5, 3.5]
    np.testing.assert_allclose(10 ** np.asarray(thin.get_ydata()), losses)
    assert thin.get_linewidth() < thick.get_linewidth() and thin.get_color() == thick.get_color()
    plain = figures.draw_learning_curves({"LSTM": losses}, log=False, level=0.5)
    assert line(plain, "LSTM").tolist() == losses.tolist() and set(line(plain, "level")) == {0.5}
    assert 0 < plain.get_ylim()[0] < 0.5 and 4.0 < plain.get_ylim()[1] < 4.5
    assert not [item for item in plain.lines if str(item.get_gid()).startswith("run")]
    for smooth in (0, 5):
        with pytest.raises(ValueError, match=f"smooth is {smooth}; expected 1 to 4"):
            figures.draw_learning_curves({"LSTM": losses}, smooth=smooth)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: figures.draw_gradient_norms({}), "curves is empty"),
        (lambda: figures.draw_gradient_norms({"a": [1.0]}), r"curves\['a'\] has shape \(1, 1\)"),
        (lambda: figures.draw_gradient_norms({"a": [1.0, -1.0]}), "at least 0"),
        (lambda: figures.draw_gradcheck_error([1.0], [1.0]), "expected both"),
        (lambda: figures.draw_gradcheck_error([0.0, 1.0], [1.0, 1.0]), "not above 0"),
        (lambda: figures.draw_fault_pattern(np.ones((21, 9))), "pattern is a ndarray; expected what faults.examine"),
        (lambda: figures.draw_learning_curves({}), "curves have lengths"),
        (lambda: figures.draw_learning_curves({"a": [1.0], "b": [1.0, 2.0]}), r"curves have lengths \[1, 2\]"),
        (lambda: figures.draw_learning_curves({"a": [1.0]}, steps=[1, 2]), r"steps has shape \(2,\)"),
    ],
)
def test_invalid_data_is_named(draw: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()


def test_a_widget_can_draw_on_its_own_figure() -> None:
    figure = Figure(figsize=(6, 4))
    assert figures.draw_gradient_norms({"a": np.ones((2, 5))}, ax=figure.add_subplot()).figure is figure
