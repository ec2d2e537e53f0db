"""Figures of bidirectional layers: what each direction has read, how far a change reaches, the order of the maps."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from lstm_helpers import figures
from lstm_helpers.cells import lstm
from lstm_helpers.figures.style import INK, PALE
from lstm_helpers.layers import Bidirectional, Recurrent

WORDS = "the sheep near the cats run".split()


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def gids(ax):
    return {artist.get_gid() for artist in ax.get_children() if artist.get_gid()}


@pytest.mark.parametrize("at", range(len(WORDS)))
def test_only_what_an_output_depends_on_is_dark(at):
    ax = figures.draw_bidirectional(WORDS, at)
    dark = {gid for gid in gids(ax) if gid.startswith("state") and not gid.endswith("pale")}
    there, back = ({f"state {arrow} {t}" for t in steps} for arrow, steps in (("→", range(at)), ("←", range(at, 5))))
    assert dark == there | back
    edges = {patch.get_gid(): to_hex(patch.get_edgecolor()).upper() for patch in ax.patches if patch.get_gid()}
    for t in range(len(WORDS)):
        assert edges[f"cell → {t}"] == (INK if t <= at else PALE).upper()
        assert edges[f"cell ← {t}"] == (INK if t >= at else PALE).upper()


def test_the_two_directions_pass_every_word():
    ax = figures.draw_bidirectional(WORDS)
    assert not any(gid.endswith("pale") for gid in gids(ax))
    for text in ax.texts:
        gid = text.get_gid()
        if gid.startswith("state"):
            to_the_right = text.xy[0] > text.get_position()[0]
            assert to_the_right == ("→" in gid)
    assert [text.get_text() for text in ax.texts if text.get_gid() == "word"] == WORDS


def test_exact_zeros_are_drawn_on_a_separate_line():
    both, forward = np.array([1e-9, 1e-5, 0.2]), np.array([0.0, 0.0, 0.3])
    ax = figures.draw_moved_outputs({"both ways": both, "forward": forward}, 2)
    lines = {line.get_gid(): line for line in ax.lines}
    np.testing.assert_allclose(lines["moved both ways"].get_ydata(), np.log10(both))
    assert not len(lines["still both ways"].get_xdata())
    np.testing.assert_allclose(lines["moved forward"].get_ydata(), [np.nan, np.nan, np.log10(0.3)])
    np.testing.assert_array_equal(lines["still forward"].get_xdata(), [1, 2])
    zeros = np.asarray(lines["still forward"].get_ydata())
    assert np.all(zeros < -9) and np.all(zeros > ax.get_ylim()[0])
    assert set(np.asarray(lines["changed"].get_xdata())) == {3}
    ticks = dict(zip([label.get_text() for label in ax.get_yticklabels()], ax.get_yticks(), strict=True))
    assert ticks["exactly 0"] == zeros[0] and all(ticks[f"$10^{{{k}}}$"] == k for k in (-8, -4, -2))
    labels = {text.get_text(): text.xy for text in ax.texts}
    assert labels == {"both ways": (3.6, pytest.approx(np.log10(0.2))), "forward": (3.6, pytest.approx(np.log10(0.3)))}


def test_the_changes_fill_their_axis():
    """Of 0.02 to 0.2, nothing below 0.01 and nothing above 0.4 is shown but the line for exact zeros."""
    ax = figures.draw_moved_outputs({"both ways": np.linspace(0.02, 0.2, 9), "forward": np.zeros(9)}, 8)
    (zero,) = {float(y) for line in ax.lines if line.get_gid() == "still forward" for y in line.get_ydata()}
    assert np.log10(0.005) < ax.get_ylim()[0] < zero < np.log10(0.02) and ax.get_ylim()[1] < np.log10(0.4)
    ticks = dict(zip([label.get_text() for label in ax.get_yticklabels()], 10 ** ax.get_yticks(), strict=True))
    assert {name: round(at, 6) for name, at in ticks.items() if name != "exactly 0"} == {
        "0.02": 0.02, "0.05": 0.05, "0.1": 0.1, "0.2": 0.2
    }  # fmt: skip


def test_changes_that_are_all_zero_can_be_drawn():
    ax = figures.draw_moved_outputs({"forward": np.zeros(4)}, 1)
    ax.figure.canvas.draw()
    assert len({line.get_gid(): line for line in ax.lines}["still forward"].get_xdata()) == 4


def test_both_directions_are_in_the_order_of_the_input():
    layer, mask = Bidirectional(lstm), np.arange(6)[:, None] < np.array([4, 6])
    trace = layer.forward(layer.init(np.random.default_rng(0), 2, 3), np.ones((6, 2, 2)), mask=mask)
    ax = figures.draw_both_directions(trace, ("f", "c"), labels=WORDS)
    plots = {plot.get_label(): plot for plot in ax.child_axes}
    assert list(plots) == ["→ f", "→ c", "← f", "← c"]
    for name, plot in plots.items():
        arrow, field = name.split()
        half = getattr(trace.forward, field) if arrow == "→" else getattr(trace.backward, field)[::-1]
        (mesh,) = (item for item in plot.collections if item.get_gid() == field)
        np.testing.assert_array_equal(mesh.get_array(), half[:, 0].T)
        masked = {patch.get_gid() for patch in plot.patches if (patch.get_gid() or "").startswith("masked")}
        assert masked == {"masked:4", "masked:5"}
        assert arrow in plot.get_title(loc="left")


ONE_WAY = Recurrent(lstm).forward(lstm.init(np.random.default_rng(0), 1, 2), np.ones((2, 1, 1)))
BOTH = Bidirectional(lstm).forward((lstm.init(np.random.default_rng(0), 1, 2),) * 2, np.ones((2, 1, 1)))
BAD = {
    "words is 'the'": lambda: figures.draw_bidirectional("the"),
    r"words is \[\]": lambda: figures.draw_bidirectional([]),
    "at is 6": lambda: figures.draw_bidirectional(WORDS, 6),
    "expected one shape": lambda: figures.draw_moved_outputs({"a": [1.0], "b": [1.0, 2.0]}, 0),
    r"moved\['a'\] holds a negative number": lambda: figures.draw_moved_outputs({"a": [1.0, -1.0]}, 0),
    "changed is 2": lambda: figures.draw_moved_outputs({"a": [1.0, 1.0]}, 2),
    r"trace is a Trace; expected what Bidirectional\(…\)\.forward returns": lambda: figures.draw_both_directions(
        ONE_WAY
    ),
    "field is 'r'": lambda: figures.draw_both_directions(BOTH, ("r",)),
    "sequence is 1": lambda: figures.draw_both_directions(BOTH, sequence=1),
}


@pytest.mark.parametrize("words", BAD)
def test_invalid_arguments_are_named(words):
    with pytest.raises(ValueError, match=words):
        BAD[words]()
