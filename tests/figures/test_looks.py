"""The look of every drawn thing, by gid: its colour, dashes and marker, its label, and its legend entry.

Colours and dashes are compared by their names in the style, so a colour is changed in one place.
"""

import re
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import Collection, QuadMesh
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from lstm_helpers import faults, figures, through_time
from lstm_helpers.cells import lstm
from lstm_helpers.figures import style
from lstm_helpers.figures.style import shades
from lstm_helpers.layers import Bidirectional

NAMED = {to_hex(colour): symbol for own in (style.COLOURS, style.TEXT_COLOURS) for symbol, colour in own.items()}
NAMED |= {to_hex(style.INK): "ink", to_hex(style.PALE): "pale", to_hex(style.PAPER): "paper", to_hex("0.62"): "grey"}
NAMED |= dict(zip(map(to_hex, [*shades(2), *shades(1)]), ("light", "dark", "middle"), strict=True))


def band(middle: Any) -> Any:
    """Make least, median and greatest of the logarithms of many runs."""
    return middle + np.array([[-1.0], [0.0], [1.0]])


@cache
def drawings() -> dict[str, Any]:
    """Give every figure with all its options."""
    rng = np.random.default_rng(0)
    params = lstm.init(rng, 2, 3)
    xs = rng.normal(size=(5, 1, 2))
    trace = through_time.unroll(lstm, params, xs)
    changed = through_time.unroll(lstm, params, xs + 1)
    c, h = trace.c[:, 0, 0], trace.h[:, 0, 0]
    run, lost = (SimpleNamespace(c=t.c[:, 0], h=t.h[:, 0], p=t.o[:, 0, 0]) for t in (trace, changed))
    timed = [
        SimpleNamespace(size=(20, 1, 4, 8), who=who, low=0.4, ratio=ratio, high=3.0)
        for who, ratio in (("PyTorch", 0.5), ("Keras", 2.0))
    ]
    gains = np.linspace(0, -3, 9)
    both_ways = Bidirectional(lstm).forward((params, params), xs)
    return {
        "draw_ablation": lambda ax: figures.draw_ablation(run, lost, 2, "both", ax=ax),
        "draw_accuracy": lambda ax: figures.draw_accuracy(
            [1, 2, 4], {"with": [[1.0, 1.0, 0.9]] * 2, "without": [[1.0, 0.5, 0.2]] * 2}, learned_up_to=2, ax=ax
        ),
        "draw_activations": lambda ax: figures.draw_activations(ax=ax),
        "draw_alignment": lambda ax: figures.draw_alignment(["run", "dog"], ["u"], [[0.9, 0.1]], at=0, ax=ax),
        "draw_backward": lambda ax: figures.draw_backward(params, trace[0], trace[0].state, ax=ax),
        "draw_cell_state": lambda ax: figures.draw_cell_state(
            c, f=trace.f[:, 0, 0], i=trace.i[:, 0, 0], o=trace.o[:, 0, 0], h=h, ax=ax
        ),
        "draw_counts": lambda ax: figures.draw_counts(
            [[0, 3], [2, 1]], 3, rows=[4, 8], columns=[0.1, 0.2], row_label="units", column_label="rate", ax=ax
        ),
        "draw_seeds": lambda ax: figures.draw_seeds([0, 2], [[1.0, 1.0, 0.97], [0.5, 0.52, 1.0]], ax=ax),
        "draw_weight_blocks": lambda ax: figures.draw_weight_blocks(params, ax),
        "draw_leaderboard": lambda ax: figures.draw_leaderboard({"persistence": 2.0, "LSTM": [1.0, 3.0, 5.0]}, ax=ax),
        "draw_cell": lambda ax: figures.draw_cell(trace[0], ax=ax),
        "draw_bidirectional": lambda ax: figures.draw_bidirectional(["the", "cats", "run"], 1, ax=ax),
        "draw_error_by_horizon": lambda ax: figures.draw_error_by_horizon(
            {"LSTM": np.array([[1, 2], [2, 4.0]]), "AR": [1, 2.5], "last": [2, 5]}, ax=ax
        ),
        "draw_forecasts": lambda ax: figures.draw_forecasts(
            [1, 2, 3], [1.0, 2.0, 4.0], {"LSTM": ([2, 3], [[1, 2.0], [2, 3]]), "AR": ([2, 3], [3, 5.0])}, start=2, ax=ax
        ),
        "draw_field": lambda ax: figures.draw_field(trace, "f", ax=ax),
        "draw_gradient_bands": lambda ax: figures.draw_gradient_bands(band(gains), band(3 * gains), lag=4, ax=ax),
        "draw_gradient_norms": lambda ax: figures.draw_gradient_norms(
            {"bias 0": 10.0 ** (gains * [[1], [2], [3]]), "bias 1": 10.0 ** (gains * [[0.1], [0.2], [0.3]])}, ax=ax
        ),
        "draw_half_lives": lambda ax: figures.draw_half_lives([0, 1, 3], steps=20, ax=ax),
        "draw_both_directions": lambda ax: figures.draw_both_directions(both_ways, ("f", "c"), ax=ax),
        "draw_learning_curves": lambda ax: figures.draw_learning_curves(
            {"LSTM": [[1.0, 0.1], [1.0, 0.3]], "RNN": [1.0, 0.9]}, level=0.5, level_label="guess", ax=ax
        ),
        "draw_next_probabilities": lambda ax: figures.draw_next_probabilities("abc", [0.2, 0.7, 0.1], shown=2, ax=ax),
        "draw_fault_pattern": lambda ax: figures.draw_fault_pattern(faults.examine(), ax=ax),
        "draw_time_ratios": lambda ax: figures.draw_time_ratios(timed, ax=ax),
        "draw_moved_outputs": lambda ax: figures.draw_moved_outputs(
            {"LSTM": [0.0, 1e-9, 0.1], "both": [1e-3, 0.1, 1.0], "third": [1e-3, 0.2, 0.0]}, 2, ax=ax
        ),
        "draw_dot_plot": lambda ax: figures.draw_dot_plot(
            {"LSTM": [1.0, 2.0], "GRU": [2.0, 3.0]}, value_label="n", ax=ax
        ),
        "draw_series": lambda ax: figures.draw_series([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], ax=ax),
        "draw_breakdown": lambda ax: figures.draw_breakdown({"small": {"products": 1.0, "rest": 3.0}}, ax=ax),
        "draw_gated_value": lambda ax: figures.draw_gated_value(-2.0, 0.75, symbol="f", ax=ax),
        "draw_soft_gate": lambda ax: figures.draw_soft_gate(1.0, 0.0, activation="tanh", ax=ax),
        "draw_framework_weights": lambda ax: figures.draw_framework_weights(params, ax),
        "draw_success": lambda ax: figures.draw_success([5, 10], {"LSTM": [3, 3], "RNN": [3, 0]}, 3, ax=ax),
        "draw_gated_signal": lambda ax: figures.draw_gated_signal(c, trace.i[:, 0, 0], symbol="i", ax=ax),
        "draw_text": lambda ax: figures.draw_text("ab", [0.1, 0.9], "f", ax=ax),
        "draw_trace": lambda ax: figures.draw_trace(trace, ax=ax),
        "draw_gradcheck_error": lambda ax: figures.draw_gradcheck_error(
            [1e-8, 1e-4, 1.0], [1e-6, 1e-9, 1e-1], 1e-16, ax=ax
        ),
        "draw_unit": lambda ax: figures.draw_unit(trace, ax=ax),
        "draw_intervention": lambda ax: figures.draw_intervention(
            trace, changed, step=2, fields="fchΔ", answers=(h, c), answer="run", ax=ax
        ),
    }


