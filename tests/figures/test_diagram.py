"""The cell diagram shows a real step's numbers, highlights the chosen part, and is sound as a drawing."""

import itertools
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.offsetbox import TextArea
from matplotlib.text import Text

from lstm_helpers import cells, through_time
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.figures import COLOURS, draw_cell
from lstm_helpers.figures.diagrams import LAYOUTS, SIZES, Layout, node_of, polyline
from lstm_helpers.figures.style import number

DRAWN = [pytest.param(module, id=module.LAYOUT.cell) for module in LAYOUTS.values()]
PARTS = [(module, part) for module in LAYOUTS.values() for part in module.LAYOUT.parts]


def a_step(cell: Any, *, seed: int = 0, scale: float = 1.0, input_size: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    params = cell.init(rng, input_size, 3)
    zero = cell.zero_state(params, 2)
    state = type(zero)(*(scale * rng.normal(size=leaf.shape) for leaf in zero))
    return cell.forward(params, state, scale * rng.normal(size=(2, input_size)))


def step_for(drawn: Any, **options: Any) -> Any:
    return a_step(getattr(cells, drawn.LAYOUT.cell), **options)


def by_gid(ax: Axes) -> dict[str, Any]:
    return {artist.get_gid(): artist for artist in ax.get_children() if artist.get_gid()}


def equation(ax: Axes) -> list[tuple[str, str]]:
    box = by_gid(ax)["equation"]
    found = [area.get_children()[0] for area in box.findobj(TextArea)]
    return [(text.get_text(), text.get_color()) for text in found]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("highlight", [None, "update"])
def test_every_number_comes_from_the_step(seed: int, highlight: str | None) -> None:
    step = a_step(lstm, seed=seed)
    for unit, sequence in ((0, 1), (2, 0)):
        at = (sequence, unit)
        artists = by_gid(draw_cell(step, unit=unit, sequence=sequence, highlight=highlight))
        written = {gid: artist.get_text() for gid, artist in artists.items() if isinstance(artist, Text)}
        expected = {
            "number:c_previous": step.previous.c[at],
            "number:h_previous": step.previous.h[at],
            "number:x": step.x[sequence, 0],
            "number:c": step.c[at],
            "number:h": step.h[at],
            "note:f": step.f[at],
            "note:i": step.i[at],
            "note:g": step.g[at],
            "note:o": step.o[at],
            "note:kept": step.f[at] * step.previous.c[at],
            "note:written": step.i[at] * step.g[at],
            "note:tanh_c": np.tanh(step.c[at]),
        }
        for gid, value in expected.items():
            assert written[gid].split(" ")[-1] == number(value), gid
        plt.close("all")


def test_the_numbers_add_up_along_the_cell_state() -> None:
    drawn = LAYOUTS[lstm.Step].numbers(a_step(lstm), 1, 1)
    assert drawn["kept"] + drawn["written"] == pytest.approx(drawn["c"], abs=1e-15)
    assert drawn["o"] * drawn["tanh_c"] == pytest.approx(drawn["h"], abs=1e-15)


@pytest.mark.parametrize("name", ["lstm_no_forget", "cifg", "peephole", "gru", "gru_reset_before"])
def test_a_variants_numbers_add_up_and_come_from_its_step(name: str) -> None:
    step = a_step(getattr(cells, name), seed=3)
    artists = by_gid(draw_cell(step, unit=2, sequence=1))
    drawn = LAYOUTS[type(step)].numbers(step, 2, 1)
    new = "h" if name.startswith("gru") else "c"
    assert drawn.get("kept", drawn.get("c_previous")) + drawn["written"] == pytest.approx(drawn[new], abs=1e-15)
    for field in set(step._fields) - {"x", "previous", "q"}:
        gid = next(gid for gid in (f"note:{field}", f"number:{field}") if gid in artists)
        assert artists[gid].get_text().split(" ")[-1] == number(getattr(step, field)[1, 2]), field
    if name == "coupled":
        assert drawn["i"] + drawn["f"] == pytest.approx(1.0)
        level = artists["level:i"].get_height() / SIZES["gate"][1]
        assert level == pytest.approx(step.i[1, 2])
    if name.startswith("gru"):
        level = artists["level:one_minus_z"].get_height() / SIZES["gate"][1]
        assert level == pytest.approx(1 - step.z[1, 2])


def test_a_wire_that_passes_under_another_has_a_gap() -> None:
    artists = by_gid(draw_cell(a_step(cells.peephole)))
    for gid, along in (("gap:peep_new-o", 1), ("gap:peep_i-i", 0), ("gap:fork_h-up", 1)):
        across, length = np.ptp(artists[gid].get_xydata(), axis=0)[[1 - along, along]]
        assert across == 0 and length > 1, gid


def test_gates_are_filled_to_their_value_and_tanh_from_its_middle() -> None:
    step = a_step(lstm, seed=4)
    artists = by_gid(draw_cell(step, unit=2))
    for name, kind in (("i", "gate"), ("f", "gate"), ("o", "gate"), ("g", "squash")):
        level, (_, y), height = artists[f"level:{name}"], node_of(LAYOUTS[lstm.Step].LAYOUT, name).at, SIZES[kind][1]
        bottom = y - height / 2 if kind == "gate" else y
        reach = height if kind == "gate" else height / 2
        assert level.get_y() == pytest.approx(bottom)
        assert level.get_height() == pytest.approx(getattr(step, name)[0, 2] * reach)


def test_the_vanilla_rnn_shows_its_numbers_too() -> None:
    step = a_step(rnn, seed=5)
    artists = by_gid(draw_cell(step, unit=1))
    assert artists["number:h"].get_text() == number(step.h[0, 1])
    assert artists["number:h_previous"].get_text() == number(step.previous.h[0, 1])
    assert equation(draw_cell(step, unit=1))[-1] == (number(step.h[0, 1]), COLOURS["h"])


@pytest.mark.parametrize(("drawn", "part"), PARTS, ids=[f"{m.LAYOUT.cell}-{p}" for m, p in PARTS])
def test_only_the_highlighted_part_is_in_full_colour_and_thick(drawn: Any, part: str) -> None:
    layout: Layout = drawn.LAYOUT
    artists = by_gid(draw_cell(step_for(drawn), highlight=part))
    plain = by_gid(draw_cell(step_for(drawn)))
    named = [(f"node:{n.name}", n.parts) for n in layout.nodes]
    named += [(f"wire:{w.start}-{w.end}", w.parts) for w in layout.wires]
    named += [(f"note:{n.name}", n.parts) for n in layout.notes]
    assert {part in parts for _, parts in named} <= {True, False}
    for gid, parts in named:
        lit, artist = part in parts, artists[gid]
        assert (artist.get_alpha() == 1.0) is lit, gid
        if gid.startswith("wire:"):
            assert (artist.get_color() == plain[gid].get_color()) is lit, gid
            assert (artist.get_linewidth() > plain[gid].get_linewidth()) is lit, gid


@pytest.mark.parametrize("drawn", DRAWN)
def test_without_highlight_everything_is_in_full_colour(drawn: Any) -> None:
    artists = by_gid(draw_cell(step_for(drawn)))
    assert all(a.get_alpha() == 1.0 for gid, a in artists.items() if gid.split(":")[0] in ("node", "wire", "note"))


def test_the_equation_has_the_numbers_in_the_symbols_colours() -> None:
    step = a_step(lstm, seed=6)
    pieces = equation(draw_cell(step, unit=1, highlight="update"))
    assert (number(step.f[0, 1]), COLOURS["f"]) in pieces
    assert [text for text, _ in pieces][-9:] == [
        number(step.c[0, 1]),
        "=",
        number(step.f[0, 1]),
        "×",
        number(step.previous.c[0, 1]),
        "+",
        number(step.i[0, 1]),
        "×",
        number(step.g[0, 1]),
    ]
    for part, symbol in (("forget", "f"), ("input", "i"), ("candidate", "g"), ("output", "o")):
        assert equation(draw_cell(step, highlight=part))[-1] == (number(getattr(step, symbol)[0, 0]), COLOURS[symbol])
        plt.close("all")


@pytest.mark.parametrize("drawn", DRAWN)
def test_every_name_of_the_layout_is_drawn_once(drawn: Any) -> None:
    layout: Layout = drawn.LAYOUT
    ax = draw_cell(step_for(drawn))
    gids = [artist.get_gid() for artist in ax.get_children() if artist.get_gid()]
    wanted = [f"node:{n.name}" for n in layout.nodes] + [f"note:{n.name}" for n in layout.notes]
    wanted += [f"wire:{w.start}-{w.end}" for w in layout.wires]
    assert all(gids.count(gid) == 1 for gid in wanted)
    assert set(layout.equations) == {"", *layout.parts}


def passes(points: np.ndarray, place: tuple[float, float]) -> bool:
    return any(
        np.all(np.minimum(a, b) - 1e-9 <= place) and np.all(place <= np.maximum(a, b) + 1e-9)
        for a, b in itertools.pairwise(points)
    )


@pytest.mark.parametrize("drawn", DRAWN)
def test_wires_are_horizontal_or_vertical_and_reach_every_node(drawn: Any) -> None:
    layout: Layout = drawn.LAYOUT
    joined = set()
    for wire in layout.wires:
        points = np.array(polyline(layout, wire))
        steps = np.diff(points, axis=0)
        assert np.all((np.abs(steps) < 1e-9).sum(axis=1) == 1), wire
        for name, end in ((wire.start, points[0]), (wire.end, points[-1])):
            node = node_of(layout, name)
            offset = np.abs(end - node.at)
            half = np.array(SIZES[node.kind]) / 2
            assert np.any(np.isclose(offset, half)) or node.kind == "junction", wire
            assert np.all(offset <= half + 1e-9), wire
            joined.add(name)
        for place in wire.under:  # on the wire, and where it crosses a wire that it does not touch
            assert passes(points, place)
            others = [polyline(layout, other) for other in layout.wires if other is not wire]
            assert any(passes(np.array(other), place) for other in others), wire
    assert joined == {node.name for node in layout.nodes}


@pytest.mark.parametrize("drawn", DRAWN)
def test_every_part_is_used_and_every_number_is_known(drawn: Any) -> None:
    layout: Layout = drawn.LAYOUT
    things = [*layout.nodes, *layout.wires, *layout.notes]
    assert {part for thing in things for part in thing.parts} == set(layout.parts)
    numbers = drawn.numbers(step_for(drawn), 0, 0)
    shown = {thing.number for thing in (*layout.nodes, *layout.notes)} - {"", "x"}
    assert shown <= set(numbers)
    assert all(thing.symbol in {"", *COLOURS} for thing in (*layout.nodes, *layout.wires, *layout.notes))


@pytest.mark.parametrize("width", [4.5, 9.2])
@pytest.mark.parametrize("highlight", [None, "update", "candidate"])
def test_no_text_overlaps_another_or_the_edge(width: float, highlight: str | None) -> None:
    assert_texts_apart(a_step(lstm, seed=7, scale=40.0), width, highlight)  # long numbers


@pytest.mark.parametrize("drawn", DRAWN)
def test_no_text_of_a_variant_overlaps(drawn: Any) -> None:
    equations = drawn.LAYOUT.equations
    longest = max(equations, key=lambda part: max(sum(len(piece.text) for piece in line) for line in equations[part]))
    step = step_for(drawn, seed=7, scale=40.0)
    for width in (4.5, 9.2):
        assert_texts_apart(step, width, longest or None)


def assert_texts_apart(step: Any, width: float, highlight: str | None) -> None:
    fig, ax = plt.subplots(figsize=(width, 0.7 * width), layout="constrained")
    draw_cell(step, highlight=highlight, token="elephants", ax=ax)
    fig.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts] + [by_gid(ax)["equation"].get_window_extent()]
    for a, b in itertools.combinations(boxes, 2):
        assert not a.padded(-1).overlaps(b)
    for box in boxes:
        assert fig.bbox.contains(box.x0, box.y0) and fig.bbox.contains(box.x1, box.y1)


