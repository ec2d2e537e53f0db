"""The live cell's settings, data for the browser, and static picture; `browser/` tests its script."""

import io
import json
import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets
from matplotlib.colors import to_rgb

from lstm_helpers import unroll
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.figures import draw_intervention
from lstm_helpers.figures.diagrams import LAYOUTS, lstm_backward, node_of
from lstm_helpers.figures.diagrams import lstm as drawing
from lstm_helpers.figures.diagrams.words import spell
from lstm_helpers.figures.style import CELL, COLOURS
from lstm_helpers.interventions import clamp_gates
from lstm_helpers.widgets import LiveCell
from lstm_helpers.widgets.base import VIEW
from lstm_helpers.widgets.diagram_data import WIDTHS, plain


def a_run(T=7, B=3, D=2, H=4, mask=None, seed=5, dtype=np.float64):
    rng = np.random.default_rng(seed)
    params = lstm.init(rng, D, H, dtype=dtype)
    xs = (3 * rng.standard_normal((T, B, D))).astype(dtype)
    return params, unroll(lstm, params, xs, mask=mask)


def numbers(view, *shape):
    return np.frombuffer(view, "<f8").reshape(shape)


# Settings


def test_the_repr_is_the_same_everywhere():
    params, trace = a_run()
    cell = LiveCell(
        trace, params, step=3, unit=2, sequence=1, part="update", overrides={(4, "o", 0): 1, (1, "f", 2): 0.5}
    )
    assert repr(cell) == (
        "LiveCell(7 steps, 4 units, step=3, unit=2, sequence=1, part='update', "
        "overrides={(1, 'f', 2): 0.5, (4, 'o', 0): 1})"
    )
    assert repr(LiveCell(trace)) == "LiveCell(7 steps, 4 units, step=0, unit=0, sequence=0, part='', overrides={})"