# The look of a gid


def colour_of(colour: Any) -> str:
    """Give a colour's name in the style, or the colour itself if it has none."""
    return NAMED.get(to_hex(colour), to_hex(colour))


def dashes_of(line: Line2D) -> str:
    """Give the symbol that has these dashes, or their pattern; "" for a solid line."""
    offset, pattern = line._unscaled_dash_pattern  # type: ignore[attr-defined]
    if pattern is None:
        return ""
    own = [symbol for symbol, dashes in style.DASHES.items() if dashes == (offset, tuple(pattern))]
    return f" dashes {own[0] if own else tuple(pattern)}"


def look(item: Any) -> str:
    """Describe a drawn thing: colour, dashes unless solid, and marker, such as "h dashes h o"."""
    if isinstance(item, Line2D):
        bare = str(item.get_linestyle()).lower() in ("none", "", " ")
        marker = str(item.get_marker())
        marker = "" if marker.lower() in ("none", "", " ") else f" {marker}"
        return f"{colour_of(item.get_color())}{' points' if bare else dashes_of(item)}{marker}"
    if isinstance(item, QuadMesh):
        return f"map {item.get_cmap().name}"
    if isinstance(item, Collection):
        return f"filled {colour_of(item.get_facecolor()[0])}"
    assert isinstance(item, Patch)
    if item.get_fill() and item.get_facecolor()[3] > 0:
        return f"filled {colour_of(item.get_facecolor())}"
    return f"frame {colour_of(item.get_edgecolor())}"