def test_the_input_is_described() -> None:
    def said(x: np.ndarray) -> str:
        params = lstm.init(np.random.default_rng(0), x.shape[1], 2)
        return by_gid(draw_cell(lstm.forward(params, lstm.zero_state(params, 1), x)))["number:x"].get_text()

    assert said(np.array([[-0.25]])) == "−0.25"
    assert said(np.eye(20)[[3]]) == "4 of 20"
    assert said(np.array([[0.5, 1.5, 2.5]])) == "3 values"


def test_a_step_of_a_trace_is_drawn_with_its_numbers() -> None:
    rng = np.random.default_rng(8)
    params = lstm.init(rng, 2, 3)
    trace = through_time.unroll(lstm, params, rng.normal(size=(4, 1, 2)))
    artists = by_gid(draw_cell(trace[3], unit=2, token="word"))
    assert artists["number:c"].get_text() == number(trace.c[3, 0, 2])
    assert artists["token"].get_text() == "word"


def test_it_draws_on_the_given_axes_and_opens_no_other_figure() -> None:
    fig, (left, right) = plt.subplots(1, 2)
    assert draw_cell(a_step(lstm), ax=right) is right
    assert plt.get_fignums() == [fig.number]
    assert not left.has_data()
    assert draw_cell(a_step(lstm)).figure is not fig


def test_limits_do_not_depend_on_the_step() -> None:
    first, second = draw_cell(a_step(lstm)), draw_cell(a_step(lstm, seed=9, scale=99.0), highlight="forget")
    assert (first.get_xlim(), first.get_ylim()) == (second.get_xlim(), second.get_ylim())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"highlight": "memory"}, "highlight is 'memory'; expected None or one of forget, input, candidate, update"),
        ({"unit": 3}, "unit is 3; expected a whole number from 0 to 2"),
        ({"unit": -1}, "unit is -1"),
        ({"unit": 1.0}, "unit is 1.0"),
        ({"sequence": 2}, "sequence is 2; expected a whole number from 0 to 1"),
    ],
)
def test_missing_parts_and_units_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw_cell(a_step(lstm), **options)
    assert not plt.get_fignums()


def test_anything_but_a_step_is_refused() -> None:
    with pytest.raises(ValueError, match="step is a tuple; expected a Step"):
        draw_cell(())
    step = a_step(lstm)
    with pytest.raises(ValueError, match=r"try trace\[t\]"):
        draw_cell(step._replace(h=step.h[None]))
    with pytest.raises(ValueError, match="one of input, recurrent, hidden"):
        draw_cell(a_step(rnn), highlight="forget")