REFUSED = [
    ("step", 7, "step is 7; expected 0 to 6"),
    ("step", -1, "step is -1; expected 0 to 6"),
    ("step", 1.5, "step is 1.5; expected a whole number"),
    ("unit", 4, "unit is 4; expected 0 to 3"),
    (
        "part",
        "memory",
        "part is 'memory'; expected one of '', 'forget', 'input', 'candidate', 'update', 'output', 'hidden'",
    ),
    ("overrides", {(7, "f", 0): 0.5}, "overrides do not fit: held has the step 7"),
    ("overrides", {(0, "z", 0): 0.5}, "overrides do not fit: held has the gate 'z'"),
    ("overrides", {(0, "f", 9): 0.5}, "overrides do not fit: held has the unit 9"),
    (
        "overrides",
        {(0, "f", 0): 1.5},
        "overrides do not fit: held sets f to 1.5 at step 0; a gate lies between 0 and 1",
    ),
    ("overrides", {0: 0.5}, "overrides do not fit: held has the key 0"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_invalid_settings_are_refused_now_and_later(name, value, words):
    params, trace = a_run()
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        LiveCell(trace, params, **{name: value})
    cell = LiveCell(trace, params)
    before = repr(cell)
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        setattr(cell, name, value)
    assert repr(cell) == before


def test_without_weights_no_gate_can_be_set():
    _, trace = a_run()
    cell = LiveCell(trace, step=np.int64(6), unit=3)
    assert cell._params == {} and cell.trace.h.shape == (7, 1, 4)
    with pytest.raises(traitlets.TraitError, match="overrides need the weights"):
        cell.overrides = {(0, "f", 0): 0.5}
    assert all(
        "own" not in json.dumps(line) and "x_f" not in json.dumps(line) for line in cell._diagram["equations"]["forget"]
    )


def test_invalid_arguments_are_named():
    params, trace = a_run()
    other = unroll(rnn, rnn.init(np.random.default_rng(0), 1, 2), np.zeros((3, 1, 1)))
    with pytest.raises(ValueError, match="expected a trace of the LSTM"):
        LiveCell(other)
    with pytest.raises(ValueError, match="trace has 0 steps"):
        LiveCell(a_run(T=0)[1])
    with pytest.raises(ValueError, match="sequence is 3; expected 0 to 2"):
        LiveCell(trace, params, sequence=3)
    with pytest.raises(ValueError, match="labels has 2 entries; expected 7"):
        LiveCell(trace, params, ["a", "b"])
    with pytest.raises(ValueError, match="params give a different run from trace, by up to"):
        LiveCell(trace, params._replace(b=params.b + 0.1))
    with pytest.raises(ValueError, match="params give a different run from trace"):
        LiveCell(clamp_gates(params, trace, {(2, "f", 0): 0.0}), params)
    with pytest.raises(ValueError, match=re.escape("expected W_y (4, 1) and b_y (1,), for one answer")):
        LiveCell(trace, params, readout=(np.zeros((4, 2)), np.zeros(2)))


# Data for the browser


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_trace_and_weights_are_sent_to_the_bit(dtype):
    mask = np.ones((7, 3), dtype=bool)
    mask[4:, 1] = mask[2, 1] = False
    params, trace = a_run(mask=mask, dtype=dtype)
    W_y, b_y = np.arange(4.0, dtype=dtype)[:, None], np.ones(1, dtype)
    cell = LiveCell(trace, params, sequence=1, readout=(W_y, b_y))
    for name in ("i", "f", "g", "o", "c", "h", "x"):
        assert np.array_equal(numbers(cell._numbers[name], 7, -1), getattr(trace, name)[:, 1]), name
    assert np.array_equal(numbers(cell._numbers["mask"], 7), mask[:, 1])
    for name, sent in cell._params.items():
        assert np.array_equal(numbers(sent, *getattr(params, name).shape), getattr(params, name))
    assert np.array_equal(numbers(cell._readout["W_y"], 4, 1), W_y) and np.array_equal(
        numbers(cell._readout["b_y"], 1), b_y
    )
    assert cell._colours == dict(COLOURS) and cell._size == {"steps": 7, "hidden": 4, "inputs": 2}


def test_overrides_travel_as_a_list_and_come_back_checked():
    params, trace = a_run()
    cell = LiveCell(trace, params, overrides={(np.int64(2), "f", 1): np.float32(0.5)})
    assert cell.get_state()["overrides"] == [[2, "f", 1, 0.5]]
    cell.set_state({"overrides": [[0, "o", 3, 0.0], [6, "g", 0, -1]]})
    assert cell.overrides == {(0, "o", 3): 0.0, (6, "g", 0): -1.0}
    run = clamp_gates(params, trace, cell.overrides)
    for name in "ifgoch":  # one sequence alone or in a batch gives the same up to rounding
        np.testing.assert_allclose(getattr(cell.trace, name)[:, 0], getattr(run, name)[:, 0], rtol=0, atol=1e-14)
    cell.overrides = {}
    assert np.array_equal(cell.trace.h[:, 0], trace.h[:, 0])


@pytest.mark.parametrize("width", range(len(WIDTHS)))
def test_the_diagram_is_the_figures(width):
    params, trace = a_run()
    sent = json.loads(json.dumps(LiveCell(trace, params)._diagram))
    root = ElementTree.fromstring(f"<svg>{sent['scenes'][width]['marks']}</svg>")
    layout = drawing.LAYOUT
    assert [node.get("data-node") for node in root.iter("g")] == [n.name for n in layout.nodes if n.kind != "end"]
    for kind, named in (("wire", layout.wires), ("note", layout.notes)):
        found = {item.get(f"data-{kind}"): item for item in root.iter() if item.get(f"data-{kind}")}
        assert set(found) == {item.name for item in named}
        for item in named:
            assert found[item.name].get("data-parts") == " ".join(item.parts)
            assert item.number in [mark.get("data-key", "") for mark in found[item.name].iter()]
    shown = {mark.get("data-key") for mark in root.iter()} - {None}
    assert shown == {
        "f",
        "i",
        "g",
        "o",
        "c",
        "h",
        "kept",
        "written",
        "tanh_c",
        "c_previous",
        "h_previous",
        "x",
        "x.word",
    }
    assert shown - {"x", "x.word"} <= set(drawing.numbers(trace[0], 0, 0)) and set(sent["carried"]) <= shown
    assert set(sent["equations"]) == {"", *layout.parts}


def test_the_diagram_is_sent_in_a_few_kilobytes():
    _, trace = a_run()
    assert len(json.dumps(LiveCell(trace)._diagram)) < 150_000


def test_the_output_of_a_node_follows_from_its_inputs():
    """Derive the number on every wire from the diagram's own signs: times, plus, tanh, forks."""
    _, trace = a_run()
    given, wires = drawing.numbers(trace[3], 1, 2), drawing.LAYOUT.wires
    carried = {wire.name: given[wire.number] for wire in wires if wire.number}
    enters, checked = {}, 0
    for wire in wires:
        if f"{wire.start}-{wire.end}" in carried:
            enters.setdefault(wire.end, []).append(carried[f"{wire.start}-{wire.end}"])
    for wire, value in carried.items():
        node = node_of(drawing.LAYOUT, wire.split("-")[0])
        into = enters.get(node.name, [])
        if node.name == "tanh":
            assert value == pytest.approx(np.tanh(into[0]), abs=1e-15)
        elif node.kind in ("gate", "squash", "state"):
            assert value == given[node.number], wire
        else:
            assert len(into) == (1 if node.kind == "junction" else 2), wire
            assert value == pytest.approx(sum(into) if node.kind == "plus" else np.prod(into), abs=1e-15), wire
        checked += 1
    assert checked == len(carried) == sum(wire.symbol not in ("", "x") for wire in wires)


@pytest.mark.parametrize(
    ("name", "part"),
    [("f", "forget"), ("i", "input"), ("g", "candidate"), ("o", "output"), ("keep", "update"), ("add", "update"),
     ("c", "update"), ("tanh", "hidden"), ("show", "hidden"), ("h", "hidden"), ("x", ""), ("join", "")],
)  # fmt: skip
def test_hovering_over_a_node_highlights_one_part(name, part):
    marks = plain(drawing.LAYOUT, {})["scenes"][-1]["marks"]
    root = ElementTree.fromstring(f"<svg>{marks}</svg>")
    assert next(node for node in root.iter("g") if node.get("data-node") == name).get("data-part", "") == part
    wires = {path.get("data-wire"): path.get("data-part") for path in root.iter("path") if path.get("data-wire")}
    assert wires["f-keep"] == "forget" and wires["o-show"] == "output" and wires["write-add"] == "update"


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ("$c_{t-1}$", [("c", "i"), ("t−1", "sub")]),
        ("$dc$ later", [("dc", "i"), (" later", "")]),
        (r"$\tanh c_t$", [("tanh\u2009", ""), ("c", "i"), ("t", "sub")]),
        (r"$1 - \tanh^2 c_t$", [("1 − tanh", ""), ("2", "sup"), ("\u2009", ""), ("c", "i"), ("t", "sub")]),
        (r"$\odot\; c_{t-1} \;+$", [(" ⊙ ", ""), ("c", "i"), ("t−1", "sub"), (" + ", "")]),
        (r"$W_h^\top$", [("W", "i"), ("h", "sub"), ("⊤", "sup")]),
        (r"$\sigma'$", [("σ′", "")]),
        ("", []),
    ],
)
def test_mathtext_is_spelled_out(words, runs):
    assert spell(words) == runs