def everywhere(ax: Axes) -> Iterator[Axes]:
    """Give a plot and all its child axes."""
    yield ax
    for child in ax.child_axes:
        yield from everywhere(child)


def looks(ax: Axes) -> dict[str, str]:
    """Describe everything that has a gid; where several share one, list the different looks in order."""
    found: dict[str, list[str]] = {}
    for one in everywhere(ax):
        for item in (*one.lines, *one.collections, *one.patches):
            if item.get_gid():
                found.setdefault(item.get_gid(), []).append(look(item))
    return {gid: ", ".join(dict.fromkeys(each)) for gid, each in found.items()}


def written(ax: Axes) -> dict[str, str]:
    """Give the colour of every text inside the plots."""
    return {text.get_text(): colour_of(text.get_color()) for one in everywhere(ax) for text in one.texts}


def key(ax: Axes) -> dict[str, str]:
    """Describe the legend entry of each label."""
    legends = [one.get_legend() for one in everywhere(ax) if one.get_legend() is not None]
    pairs = [zip(legend.get_texts(), legend.legend_handles, strict=True) for legend in legends]
    return {text.get_text(): look(handle) for each in pairs for text, handle in each}


def labelled(ax: Axes) -> dict[str, str]:
    """Match labels to lines by the height and colour of the line's right end."""
    found = {}
    for one in everywhere(ax):
        notes = [note for note in one.texts if getattr(note, "xycoords", None) == "data" and note.get_text()]
        for line in (line for line in one.lines if line.get_gid() and len(line.get_xydata())):
            x, y = np.array(line.get_xydata(), float).T
            height = y[np.isfinite(y)][np.argmax(x[np.isfinite(y)])]
            for note in notes:
                same = colour_of(note.get_color()) == colour_of(line.get_color())
                if same and abs(height - note.xy[1]) < 1e-9:
                    found[line.get_gid()] = note.get_text()
    return found


@cache
def drawn(name: str) -> Axes:
    """Draw a figure once for all tests."""
    ax = Figure(figsize=(9, 5), layout="constrained").add_subplot()
    return drawings()[name](ax)  # type: ignore[no-any-return]


# The expected look of each gid. In each figure nothing else has a gid.

