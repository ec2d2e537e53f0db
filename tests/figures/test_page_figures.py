"""What the figures show that cells of pages 12, 13 and 15 to 18 draw: these cells run here on small data."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from lstm_helpers import figures
from lstm_helpers.data import measured
from lstm_helpers.data.tasks import wandering
from lstm_helpers.figures.style import COLOURS

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def draw(page: str, marker: str, **given: Any) -> list[Axes]:
    """Run the cell of a page that holds ``marker`` on the values given, and return the plots of its figure."""
    (path,) = NOTEBOOKS.glob(f"{page}_*.ipynb")
    cells = ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    (source,) = (cell for cell in cells if marker in cell)
    names = {"np": np, "plt": plt, "figures": figures, "measured": measured, "SimpleNamespace": SimpleNamespace}
    with plt.rc_context():
        figures.use_style()
        exec(source, names | given)
        (number,) = plt.get_fignums()
        found = plt.figure(number).axes
        plt.figure(number).canvas.draw()
    return found


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def lines(ax: Axes) -> dict[str, Any]:
    return {str(line.get_gid()): line for line in ax.lines}


def test_12_n_grams_are_compared_with_both_bounds_and_the_first_is_named() -> None:
    costs = {
        n: np.array([cost]) for n, cost in enumerate([3.2, 1.4, 1.3, *[1.27] * 3, 1.26, 1.27, 1.3, 1.3, 1.4, 1.6], 1)
    }
    blind = SimpleNamespace(without_kinds=lambda: 1.264 * np.log(2))
    (ax,) = draw("12", "without_kinds()", by_order=costs, floor=1.126, brackets=blind)
    assert lines(ax)["n-grams"].get_xdata().tolist() == list(range(2, 13))
    assert np.allclose(lines(ax)["n-grams"].get_ydata(), [cost[0] for n, cost in costs.items() if n > 1])
    assert np.allclose(lines(ax)["depth known, kinds not"].get_ydata(), 1.264)
    assert set(lines(ax)["level"].get_ydata()) == {1.126}
    assert {"n-grams", "depth known, kinds not", "entropy rate"} == set(texts(ax)) and not ax.get_legend()
    assert "3.20 bits" in ax.get_title(loc="left"), "what is above the picture is said"
    (mark,) = (line for line in ax.lines if line.get_marker() == "o")
    assert (mark.get_xdata().item(), mark.get_ydata().item()) == (7, 1.26)
    assert 1.0 < ax.get_ylim()[0] < 1.126 and 1.6 < ax.get_ylim()[1] < 1.7


def test_12_the_lstm_is_compared_with_the_5_grams_on_a_plain_axis() -> None:
    (ax,) = draw("12", "count_5 =", counting=lambda *_: np.array([2.18]), train=0, validation=0, letters="ab")
    log = measured.prose()
    assert np.allclose(lines(ax)["validation"].get_ydata(), log.validation)
    assert set(lines(ax)["level"].get_ydata()) == {2.18}
    assert set(texts(ax)) == {"validation", "training, with dropout", "5-grams, validation"}
    colours = {to_hex(line.get_color()) for line in ax.lines}
    assert len(colours) == 3, "three lines, three colours"


def test_13_the_units_that_keep_are_on_top_with_their_gates() -> None:
    rng = np.random.default_rng(0)
    f, c = rng.random((300, 2, 5)) * np.array([0.2, 1.0, 0.6, 0.1, 0.8]), 9 * rng.normal(size=(300, 2, 5)) + 5
    trace = SimpleNamespace(f=f, c=c, h=np.tanh(c))
    (ax,) = draw("13", "most_kept", trace=trace, stories=["ab" * 150])
    gates, states = ax.child_axes
    (upper,), (lower,) = gates.collections, states.collections
    order = [1, 4, 2, 0, 3]
    assert np.allclose(upper.get_array().reshape(5, 40), f[200:240, 0, order].T) and upper.get_clim() == (0, 1)
    scaled = (c - c.mean(axis=(0, 1))) / c.std(axis=(0, 1))
    assert np.allclose(lower.get_array().reshape(5, 40), scaled[200:240, 0, order].T)
    assert lower.get_clim() in ((-3, 3), (-5, 5)), "the range of the effect"
    assert "standard deviations" in states.get_title(loc="left")


def test_13_the_named_units_stand_out_and_their_names_are_apart() -> None:
    rng = np.random.default_rng(1)
    with_depth, by_kind = rng.random(48), rng.random((3, 48))
    cost = np.array(rng.random((48, 7)))
    given = {"trace": SimpleNamespace(c=0), "depth": 0, "by_kind": by_kind, "closing": slice(None)}
    axes = draw("13", "with_kind =", correlations=lambda *_: with_depth, extra_cost=lambda unit: cost[unit], **given)
    for ax, r in zip(axes, (with_depth, by_kind.max(axis=0)), strict=True):
        every, named = ax.lines
        assert np.allclose(every.get_xdata(), r) and np.allclose(every.get_ydata(), cost.mean(axis=1))
        assert named.get_xdata().tolist() == r[[5, 8, 10, 20, 22]].tolist()
        assert every.get_alpha() < 1 and named.get_alpha() is None
        assert texts(ax) == [f"unit {unit}" for unit in (5, 8, 10, 20, 22)]
    assert axes[0].get_xlim() == axes[1].get_xlim() and axes[0].get_ylim() == axes[1].get_ylim()


def test_15_the_loss_and_the_differences_have_axes_of_their_own() -> None:
    ours = np.geomspace(0.7, 0.002, 60)
    gaps = {"two_biases": 1e-3, "usual": 1e-5, "tiny": 1e-7, "one_bias": 0.0}
    given = {name: ours + gap for name, gap in gaps.items()}
    frameworks = SimpleNamespace(optional=lambda name: True)
    above, below = draw("15", "above, below", ours=ours, frameworks=frameworks, **given)
    assert np.allclose(10 ** lines(above)["our loss"].get_ydata(), ours)
    assert np.allclose(10 ** lines(below)["Keras, its epsilon"].get_ydata(), 1e-5)
    assert np.allclose(lines(below)["PyTorch, one bias"].get_ydata(), -17) and "equal" in texts(below)
    names = {"PyTorch, two biases", "Keras, its epsilon", "Keras, epsilon ≈ 0", "PyTorch, one bias"}
    assert set(lines(below)) == names | {"level"}
    assert {to_hex(lines(below)[name].get_color()) for name in names} == {to_hex(COLOURS[k]) for k in "xfoi"}


def test_16_the_clock_is_drawn_with_the_gates_that_make_it() -> None:
    c = np.arange(45) % 10 + 1.0
    f, o = (c > 1) * 1.0, (c == 10) * 1.0
    ticks = SimpleNamespace(**{name: v[:, None, None] for name, v in {"c": c, "f": f, "o": o, "h": o}.items()})
    states, gates, outputs = draw("16", "ticks, gate", ticks=ticks)
    assert [bar.get_height() for bar in states.patches] == c.tolist()
    assert [bar.get_height() for bar in outputs.patches] == o.tolist()
    found = {to_hex(line.get_color()): line.get_ydata().tolist() for line in gates.lines}
    assert found == {to_hex(COLOURS["f"]): f.tolist(), to_hex(COLOURS["o"]): o.tolist()}
    assert {text.get_text(): to_hex(text.get_color()) for text in gates.texts} == {
        gate: to_hex(COLOURS[gate]) for gate in "fo"
    }
    assert states.get_xlim() == gates.get_xlim() == outputs.get_xlim()


def test_17_each_depth_has_a_plot_of_its_own_on_one_scale() -> None:
    axes, table = draw("17", "dashed: chance"), measured.depth()
    assert [ax.get_title(loc="left") for ax in axes] == list(measured.DEPTH_NETS)
    for ax, runs in zip(axes, table, strict=True):
        *thin, thick, chance = ax.lines
        assert np.allclose([line.get_ydata() for line in thin], runs)
        assert np.allclose(thick.get_ydata(), np.median(runs, axis=0)) and thick.get_linewidth() > 2
        assert set(chance.get_ydata()) == {1 / 8} and chance.is_dashed()
    assert {ax.get_ylim() for ax in axes} == {(0, 1)} and "dashed: chance, 1/8" in texts(axes[0])


def test_17_the_gradients_of_both_stacks_are_labelled_at_their_ends() -> None:
    depths = (1, 2, 5, 10, 20, 40)
    plain = 10.0 ** -np.array([[0.1, 0.2, 1, 2, 8, 25], [0.2, 0.3, 2, 3, 9, 26], [0.3, 0.5, 3, 4, 9, 27]])
    (ax,) = draw("17", "median and range", depths=depths, left={"plain": plain, "residual": plain**0})
    middles = {to_hex(line.get_color()): line.get_ydata() for line in ax.lines}
    for text, wanted in (("plain", np.median(plain, axis=0)), ("residual", np.ones(6))):
        (label,) = (one for one in ax.texts if one.get_text() == text)
        assert np.allclose(middles[to_hex(label.get_color())], wanted) and label.get_position()[1] == wanted[-1]
    assert ax.get_yscale() == "log" and not ax.get_legend()


def test_18_padding_is_hatched_and_both_states_are_black_and_named() -> None:
    c = np.linspace(0, -2, 6)[:, None, None] * np.ones((6, 3, 2))
    given = {"unroll": lambda *_, mask: SimpleNamespace(c=c if mask is None else 0 * c), "lstm": 0, "used_weights": 0}
    (ax,) = draw("18", '"padding read"', padded=np.zeros((6, 3)), mask=np.ones((6, 3)), **given)
    assert ax.get_ylabel() == "cell state c" and {"padding read", "with the mask"} <= set(texts(ax))
    assert {to_hex(line.get_color()) for line in ax.lines} == {to_hex(COLOURS["c"])}
    assert [line.is_dashed() for line in ax.lines] == [True, False]
    (band,) = ax.patches
    assert band.get_hatch() and (band.get_x(), band.get_x() + band.get_width()) == (0.5, 5.5)


def test_18_taggers_have_one_scale_and_labels_at_their_ends() -> None:
    axes, table = draw("18", "answer on the left"), measured.both_ways()
    for side, ax in enumerate(axes):
        for k, name in enumerate(measured.TAGGERS):
            middle = np.median(table.tagging[k, :, :, side], axis=0)
            assert np.allclose(lines(ax)[name].get_ydata(), middle)
        assert set(texts(ax)) == {f"{name} (n = 10)" for name in measured.TAGGERS} and not ax.get_legend()
    assert axes[0].get_ylim() == axes[1].get_ylim() and axes[0].get_ylim()[0] > 0.3


def reviews() -> list[Axes]:
    return draw("18", "400 steps, 15 clauses", table=measured.both_ways())


def forecasters() -> list[Axes]:
    return draw("18", 'as it was trained")', table=measured.both_ways(), wandering=wandering)


@pytest.mark.parametrize(("drawn", "level"), [(reviews, 0.5), (forecasters, 1.0)])
def test_18_dot_plots_side_by_side_have_one_scale(drawn: Any, level: float) -> None:
    axes = drawn()
    assert len({(ax.get_xlim(), ax.get_xscale()) for ax in axes}) == 1
    for ax in axes:
        assert set(lines(ax)["known"].get_xdata()) == {level} and "dashed: " in ax.get_xlabel()
        low, high = ax.get_xlim()
        for gid, line in lines(ax).items():
            if gid.startswith(("runs", "interval")):
                assert np.all((line.get_xdata() > low) & (line.get_xdata() < high)), "no run is outside the plot"
