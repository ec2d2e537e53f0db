"""An alignment map shows each weight in its cell; a plot of accuracy against length shows every run."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from lstm_helpers.figures import draw_accuracy, draw_alignment
from lstm_helpers.figures.style import AMOUNT_MAP, ink_on

SOURCE, ANSWER = ["run", "the", "old", "dog"], ["dogo", "olda", "runu"]
WEIGHTS = np.array([[0.02, 0.03, 0.05, 0.9], [0.0, 0.25, 0.75, 0.0], [1.0, 0.0, 0.0, 0.0]])


def mesh(ax):
    (found,) = (item for item in ax.collections if item.get_gid() == "weights")
    return found


def test_rows_are_written_tokens_and_columns_source_tokens():
    ax = draw_alignment(SOURCE, ANSWER, WEIGHTS, at=1)
    assert np.array_equal(np.asarray(mesh(ax).get_array()).reshape(3, 4), WEIGHTS)
    assert mesh(ax).get_clim() == (0, 1)
    assert [label.get_text() for label in ax.get_xticklabels()] == SOURCE
    assert [label.get_text() for label in ax.get_yticklabels()] == ANSWER
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first written token is the top row"
    (frame,) = (patch for patch in ax.patches if patch.get_gid() == "at")
    assert frame.get_xy() == (-0.5, 0.5) and frame.get_width() == 4
    assert not draw_alignment(SOURCE, ANSWER, WEIGHTS).patches


def test_small_weights_get_no_number():
    ax = draw_alignment(SOURCE, ANSWER, WEIGHTS)
    said = {text.get_gid(): text for text in ax.texts}
    assert {gid: text.get_text() for gid, text in said.items()} == {
        "weight:0,2": "0.05",
        "weight:0,3": "0.90",
        "weight:1,1": "0.25",
        "weight:1,2": "0.75",
        "weight:2,0": "1.00",
    }
    assert said["weight:2,0"].get_position() == (0, 2)
    assert to_hex(said["weight:2,0"].get_color()) == ink_on(to_hex(AMOUNT_MAP(1.0)))
    assert not draw_alignment(["a"] * 20, ["b"] * 10, np.full((10, 20), 0.05)).texts


def test_a_map_without_numbers_has_a_scale():
    scales = [one for one in draw_alignment(["a"] * 20, ["b"] * 10, np.full((10, 20), 0.05)).child_axes]
    assert [one.get_label() for one in scales] == ["scale"]
    (image,) = scales[0].images
    colours = image.cmap(image.norm(image.get_array()))
    assert to_hex(colours[0, 0]) == to_hex(AMOUNT_MAP(1.0)) and to_hex(colours[-1, 0]) == to_hex(AMOUNT_MAP(0.0))
    assert [tick.get_text() for tick in scales[0].get_yticklabels()] == ["0", "0.5", "1"]
    assert not draw_alignment(SOURCE, ANSWER, WEIGHTS).child_axes, "numbers are in the squares"


def test_the_axis_of_accuracies_begins_where_it_is_told():
    ax = draw_accuracy([1, 2], {"one": [[0.5, 1.0]]}, lowest=0.4)
    assert 0.35 < ax.get_ylim()[0] < 0.4 and 1.0 < ax.get_ylim()[1] < 1.05
    with pytest.raises(ValueError, match=re.escape("expected (runs, 2) fractions from 0.6 to 1")):
        draw_accuracy([1, 2], {"one": [[0.5, 1.0]]}, lowest=0.6)


def test_characters_are_upright_and_spaces_are_visible():
    ax = draw_alignment([*"3 May"], [*"05"], np.full((2, 5), 0.2))
    assert [label.get_text() for label in ax.get_xticklabels()] == [*"3␣May"]
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {0.0}
    assert {label.get_rotation() for label in draw_alignment(SOURCE, ANSWER, WEIGHTS).get_xticklabels()} == {45.0}


def test_invalid_alignments_are_refused():
    for at in (3, -1):
        with pytest.raises(ValueError, match=f"at is {at}; expected 0 to 2"):
            draw_alignment(SOURCE, ANSWER, WEIGHTS, at=at)
    with pytest.raises(ValueError, match=re.escape("weights has shape (4, 3); expected (3, 4)")):
        draw_alignment(SOURCE, ANSWER, WEIGHTS.T)
    with pytest.raises(ValueError, match="weights holds a number outside 0 to 1"):
        draw_alignment(SOURCE, ANSWER, WEIGHTS + 0.1)
    assert not plt.get_fignums()
    assert draw_alignment(SOURCE, ANSWER, np.full((3, 4), 0.5)), "other fractions need not add up to 1"


SHARES = {"one": [[1.0, 0.5, 0.0], [0.8, 0.3, 0.0], [0.9, 0.1, 0.2]], "two": [[1.0, 1.0, 0.4]]}


def line(ax, gid):
    return [np.asarray(item.get_ydata()) for item in ax.lines if item.get_gid() == gid]


def test_accuracy_shows_every_run_and_the_median():
    ax = draw_accuracy([1, 2, 4], SHARES, learned_up_to=2)
    assert np.array_equal(line(ax, "run one"), SHARES["one"])
    assert np.array_equal(line(ax, "one"), [[0.9, 0.3, 0.0]])
    words = [text.get_text() for text in ax.texts]
    assert "one (n = 3)" in words and "two (n = 1)" in words
    (beyond,) = (patch for patch in ax.patches if patch.get_gid() == "beyond")
    assert beyond.get_x() == 2.5
    for all_learned in (None, 4):
        assert not draw_accuracy([1, 2, 4], SHARES, learned_up_to=all_learned).patches


BAD = {
    "lengths is [2, 1]; expected increasing": lambda: draw_accuracy([2, 1], {"one": [[0.1, 0.2]]}),
    "at least one label": lambda: draw_accuracy([1], {}),
    "accuracy['one'] has shape (2,); expected (runs, 2)": lambda: draw_accuracy([1, 2], {"one": [0.1, 0.2]}),
    "accuracy['one'] has shape (1, 2); expected (runs, 2) fractions": lambda: draw_accuracy(
        [1, 2], {"one": [[0.1, 1.2]]}
    ),
}


@pytest.mark.parametrize("words", BAD)
def test_invalid_accuracies_are_refused(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        BAD[words]()
    assert not plt.get_fignums()
