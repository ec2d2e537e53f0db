"""The cell diagram shows a real step's numbers, highlights the chosen part, and is sound as a drawing."""

import itertools
from typing import Any
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

from lstm_helpers import cells, through_time
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.figures import draw_cell
from lstm_helpers.figures.diagrams import (
    LAYOUTS,
    Layout,
    Values,
    describe,
    lstm_backward,
    node_of,
    scene,
    to_axes,
    to_svg,
)
from lstm_helpers.figures.diagrams.marks import THICK, THIN, Box, Disc, Level, Line, Polygon, Words
from lstm_helpers.figures.diagrams.plan import DENSITIES, SMALLEST, Plan, crossings
from lstm_helpers.figures.diagrams.words import width_of
from lstm_helpers.figures.style import CELL, COLOURS, PAPER, TEXT_COLOURS, TEXT_COLOURS_DARK, number

DRAWN = [pytest.param(module, id=module.LAYOUT.name) for module in LAYOUTS.values()]
PARTS = [(module, part) for module in LAYOUTS.values() for part in module.LAYOUT.parts]


def a_step(cell: Any, *, seed: int = 0, scale: float = 1.0, input_size: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    params = cell.init(rng, input_size, 3)
    zero = cell.zero_state(params, 2)
    state = type(zero)(*(scale * rng.normal(size=leaf.shape) for leaf in zero))
    return cell.forward(params, state, scale * rng.normal(size=(2, input_size)))


def step_for(drawn: Any, **options: Any) -> Any:
    return a_step(getattr(cells, drawn.LAYOUT.name), **options)


def by_gid(ax: Axes) -> dict[str, Any]:
    return {artist.get_gid(): artist for artist in ax.get_children() if artist.get_gid()}


def equation(ax: Axes) -> list[tuple[str, str]]:
    return [(text.get_text(), text.get_color()) for text in ax.texts if text.get_gid() == "equation"]


def filled(artists: dict[str, Any], name: str) -> tuple[float, float]:
    """Give where a level starts, from 0 at the bottom of its box to 1 at the top, and how far it reaches up."""
    level, box = artists[f"level:{name}"], artists[f"node:{name}"]
    return (box.get_y() + box.get_height() - level.get_y()) / box.get_height(), -level.get_height() / box.get_height()


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
    if name == "cifg":
        assert drawn["i"] + drawn["f"] == pytest.approx(1.0)
        assert filled(artists, "i") == pytest.approx((0.0, step.i[1, 2]))
    if name.startswith("gru"):
        assert filled(artists, "one_minus_z") == pytest.approx((0.0, 1 - step.z[1, 2]))


def test_a_wire_that_passes_under_another_has_a_gap() -> None:
    artists = by_gid(draw_cell(a_step(cells.peephole)))
    for gid, along in (("gap:peep_new-o", 1), ("gap:peep_i-i", 0), ("gap:fork_h-up", 1)):
        across, length = np.ptp(artists[gid].get_xydata(), axis=0)[[1 - along, along]]
        assert across == 0 and length > 1, gid


def test_gates_are_filled_to_their_value_and_tanh_from_its_middle() -> None:
    step = a_step(lstm, seed=4)
    artists = by_gid(draw_cell(step, unit=2))
    for name in "ifo":
        assert filled(artists, name) == pytest.approx((0.0, getattr(step, name)[0, 2]))
    assert filled(artists, "g") == pytest.approx((0.5, step.g[0, 2] / 2))
    assert filled(artists, "tanh") == pytest.approx((0.5, np.tanh(step.c[0, 2]) / 2))


def test_the_vanilla_rnn_shows_its_numbers_too() -> None:
    step = a_step(rnn, seed=5)
    artists = by_gid(draw_cell(step, unit=1))
    assert artists["number:h"].get_text() == number(step.h[0, 1])
    assert artists["number:h_previous"].get_text() == number(step.previous.h[0, 1])
    assert equation(draw_cell(step, unit=1))[-1] == (number(step.h[0, 1]), TEXT_COLOURS["h"])


@pytest.mark.parametrize(("drawn", "part"), PARTS, ids=[f"{m.LAYOUT.name}-{p}" for m, p in PARTS])
def test_only_the_highlighted_part_is_in_full_colour(drawn: Any, part: str) -> None:
    layout: Layout = drawn.LAYOUT
    artists = by_gid(draw_cell(step_for(drawn), highlight=part))
    plain = by_gid(draw_cell(step_for(drawn)))
    named = [(f"node:{n.name}", n.parts) for n in layout.nodes if n.kind != "end"]
    named += [(f"wire:{w.start}-{w.end}", w.parts) for w in layout.wires]
    named += [(f"note:{n.name}", n.parts) for n in layout.notes]
    assert {part in parts for _, parts in named} <= {True, False}
    for gid, parts in named:
        lit, artist = part in parts, artists[gid]
        assert (artist.get_alpha() == 1.0) is lit, gid
        if gid.startswith("wire:"):
            assert (artist.get_color() == plain[gid].get_color()) is lit, gid
            assert artist.get_linewidth() == plain[gid].get_linewidth(), gid  # it shows the number


@pytest.mark.parametrize("drawn", DRAWN)
def test_without_highlight_everything_is_in_full_colour(drawn: Any) -> None:
    artists = by_gid(draw_cell(step_for(drawn)))
    assert all(a.get_alpha() == 1.0 for gid, a in artists.items() if gid.split(":")[0] in ("node", "wire", "note"))


def test_the_equation_has_the_numbers_in_the_symbols_colours() -> None:
    step = a_step(lstm, seed=6)
    pieces = equation(draw_cell(step, unit=1, highlight="update"))
    assert (number(step.f[0, 1]), TEXT_COLOURS["f"]) in pieces
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
        assert equation(draw_cell(step, highlight=part))[-1] == (
            number(getattr(step, symbol)[0, 0]),
            TEXT_COLOURS[symbol],
        )
        plt.close("all")


@pytest.mark.parametrize("drawn", DRAWN)
def test_every_name_of_the_layout_is_drawn_once(drawn: Any) -> None:
    layout: Layout = drawn.LAYOUT
    ax = draw_cell(step_for(drawn))
    gids = [artist.get_gid() for artist in ax.get_children() if artist.get_gid()]
    wanted = [f"node:{n.name}" for n in layout.nodes if n.kind != "end"] + [f"note:{n.name}" for n in layout.notes]
    wanted += [f"wire:{w.start}-{w.end}" for w in layout.wires]
    assert all(gids.count(gid) == 1 for gid in wanted)
    assert set(layout.equations) == {"", *layout.parts}


EVERY = [*(module.LAYOUT for module in LAYOUTS.values()), lstm_backward.LAYOUT, lstm_backward.layout_of(False)]
WIDTHS = (260, 340, 480, 662, 900)
EACH = pytest.mark.parametrize("layout", EVERY, ids=[f"{layout.name}-{k}" for k, layout in enumerate(EVERY)])


def boxes_of(layout: Layout, width: float) -> dict[str, tuple[float, float, float, float]]:
    """Give the left, top, right and bottom of each node that has an outline."""
    found = {}
    for mark in scene(layout, width).marks:
        kind, _, name = mark.tag.name.partition(":")
        if kind == "node" and isinstance(mark, Box):
            (x, y) = mark.corner
            found[name] = (x, y, x + mark.width, y + mark.height)
        elif kind == "node" and isinstance(mark, Disc) and mark.tag.role != "sign":
            (x, y), r = mark.centre, mark.radius
            found[name] = (x - r, y - r, x + r, y + r)
    return found


@EACH
@pytest.mark.parametrize("width", WIDTHS)
def test_wires_are_horizontal_or_vertical_and_reach_their_nodes(layout: Layout, width: float) -> None:
    boxes, marks = boxes_of(layout, width), scene(layout, width).marks
    routes = {mark.tag.name[5:]: np.array(mark.points) for mark in marks if mark.tag.role == "hit"}
    heads = {mark.tag.name[5:]: mark.points for mark in marks if isinstance(mark, Polygon)}
    assert set(routes) == {wire.name for wire in layout.wires}
    for wire in layout.wires:
        points = routes[wire.name]
        assert np.all((np.abs(np.diff(points, axis=0)) < 1e-6).sum(axis=1) == 1), wire
        for name, (x, y) in ((wire.start, points[0]), (wire.end, points[-1])):
            if node_of(layout, name).kind == "end":
                continue
            left, top, right, bottom = boxes[name]
            middle = np.array([(left + right) / 2, (top + bottom) / 2])
            if node_of(layout, name).kind == "junction":
                assert np.allclose((x, y), middle), wire
            else:
                sides = [(left, middle[1]), (right, middle[1]), (middle[0], top), (middle[0], bottom)]
                assert any(np.allclose((x, y), side) for side in sides), (wire, name)
        assert (wire.name in heads) == (node_of(layout, wire.end).kind != "junction"), wire
        if wire.name in heads:  # it points to the end, along the last stretch
            tip, *back = np.array(heads[wire.name])
            along = np.mean(back, axis=0) - tip
            assert np.allclose(tip, points[-1]) and np.dot(along, points[-2] - points[-1]) > 0, wire
            assert np.abs(points[-2] - points[-1]).sum() >= np.abs(along).sum(), wire  # not longer than its wire
    assert {name for wire in layout.wires for name in (wire.start, wire.end)} == {node.name for node in layout.nodes}


@EACH
def test_where_two_wires_cross_one_passes_under_the_other(layout: Layout) -> None:
    plan = Plan(layout, 14.0, "full", "\N{MINUS SIGN}0.00", "", "")
    for wire in layout.wires:
        if not wire.under:
            for spot, _ in crossings(plan, wire):
                under = [
                    other for other in layout.wires if other.under for at, _ in crossings(plan, other) if at == spot
                ]
                assert under, (wire.name, spot)
    gaps = {mark.tag.name[5:] for mark in scene(layout, 662).marks if mark.tag.role == "gap"}
    assert gaps == {wire.name for wire in layout.wires if wire.under}


@EACH
@pytest.mark.parametrize("width", WIDTHS)
def test_letters_are_large_enough_and_nothing_touches_at_any_width(layout: Layout, width: float) -> None:
    long = "\N{MINUS SIGN}0.000" if layout.name == "lstm_backward" else "\N{MINUS SIGN}0.00"
    drawn = scene(layout, width, widest=long)
    most = {"lstm": 263, "lstm_backward": 270.2}.get(layout.name, 320)  # those of widgets fit a phone in JupyterLab
    assert drawn.width <= max(width + 1e-6, most)
    assert all(mark.size >= SMALLEST for mark in drawn.marks if isinstance(mark, Words))
    fig = plt.figure(figsize=(drawn.width / 72, drawn.height / 72), layout="none")
    ax = fig.add_axes((0, 0, 1, 1))
    numbers = dict.fromkeys({w.number for w in (*layout.wires, *layout.nodes, *layout.notes)} | keys(layout), -0.25)
    numbers |= {node.number: 0.25 for node in layout.nodes if node.kind == "gate"}
    sample = (lambda value: long) if layout.name == "lstm_backward" else number
    to_axes(drawn, Values(numbers, {"x": "0.30", "": ""}, format=sample), ax)
    fig.canvas.draw()
    words = [text for text in ax.texts if text.get_text()]
    boxes = [text.get_window_extent().padded(0, -2) for text in words]  # a line is higher than its digits
    for (one, a), (two, b) in itertools.combinations(zip(words, boxes, strict=True), 2):
        assert not a.padded(-1.5).overlaps(b.padded(-1.5)), (one.get_text(), two.get_text())
    for text, box in zip(words, boxes, strict=True):
        assert fig.bbox.padded(2).containsx(box.x0) and fig.bbox.padded(2).containsx(box.x1), text.get_text()
        assert fig.bbox.padded(2).containsy(box.y0) and fig.bbox.padded(2).containsy(box.y1), text.get_text()
    for patch in (artist for gid, artist in by_gid(ax).items() if gid.startswith("node:")):
        outline = patch.get_window_extent().padded(-2)
        notes = [text for text in ax.texts if text.get_gid().startswith("note:") and text.get_text()]
        for text in notes:
            assert not outline.overlaps(text.get_window_extent().padded(-2)), (patch.get_gid(), text.get_text())


def keys(layout: Layout) -> set[str]:
    pieces = [piece.text for lines in layout.equations.values() for line in lines for piece in line]
    return {text[1:-1] for text in pieces if text.startswith("{") and "$" not in text}


def test_an_inputs_box_is_as_wide_as_its_text() -> None:
    for width in WIDTHS:
        drawn = scene(LAYOUTS[lstm.Step].LAYOUT, width, value="1024 values")
        (box,) = (mark for mark in drawn.marks if mark.tag.name == "node:x" and isinstance(mark, Box))
        size = next(mark.size for mark in drawn.marks if mark.tag.name == "node:x" and mark.tag.role == "number")
        assert box.width > width_of("1024 values", size, True)


def test_formulas_are_left_out_only_where_there_is_no_room() -> None:
    found = [scene(LAYOUTS[lstm.Step].LAYOUT, width).density for width in (900, 480, 400, 340, 260)]
    assert found[0] == "full" and found[-1] == "tall" and found == sorted(found, key=DENSITIES.index)


@pytest.mark.parametrize("value", [0.0, 0.3, -0.3, 1.0, -1.0, 7.0, -7.0])
def test_a_wires_thickness_and_dashes_show_its_number(value: float) -> None:
    layout = LAYOUTS[rnn.Step].LAYOUT
    drawn = scene(layout, 662)
    values = Values(dict.fromkeys(("h", "h_previous"), value), limits={"h_previous": 2.0})
    wires = {mark.tag.name: values.wire(mark) for mark in drawn.marks if isinstance(mark, Line) and mark.number}
    assert wires["wire:tanh-fork_h"] == (pytest.approx(THIN + (THICK - THIN) * min(1.0, abs(value))), value < 0)
    assert wires["wire:h_previous-sum"][0] == pytest.approx(THIN + (THICK - THIN) * min(1.0, abs(value) / 2))
    ax = to_axes(drawn, values, plt.figure().add_axes((0, 0, 1, 1)))
    line = by_gid(ax)["wire:tanh-fork_h"]
    assert line.is_dashed() == (value < 0)
    plain = by_gid(ax)["wire:sum-tanh"]
    assert not plain.is_dashed()
    assert line.get_linewidth() / plain.get_linewidth() == pytest.approx(wires["wire:tanh-fork_h"][0] / 1.5)


# The same scene as SVG


def svg_of(layout: Layout, values: Values, **options: Any) -> ElementTree.Element:
    return ElementTree.fromstring(to_svg(scene(layout, 662), values, **options))


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("drawn", DRAWN)
def test_svg_and_matplotlib_show_the_same(drawn: Any) -> None:
    layout, step = drawn.LAYOUT, step_for(drawn, seed=3)
    values = Values(drawn.numbers(step, 1, 0), {"x": "0.30", "x.word": "cat"}, part=layout.parts[0])
    root = svg_of(layout, values, alt=describe(layout, values), title=layout.title)
    assert root.get("role") == "img" and root.get("aria-label") == describe(layout, values)
    ax = to_axes(scene(layout, 662), values, plt.figure(figsize=(662 / 72, 4)).add_axes((0, 0, 1, 1)))
    artists, scale = by_gid(ax), 0.0
    for path in (path for path in root.iter(f"{SVG}path") if path.get("data-wire")):
        line, name = artists[f"wire:{path.get('data-wire')}"], path.get("data-wire")
        corners = [tuple(map(float, point.split(","))) for point in path.get("d")[1:].split("L")]
        assert np.allclose(corners, line.get_xydata(), atol=0.01), name
        assert ("stroke-dasharray" in path.attrib) == line.is_dashed(), name
        symbol = next(wire.symbol for wire in layout.wires if wire.name == name)
        ink = "currentColor" if symbol in ("", "c") else f"var(--lstm-{symbol}, {COLOURS[symbol]})"
        assert path.get("style") == f"stroke:{ink}", name
        assert ("lstm-dim" in path.get("class")) == (line.get_alpha() < 1), name
        scale = scale or line.get_linewidth() / float(path.get("stroke-width"))  # points in a pixel
        assert line.get_linewidth() == pytest.approx(scale * float(path.get("stroke-width")), rel=0.02), name
    for text in (text for text in root.iter(f"{SVG}text") if text.get("data-note")):
        artist = artists[f"note:{text.get('data-note')}"]
        assert (float(text.get("x")), float(text.get("y"))) == pytest.approx(artist.get_position(), abs=0.01)
        assert artist.get_ha() == {"start": "left", "middle": "center", "end": "right"}[text.get("text-anchor")]
        assert (
            "".join(text.itertext()).split(" ")[-1] == artist.get_text().split(" ")[-1].strip("$")
            or "$" in artist.get_text()
        )
    for rect in (rect for rect in root.iter(f"{SVG}rect") if rect.get("class", "").startswith("lstm-level")):
        key = rect.get("data-key")
        level = next(m for m in scene(layout, 662).marks if isinstance(m, Level) and m.number == key)
        ends = sorted((level.zero, level.at(values.numbers[key])))
        assert (float(rect.get("y")), float(rect.get("height"))) == pytest.approx(
            (ends[0], ends[1] - ends[0]), abs=0.02
        )


def test_the_text_of_a_drawing_says_its_numbers_and_what_is_lit() -> None:
    step = a_step(lstm, seed=3)
    values = Values(LAYOUTS[lstm.Step].numbers(step, 1, 0), {"x": "0.30", "x.word": "cat"}, part="forget")
    said = describe(LAYOUTS[lstm.Step].LAYOUT, values)
    assert said.startswith("Diagram of the LSTM cell. In: c(t−1) = ") and "x (cat) = 0.30" in said
    for field in "ifgo":
        assert f"{field} = {number(getattr(step, field)[0, 1])}" in said
    assert f"Out: c = {number(step.c[0, 1])}, h = {number(step.h[0, 1])}" in said and "part forget" in said
    assert not set(said) & set("$\\{}_^")


def contrast(one: str, two: str) -> float:
    def light(colour: str) -> float:
        channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    a, b = sorted((light(one), light(two)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_letters_can_be_read_in_every_colour() -> None:
    assert set(TEXT_COLOURS) == set(TEXT_COLOURS_DARK) == set(COLOURS)
    assert min(contrast(colour, paper) for colour in TEXT_COLOURS.values() for paper in (PAPER, CELL)) >= 4.5
    assert min(contrast(colour, "#1d1d1d") for colour in TEXT_COLOURS_DARK.values()) >= 4.5


@pytest.mark.parametrize("drawn", DRAWN)
def test_every_part_is_used_and_every_number_is_known(drawn: Any) -> None:
    layout: Layout = drawn.LAYOUT
    things = [*layout.nodes, *layout.wires, *layout.notes]
    assert {part for thing in things for part in thing.parts} == set(layout.parts)
    numbers = drawn.numbers(step_for(drawn), 0, 0)
    shown = {thing.number for thing in (*layout.nodes, *layout.notes)} - {"", "x"}
    assert shown <= set(numbers)
    assert all(thing.symbol in {"", *COLOURS} for thing in (*layout.nodes, *layout.wires, *layout.notes))


@pytest.mark.parametrize("drawn", DRAWN)
def test_no_text_overlaps_with_long_numbers_and_a_long_word(drawn: Any) -> None:
    step = step_for(drawn, seed=7, scale=20.0)
    for width in (4.5, 9.2):
        for part in (None, drawn.LAYOUT.parts[0], drawn.LAYOUT.parts[-2]):
            fig, ax = plt.subplots(figsize=(width, 0.7 * width), layout="constrained")
            draw_cell(step, highlight=part, token="elephants", ax=ax)
            fig.canvas.draw()
            boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
            for a, b in itertools.combinations(boxes, 2):
                assert not a.padded(-2).overlaps(b)
            for box in boxes:
                assert fig.bbox.contains(box.x0, box.y0) and fig.bbox.contains(box.x1, box.y1)
            plt.close("all")


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
