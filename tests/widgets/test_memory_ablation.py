"""Runs with part of the state ablated: compared with the exercise's function, in tables, sentences and the picture."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from lstm_helpers import exercises, unroll
from lstm_helpers.activations import logit, sigmoid
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement
from lstm_helpers.figures import draw_ablation
from lstm_helpers.widgets import MemoryAblation
from lstm_helpers.widgets.ablated_runs import ZEROED, every_run, run_without
from lstm_helpers.widgets.base import VIEW

WORDS = "the dogs near the cat behind the horses beside the child".split()
XS, NETWORK = agreement.encode(WORDS), trained.agreement()
STEPS = len(WORDS)


def make(**settings):
    return MemoryAblation(NETWORK, XS, WORDS, **{"answer": "plural", **settings})


# The runs


def test_without_ablation_it_is_the_original_run():
    trace = unroll(lstm, NETWORK.cell, XS)
    for at in (0, 4, STEPS - 1):
        run = run_without(NETWORK, XS, at, "nothing")
        assert np.array_equal(run.c, trace.c[:, 0]) and np.array_equal(run.h, trace.h[:, 0])
    assert np.array_equal(run.p, sigmoid(trace.h[:, 0] @ NETWORK.W_y + NETWORK.b_y)[:, 0])


@pytest.mark.parametrize("part", ["h", "c"])
def test_the_final_state_is_that_of_the_exercise(part):
    for at in range(1, STEPS):
        want = exercises.run_with_ablation.right(NETWORK.cell, XS, at, part)
        assert np.array_equal(run_without(NETWORK, XS, at, part).h[-1:], want), at


def test_before_the_ablation_the_run_is_the_original_and_both_is_a_restart():
    whole = run_without(NETWORK, XS, 0, "nothing")
    for part in ("h", "c", "both"):
        run = run_without(NETWORK, XS, 6, part)
        for was, now in zip(whole, run, strict=True):
            assert np.array_equal(was[:6], now[:6]) and not np.array_equal(was[6], now[6])
        assert np.array_equal(run_without(NETWORK, XS, 0, part).c, whole.c)  # the initial state is 0 anyway
    fresh = unroll(lstm, NETWORK.cell, XS[6:])
    assert np.array_equal(run_without(NETWORK, XS, 6, "both").c[6:], fresh.c[:, 0])


def test_a_hand_worked_ablation():
    """With open gates and candidate 1, the cell state counts the steps; after an ablation it counts from 0."""
    blank = tree_map(np.zeros_like, lstm.init(np.random.default_rng(0), 1, 1))
    network = trained.Network(blank._replace(b=np.full(4, 100.0)), np.array([[2.0]]), np.array([-1.0]))
    xs = np.zeros((5, 1, 1))
    assert run_without(network, xs, 3, "c").c[:, 0].tolist() == [1, 2, 3, 1, 2]
    assert run_without(network, xs, 3, "h").c[:, 0].tolist() == [1, 2, 3, 4, 5]  # no gate reads h here
    run = run_without(network, xs, 4, "both")
    np.testing.assert_allclose(run.h[:, 0], np.tanh([1, 2, 3, 4, 1]), rtol=1e-15)
    np.testing.assert_allclose(run.p, sigmoid(2 * np.tanh([1, 2, 3, 4, 1]) - 1), rtol=1e-14)


def test_the_table_has_every_run_and_inputs_are_not_modified():
    xs = XS[:5].copy()
    xs.flags.writeable = False
    table = every_run(NETWORK, xs)
    assert table.c.shape == table.h.shape == (3, 5, 5, 4) and table.p.shape == (3, 5, 5)
    for k, part in enumerate(("h", "c", "both")):
        for at in range(5):
            for have, want in zip(table, run_without(NETWORK, xs, at, part), strict=True):
                assert np.array_equal(have[k, at], want)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((XS, STEPS, "h"), "at is 11; expected 0 to 10"),
        ((XS, -1, "h"), "at is -1; expected 0 to 10"),
        ((XS, 1, "hc"), "zeroed is 'hc'; expected one of 'nothing', 'h', 'c', 'both'"),
        ((np.repeat(XS, 2, 1), 1, "h"), "xs has shape (11, 2, 20); expected (T, 1, D), one sequence, time first"),
        ((XS[:0], 0, "h"), "xs has shape (0, 1, 20)"),
        ((XS[:, 0], 0, "h"), "xs has shape (11, 20)"),
    ],
)
def test_a_run_names_invalid_arguments(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        run_without(NETWORK, *arguments)


# The finding


def test_either_state_restores_the_other_and_without_both_the_next_noun_is_the_subject():
    """Cat is singular, horses plural, child singular: the first noun after ablating both determines the answer."""
    for part in ("h", "c"):
        assert all(run_without(NETWORK, XS, at, part).p[-1] > 0.9 for at in range(STEPS)), part
    after = [run_without(NETWORK, XS, at, "both").p[-1] > 0.5 for at in range(STEPS)]
    assert after == [True, True, False, False, False, True, True, True, False, False, False]


# The widget


def test_the_browser_is_sent_every_run_to_the_bit():
    sent, table = make()._numbers, every_run(NETWORK, XS)
    for name in ("c", "h", "p"):
        assert np.array_equal(np.frombuffer(sent[f"{name}_without"], "<f8"), getattr(table, name).ravel())
        assert np.array_equal(np.frombuffer(sent[name], "<f8"), getattr(make().original, name).ravel())
    assert sum(map(len, sent.values())) < 40_000
    tops = make()._size["tops"]
    assert tops == np.maximum(np.abs(make().original.c).max(0), np.abs(table.c).max((0, 1, 2))).tolist()


def test_the_sentence_gives_the_numbers():
    widget = make(at=5, zeroed="both", unit=1)
    was, now = run_without(NETWORK, XS, 0, "nothing"), run_without(NETWORK, XS, 5, "both")
    minus = str.maketrans("-", "\N{MINUS SIGN}")
    for number in (now.c[5, 1], was.c[5, 1], now.h[5, 1], was.h[5, 1], now.p[-1], was.p[-1]):
        assert f" {number:.2f}".translate(minus) in widget.words
    assert widget.words.startswith("Before step 6, “behind”, c and h are set to zero. After it, unit 1 has c = ")
    assert widget.words.endswith("the answer is the same.")
    widget.at = 8
    assert "“beside”" in widget.words and widget.words.endswith("the answer has changed.")
    widget.zeroed = "c"
    assert "“beside”, c is set to zero" in widget.words and widget.words.endswith("the answer is the same.")
    widget.zeroed = "nothing"
    assert widget.words.startswith("Nothing is set to zero. At the end unit 1 has c = ")


@pytest.mark.parametrize("was", [0.43, 0.47, 0.53, 0.57])
@pytest.mark.parametrize("now", [0.43, 0.47, 0.53, 0.57])
def test_an_answer_has_changed_when_it_crosses_one_half(was, now):
    """Use the hand-worked network with an output that gives these two probabilities."""
    blank = tree_map(np.zeros_like, lstm.init(np.random.default_rng(0), 1, 1))
    whole, lost = np.tanh(5), np.tanh(1)
    slope = (logit(was) - logit(now)) / (whole - lost)
    network = trained.Network(
        blank._replace(b=np.full(4, 100.0)), np.array([[slope]]), np.array([logit(was) - slope * whole])
    )
    widget = MemoryAblation(network, np.zeros((5, 1, 1)), at=4, zeroed="c")
    np.testing.assert_allclose([widget.original.p[-1], widget.run.p[-1]], [was, now], rtol=1e-12)
    assert widget.words.endswith("has changed." if (was > 0.5) != (now > 0.5) else "is the same.")


REFUSED = [
    ("at", 11, "at is 11; expected 0 to 10"),
    ("at", 1.5, "at is 1.5; expected a whole number"),
    ("unit", 4, "unit is 4; expected 0 to 3"),
    ("zeroed", "x", "zeroed is 'x'; expected one of 'nothing', 'h', 'c', 'both'"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_invalid_settings_are_refused_now_and_later(name, value, words):
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        make(**{name: value})
    widget = make()
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        setattr(widget, name, value)
    assert repr(widget) == "MemoryAblation(11 steps, 4 units, at=0, zeroed='nothing', unit=0)"


def test_the_widget_names_invalid_arguments():
    with pytest.raises(ValueError, match="xs has 31 steps; expected at most 30"):
        MemoryAblation(NETWORK, np.zeros((31, 1, 20)))
    with pytest.raises(ValueError, match="labels has 2 entries; expected 11"):
        MemoryAblation(NETWORK, XS, ["a", "b"])
    with pytest.raises(ValueError, match="xs has shape"):
        MemoryAblation(NETWORK, XS[:, 0])


def test_a_page_without_a_kernel_has_text_and_picture():
    widget = make(at=5, zeroed="h")
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    data, metadata = widget._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW} and data["text/plain"] == repr(widget)
    assert data["image/png"] == widget.static_png()[0] and metadata["image/png"]["width"] == 720
    others = (dict(at=6, zeroed="h"), dict(at=5, zeroed="c"), dict(at=5, zeroed="h", unit=1), {})
    assert len({make(**settings).static_png()[0] for settings in others} | {data["image/png"]}) == 5
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


# The picture


@pytest.mark.parametrize("zeroed", ZEROED)
def test_the_picture_holds_the_numbers(zeroed):
    widget = make(at=5, zeroed=zeroed, unit=2)
    figure, ax = plt.subplots()
    states, answer = draw_ablation(widget.original, widget.run, 5, zeroed, unit=2, labels=WORDS, ax=ax).child_axes
    lines = {line.get_gid(): line for panel in (states, answer) for line in panel.lines}
    for name in "ch":
        values = getattr(widget.run, name)[:, 2]
        x, y = lines[name].get_xydata().T
        steps = x % 1 == 0
        assert np.array_equal(y[steps], [0.0, *values]) and np.array_equal(x[steps], np.arange(STEPS + 1))
        falls = [values[4], 0.0] if name in ZEROED[zeroed] else []
        assert y[~steps].tolist() == falls and np.all(x[~steps] == 5.5) and np.all(np.diff(x) >= 0)
        assert np.array_equal(lines[f"{name} original"].get_ydata(), getattr(widget.original, name)[:, 2])
    assert np.array_equal(lines["p"].get_ydata(), widget.run.p)
    assert ("cut" in lines) == (zeroed != "nothing")
    plt.close(figure)


def test_the_picture_names_invalid_arguments():
    widget = make()
    with pytest.raises(ValueError, match=re.escape("expected that of original.c, (T, H), (11, 4)")):
        draw_ablation(widget.original, widget.original._replace(c=np.zeros((3, 4))), 0, "h")
    with pytest.raises(ValueError, match="zeroed is 'hc'"):
        draw_ablation(widget.original, widget.original, 0, "hc")
    for name, value in (("at", 11), ("unit", 4)):
        with pytest.raises(ValueError, match=f"{name} is {value}"):
            draw_ablation(widget.original, widget.original, **{"at": 0, "zeroed": "h", name: value})
    assert not plt.get_fignums()