def test_every_label_of_every_layout_can_be_spelled_out():
    layouts = [module.LAYOUT for module in LAYOUTS.values()] + [
        lstm_backward.layout_of(split) for split in (True, False)
    ]
    for layout in layouts:
        pieces = [piece.text for lines in layout.equations.values() for line in lines for piece in line]
        texts = [item.text for item in (*layout.nodes, *layout.notes)] + [
            text for text in pieces if "{" not in text or "$" in text
        ]
        for text in texts:
            spelled = "".join(part for part, _ in spell(text))
            assert not set(spelled) & set("\\${}_^") and "  " not in spelled, (text, spelled)


def test_the_script_fetches_nothing():
    _, trace = a_run()
    code = LiveCell(trace)._esm + LiveCell(trace)._css
    assert "import " not in code and "fetch(" not in code and "url(" not in code and code.count("export default") == 1
    assert set(re.findall(r"https?://[^\"'\s]+", code)) == {"http://www.w3.org/2000/svg"}  # a name, not an address


# Pages without a kernel


def test_text_and_picture_follow_the_settings():
    params, trace = a_run(mask=np.arange(7)[:, None] < [7, 7, 4])
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    cell = LiveCell(trace, params, labels="abcdefg", sequence=2)
    data, metadata = cell._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW} and data["text/plain"] == repr(cell)
    assert data["image/png"] == cell.static_png()[0] and metadata["image/png"]["width"] == 720
    pixels = plt.imread(io.BytesIO(data["image/png"]))[..., :3]
    assert np.all(pixels[:4] == 1.0) and np.any(
        np.all(np.abs(pixels - to_rgb(CELL)) < 1 / 255, axis=-1)
    )  # few colours, but the right ones
    pictures = [data["image/png"]]
    for name, value in (("step", 2), ("unit", 1), ("part", "update"), ("overrides", {(2, "f", 1): 0.0}), ("step", 6)):
        setattr(cell, name, value)
        pictures.append(cell.static_png()[0])
    assert len(set(pictures)) == 6
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


def test_the_lines_show_both_runs():
    params, trace = a_run()
    run = clamp_gates(params, trace, {(2, "i", 1): 1.0, (2, "g", 1): 1.0})
    for unit, sequence in ((1, 0), (1, 2)):
        ax = draw_intervention(trace, run, unit, sequence=sequence, step=2)
        for name, plot in zip("ch", ax.child_axes, strict=True):
            lines = {line.get_gid(): line.get_ydata() for line in plot.lines}
            assert np.array_equal(lines[name], getattr(run, name)[:, sequence, unit])
            assert np.array_equal(lines[f"{name} original"], getattr(trace, name)[:, sequence, unit])
            assert lines["step"] is not None and {text.get_text() for text in plot.texts} == {name, f"{name} original"}
    alone = draw_intervention(trace, trace).child_axes[0]
    assert [line.get_gid() for line in alone.lines if line.get_gid() in ("c", "c original")] == ["c"]
    with pytest.raises(ValueError, match=re.escape("changed has h of (3, 1, 4); expected (7, 3, 4)")):
        draw_intervention(trace, a_run(T=3, B=1)[1])
    with pytest.raises(ValueError, match="step is 7; expected a whole number from 0 to 6"):
        draw_intervention(trace, run, step=7)
    plt.close("all")