LOOKS = {
    "draw_ablation": {
        "c": "c", "h": "h dashes h", "p": "ink", "cut": "ink dashes (1, 2)",
        "c original": "c", "h original": "h dashes h", "p original": "ink", "level": "pale",
    },
    "draw_accuracy": {
        "with": "light o", "run with": "light", "without": "dark s", "run without": "dark", "beyond": "filled pale",
    },
    "draw_activations": {"value": "ink", "derivative": "x dashes (4, 1.5)"},
    "draw_alignment": {"weights": "map lstm_amount", "at": "frame ink"},
    "draw_cell_state": {
        "c": "c o", "h": "h dashes h", "kept": "filled f", "added": "filled i", "level": "pale",
        "f": "f", "i": "i dashes i", "o": "o dashes o",
    },
    "draw_counts": {"counts": "map lstm_gate"},
    "draw_seeds": {"runs 0": "ink points o", "runs 2": "ink points o", "level chance": "pale"},
    "draw_leaderboard": {
        "persistence": "ink points D", "LSTM": "dark points o", "median LSTM": "dark", "best": "pale",
    },
    "draw_error_by_horizon": {
        "LSTM": "middle", "band LSTM": "filled middle", "AR": "ink", "last": "ink",
        "behind LSTM": "pale", "behind AR": "pale", "behind last": "pale",
    },
    "draw_forecasts": {
        "series": "x o", "LSTM": "middle", "band LSTM": "filled middle", "AR": "ink dashes i", "start": "pale",
    },
    "draw_field": {"f": "map lstm_gate"},
    "draw_gradient_bands": {"LSTM": "c", "RNN": "h dashes h", "band LSTM": "filled c", "band RNN": "filled h"},
    "draw_gradient_norms": {
        "bias 0": "light", "bias 1": "dark", "band bias 0": "filled light", "band bias 1": "filled dark",
    },
    "draw_both_directions": {"f": "map lstm_gate", "c": "map lstm_signed"},
    "draw_learning_curves": {"level": "ink dashes (4, 3)", "LSTM": "light", "run LSTM": "light", "RNN": "dark"},
    "draw_next_probabilities": {"bar:b": "filled h", "bar:a": "filled h", "bar:others": "filled pale"},
    "draw_time_ratios": {"PyTorch (20, 1, 4, 8)": "#1f4a6b points o", "Keras (20, 1, 4, 8)": "f points s"},
    "draw_moved_outputs": {
        "changed": "pale", "moved LSTM": "ink o", "still LSTM": "ink points o", "moved both": "h dashes h s",
        "still both": "h points s", "moved third": "i dashes g ^", "still third": "i points ^",
    },
    "draw_dot_plot": {
        "level": "pale", "runs LSTM": "h points o", "interval LSTM": "ink", "mean LSTM": "ink points d",
        "runs GRU": "h points o", "interval GRU": "ink", "mean GRU": "ink points d",
    },
    "draw_series": {"series": "x"},
    "draw_breakdown": {"small products": "filled dark", "small rest": "filled light"},
    "draw_gated_value": {"value": "filled ink", "passed": "filled f", "gate": "filled ink"},
    "draw_soft_gate": {
        "sigmoid": "pale", "tanh": "ink", "derivative": "x", "point": "g points o",
        "value": "filled ink", "passed": "filled g", "gate": "filled ink",
    },
    "draw_success": {"LSTM": "filled dark", "RNN": "filled dark"},
    "draw_gated_signal": {"value": "ink dashes (4, 2)", "product": "i", "passed": "filled i", "gate": "i dashes i"},
    "draw_trace": {
        "x": "map lstm_signed", "f": "map lstm_gate", "i": "map lstm_gate", "g": "map lstm_signed",
        "c": "map lstm_signed", "o": "map lstm_gate", "h": "map lstm_signed",
    },
    "draw_gradcheck_error": {"central difference": "f o", "complex step": "o dashes o s", "best": "f points o"},
    "draw_unit": {
        "i": "i dashes i o", "f": "f o", "o": "o dashes o o", "g": "g dashes g o", "h": "h dashes h o", "c": "c o",
        "level": "pale",
    },
    "draw_intervention": {
        "step": "pale", "c": "c o", "c original": "c dashes (3, 2)", "h": "h o", "h original": "h dashes (3, 2)",
        "f": "f o", "f original": "f dashes (3, 2)", "p": "ink o", "p original": "ink dashes (3, 2)", "Δ": "c o",
        "level": "pale",
    },
}  # fmt: skip
BY_RULE = {
    "draw_backward",
    "draw_weight_blocks",
    "draw_cell",
    "draw_bidirectional",
    "draw_half_lives",
    "draw_fault_pattern",
}
BY_RULE |= {"draw_framework_weights", "draw_text"}  # the tests below, one by one


def test_every_figure_is_tested_here() -> None:
    every = {name for name in figures.__all__ if name.startswith("draw_")}
    assert set(LOOKS) | BY_RULE == every == set(drawings()) and not set(LOOKS) & BY_RULE


@pytest.mark.parametrize("name", LOOKS)
def test_every_gid_has_its_colour_dashes_and_marker(name: str) -> None:
    assert looks(drawn(name)) == LOOKS[name]


# Labels, legends, axes

LABELS = {
    "draw_ablation": ("c", "h", "p"),
    "draw_accuracy": ("with", "without"),
    "draw_cell_state": ("c", "h", "f", "i", "o"),
    "draw_forecasts": ("LSTM", "AR", "series"),
    "draw_gradient_bands": ("LSTM", "RNN"),
    "draw_gradient_norms": ("bias 0", "bias 1"),
    "draw_half_lives": ("bias 0", "bias 1", "bias 3"),
    "draw_learning_curves": ("LSTM", "RNN", "level"),
    "draw_gated_signal": ("value", "product", "gate"),
    "draw_gradcheck_error": ("best",),
    "draw_unit": ("i", "f", "o", "g", "h", "c"),
    "draw_intervention": ("f", "f original", "c", "c original", "h", "h original", "p", "p original"),
    "draw_moved_outputs": ("moved LSTM", "moved both"),
}
OTHERWISE = {
    "series",
    "product",
    "level",
    "whole ∂c_T/∂c_t",
    "best",
    "moved LSTM",
    "moved both",
}  # labelled in other words


@pytest.mark.parametrize("name", LABELS)
def test_every_line_is_labelled_at_its_end_in_its_colour(name: str) -> None:
    found = labelled(drawn(name))
    assert set(LABELS[name]) <= set(found)
    for gid in set(LABELS[name]) - OTHERWISE:
        assert found[gid].startswith(gid), (gid, found[gid])
    assert len({found[gid] for gid in LABELS[name]}) == len(LABELS[name])


def test_every_legend_entry_looks_like_its_line() -> None:
    keys = {name: key(drawn(name)) for name in drawings()}
    assert {name for name, entries in keys.items() if entries} == {
        "draw_cell_state",
        "draw_time_ratios",
        "draw_breakdown",
    }
    shown = {name: looks(drawn(name)) for name in keys}
    assert list(keys["draw_cell_state"].values()) == [shown["draw_cell_state"][gid] for gid in ("kept", "added")]
    assert keys["draw_time_ratios"] == {
        label: shown["draw_time_ratios"][f"{label} (20, 1, 4, 8)"] for label in ("PyTorch", "Keras")
    }
    assert keys["draw_breakdown"] == {
        label: shown["draw_breakdown"][f"small {label}"] for label in ("products", "rest")
    }


AXES = {  # a word in the label of either axis
    "draw_accuracy": ("length", "accuracy"),
    "draw_activations": ("z", ""),
    "draw_alignment": ("source", "writ"),
    "draw_cell_state": ("step", "c and h"),
    "draw_counts": ("rate", "units"),
    "draw_seeds": ("distance", "accuracy"),
    "draw_leaderboard": ("error", ""),
    "draw_error_by_horizon": ("ahead", "error"),
    "draw_forecasts": ("year", "value"),
    "draw_field": ("step", "unit"),
    "draw_gradient_bands": ("lag", "gradient"),
    "draw_gradient_norms": ("lag", "partial"),
    "draw_half_lives": ("step", "f"),
    "draw_learning_curves": ("update|step", "loss"),
    "draw_next_probabilities": ("", "probability"),
    "draw_time_ratios": ("ours", "T, B, D, H"),
    "draw_moved_outputs": ("step", "moved|change"),
    "draw_dot_plot": ("n", ""),
    "draw_series": ("year", "value"),
    "draw_success": ("lag", "solved"),
    "draw_gated_signal": ("step", "signal"),
    "draw_gradcheck_error": ("step|ε", "error"),
}


@pytest.mark.parametrize("name", AXES)
def test_each_axis_has_its_label(name: str) -> None:
    pairs = [(one.get_xlabel(), one.get_ylabel()) for one in everywhere(drawn(name))]
    x, y = next(pair for pair in pairs if any(pair))
    for said, wanted in ((x, AXES[name][0]), (y, AXES[name][1])):
        assert re.search(wanted, said) if wanted else not said, (x, y)


def test_panels_name_their_symbols() -> None:
    for name in ("draw_field", "draw_trace", "draw_both_directions"):
        for one in everywhere(drawn(name)):
            for mesh in one.collections:
                symbol = mesh.get_gid()
                if symbol in style.NAMES:
                    title = one._left_title  # type: ignore[attr-defined]
                    assert colour_of(title.get_color()) == symbol
                    assert style.NAMES[symbol] in title.get_text() or symbol == "x"
    for one in everywhere(drawn("draw_intervention")):
        shown = {line.get_gid().split()[0] for line in one.lines if line.get_gid()} - {"step", "level"}
        assert not shown or shown == {{"p(run)": "p", "change of c": "Δ"}.get(one.get_ylabel(), one.get_ylabel())}


# Words beside what they speak of


def panel(name: str, label: str) -> Axes:
    """Give one of the plots that were set into a figure."""
    (found,) = (one for one in everywhere(drawn(name)) if one.get_label() == label)
    return found


def drawn_as(ax: Axes, gid: str) -> np.ndarray:
    """Give the heights of a line."""
    (found,) = (item for item in ax.lines if item.get_gid() == gid)
    return np.asarray(found.get_ydata(), float)


@pytest.mark.parametrize(("label", "bound", "greatest"), [("sigmoid", "¼", 0.25), ("tanh", "1", 1.0)])
def test_the_greatest_derivative_that_is_written_is_drawn(label: str, bound: str, greatest: float) -> None:
    ax = panel("draw_activations", label)
    assert [text.get_text().split("≤ ")[1] for text in ax.texts if "≤" in text.get_text()] == [bound]
    assert drawn_as(ax, "derivative").max() == pytest.approx(greatest, rel=1e-12)


def test_half_lives_are_written_at_the_ends_of_their_curves() -> None:
    said = labelled(drawn("draw_half_lives"))
    for bias in (0, 1, 3):
        life = np.log(2) / np.log1p(np.exp(-bias))
        assert said[f"bias {bias}"] == f"bias {bias}, half-life {life:.{1 if life < 10 else 0}f}"


def test_rounding_stands_at_small_steps_and_truncation_at_large_ones() -> None:
    ax = drawn("draw_gradcheck_error")
    places = {text.get_text().split()[0]: text.get_position()[0] for text in ax.texts}
    assert places["rounding"] < 0.5 < places["truncation"]
    names = {text.get_text(): text for text in ax.texts if getattr(text, "arrow_patch", 0) is None}
    for gid in ("central difference", "complex step"):
        (curve,) = (one for one in ax.lines if one.get_gid() == gid)
        assert tuple(names[gid].xy) in {tuple(point) for point in curve.get_xydata()}  # beside its own curve
        assert to_hex(names[gid].get_color()) == to_hex(curve.get_color())


def test_ours_is_faster_above_a_ratio_of_1_where_a_line_stands() -> None:
    ax = drawn("draw_time_ratios")
    assert 1.0 in {float(line.get_xdata()[0]) for line in ax.lines if len({*line.get_xdata()}) == 1}
    assert "(above 1: ours is faster)" in ax.get_xlabel()


def test_what_an_intervention_changes_stays_inside_the_plot() -> None:
    trace, x = through_time.unroll(lstm, lstm.init(np.random.default_rng(0), 1, 1), np.zeros((4, 1, 1))), np.ones(4)
    far = SimpleNamespace(**{name: x[:, None, None] * 4.5 for name in "ch"}, mask=None)
    two = {one.get_label(): one for one in everywhere(figures.draw_intervention(trace, far))}
    assert two["c"].get_ylim()[1] > 4.5
    assert drawn_as(two["c"], "c").tolist() == [4.5] * 4
    assert np.array_equal(drawn_as(two["c"], "c original"), trace.c[:, 0, 0])


def test_an_answers_probability_and_the_part_that_is_ablated_are_named() -> None:
    assert panel("draw_ablation", "answer").get_ylabel() == "p(yes)"
    ax = drawn("draw_ablation")
    assert ax.get_title(loc="left").startswith("h and c set to zero before “step 3”")
    rng = np.random.default_rng(0)
    run, lost = (SimpleNamespace(c=rng.random((5, 1)), h=rng.random((5, 1)), p=rng.random(5)) for _ in range(2))
    for zeroed in "hc":
        one = figures.draw_ablation(run, lost, 2, zeroed, ax=Figure().add_subplot())
        (states,) = (two for two in one.child_axes if two.get_label() == "states")
        assert {name: 0.0 in drawn_as(states, name)[1:] for name in "hc"} == {name: name == zeroed for name in "hc"}
        assert np.array_equal(drawn_as(states, "c original"), run.c[:, 0])
        assert drawn_as(states, "h")[-1] == lost.h[-1, 0]


def test_how_many_runs_a_median_is_of_is_written() -> None:
    ax = figures.draw_gradient_norms({"a": np.ones((2, 3)), "b": np.ones((5, 3))}, ax=Figure().add_subplot())
    assert ax.get_title(loc="left") == "line: median of 2 to 5 runs, band: all of them"


def test_numbers_on_a_leaderboard_have_the_digits_that_the_best_one_needs() -> None:
    for errors, want in (({"a": 5.25, "b": 200.0}, ["5.25", "200.00"]), ({"a": 52.5, "b": 200.0}, ["52.5", "200.0"])):
        ax = figures.draw_leaderboard(errors, ax=Figure().add_subplot())
        assert [text.get_text() for text in ax.texts] == want


# Figures with a rule for their colours


@pytest.mark.parametrize("name", ["draw_weight_blocks", "draw_framework_weights"])
def test_every_block_of_weights_is_framed_in_its_gates_colour(name: str) -> None:
    ax = drawn(name)
    frames = {gid: said for gid, said in looks(ax).items() if re.search(r":[ifgo]\d?$", gid)}
    assert len(frames) == {"draw_weight_blocks": 12, "draw_framework_weights": 12 + 12 + 16 + 16}[name]
    for gid, said in frames.items():
        assert said == f"frame {gid.rpartition(':')[2][0]}", gid
    names = {text: colour for text, colour in written(ax).items() if text in "ifgo" or text in style.NAMES.values()}
    assert names == {text: text[-1] for text in names} and len(names) == 4


def test_half_life_marks_lie_on_their_curves() -> None:
    ax = drawn("draw_half_lives")
    curves = {line.get_gid(): to_rgb(line.get_color()) for line in ax.lines if str(line.get_gid()).startswith("bias")}
    marks = [line for line in ax.lines if line.get_gid() == "half-life"]
    assert list(curves) == ["bias 0", "bias 1", "bias 3"] and len(marks) == 3
    assert [to_rgb(mark.get_color()) for mark in marks] == list(curves.values())
    places = [float(mark.get_xdata()[0]) for mark in marks]
    f = 1 / (1 + np.exp(-np.array([0.0, 1.0, 3.0])))
    np.testing.assert_allclose(places, np.log(2) / -np.log(f), rtol=1e-12)
    assert places[-1] > ax.get_xlim()[1] / 2
    lightness = [sum(colour) for colour in curves.values()]
    assert lightness == sorted(lightness, reverse=True)


def test_what_a_direction_has_read_is_dark() -> None:
    shown = looks(drawn("draw_bidirectional"))
    dark = {gid: said for gid, said in shown.items() if said not in ("pale", "filled paper")}
    reads = {"in → 0", "in → 1", "in ← 1", "in ← 2", "into ← 1", "into ← 2"}
    assert dark == {gid: "x" for gid in reads} | {"out → 1": "h", "from → 1": "h", "out ← 1": "h"}


CELL_WIRES = {
    "x": "x-join",
    "h": "h_previous-join show-fork_h fork_h-h fork_h-up",
    "c": "c_previous-keep keep-add write-add add-fork_c fork_c-c fork_c-tanh tanh-show",
    "f": "f-keep",
    "i": "i-write",
    "g": "g-write",
    "o": "o-show",
    "ink": "join-tap_f tap_f-tap_i tap_i-tap_g tap_f-f tap_i-i tap_g-g tap_g-o",
}


@pytest.mark.parametrize("name", ["draw_cell", "draw_backward"])
def test_every_wire_has_the_colour_of_its_quantity(name: str) -> None:
    """The backward diagram has the same wires, reversed."""
    shown = looks(drawn(name))
    want = {}
    for symbol, wires in CELL_WIRES.items():
        for wire in wires.split():
            there, back = wire.split("-")
            want[f"{there}-{back}" if name == "draw_cell" else f"{back}-{there}"] = symbol
    found = {gid[5:]: said.split(" dashes")[0] for gid, said in shown.items() if gid.startswith("wire:")}
    assert found == want  # dashes show a sign: tests/figures/test_diagram.py
    heads = {gid.removeprefix("head:"): said for gid, said in shown.items() if gid.startswith("head:")}
    assert heads and heads == {wire: f"filled {found[wire]}" for wire in heads}
    for text, colour in written(drawn(name)).items():
        if said := re.match(r"\$(?:d|dz_)?([ifgo])(?:_t)?\$", text):
            assert colour == said[1], text


def test_wrong_cells_are_filled_and_rows_have_their_blocks_colour() -> None:
    ax = drawn("draw_fault_pattern")
    assert set(looks(ax).values()) == {"pale points o"}  # nothing is wrong
    rows = {tick.get_text(): colour_of(tick.get_color()) for tick in ax.get_yticklabels()}
    for text, colour in rows.items():
        last = text.split()[-1].strip("$")
        assert colour == (last if last in ("i", "f", "g", "o", "c", "h", "x") else "ink") or "_0" in text, text


def test_letters_have_the_colour_of_their_value() -> None:
    ax = drawn("draw_text")
    shades_of = [to_hex(style.GATE_MAP(value)) for value in (0.1, 0.9)]
    assert looks(ax) == {f"box:{t}": f"filled {colour_of(shade)}" for t, shade in enumerate(shades_of)}


@pytest.mark.parametrize("lag", [1, 4, 7])
def test_the_value_at_a_lag_is_beside_its_own_curve(lag: int) -> None:
    """The upper curve's value is above it and the lower one's below, on the side where the curve falls away."""
    ax = Figure(figsize=(9, 5), layout="constrained").add_subplot()
    falling = np.linspace(0, -8, 9)
    figures.draw_gradient_bands(band(falling), band(2 * falling), lag=lag, ax=ax)
    notes = {text.get_gid(): text for text in ax.texts if str(text.get_gid()).startswith("value")}
    upper, lower = notes["value c"], notes["value h"]
    assert upper.xy == (lag, falling[lag]) and lower.xy == (lag, 2 * falling[lag])
    assert upper.xyann[1] > 0 > lower.xyann[1]
    for note in (upper, lower):
        assert note.get_ha() == ("left" if note.xyann[0] > 0 else "right")
    if lag == 4:
        assert upper.xyann[0] > 0 > lower.xyann[0]
    swapped = Figure(figsize=(9, 5), layout="constrained").add_subplot()
    figures.draw_gradient_bands(band(2 * falling), band(falling), lag=lag, ax=swapped)
    notes = {text.get_gid(): text for text in swapped.texts if str(text.get_gid()).startswith("value")}
    assert notes["value h"].xyann[1] > 0 > notes["value c"].xyann[1]
