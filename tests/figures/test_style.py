"""The house style: colours that can be told apart, common limits, labels that do not overlap."""

import itertools
import json
import re
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from lstm_helpers.figures import style


def lightness(colour: str) -> float:
    """CIE L* (0 black … 100 white) of an sRGB colour."""
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def test_the_five_okabe_ito_colours_are_used() -> None:
    assert {s: style.COLOURS[s] for s in "ifgoc"} == {
        "i": "#0072B2",
        "f": "#D55E00",
        "g": "#CC79A7",
        "o": "#009E73",
        "c": "#000000",
    }


@pytest.mark.parametrize(("a", "b"), list(itertools.combinations("ifgoch", 2)))
def test_symbols_differ_in_lightness_and_in_hue_or_dashes(a: str, b: str) -> None:
    # The five hues are fixed, and some are similar in grey: those pairs must also differ in their dashes.
    gap = abs(lightness(style.COLOURS[a]) - lightness(style.COLOURS[b]))
    assert gap > 3
    assert gap > 15 or style.DASHES[a] != style.DASHES[b]
    assert np.abs(np.subtract(to_rgb(style.COLOURS[a]), to_rgb(style.COLOURS[b]))).max() > 0.1


def test_text_in_the_colours_is_readable_on_white() -> None:
    for colour in style.COLOURS.values():
        assert lightness(colour) < 63  # a contrast of 3:1, as bold and large text needs


@pytest.mark.parametrize("values", [style.GATE_MAP, style.SIGNED_MAP])
def test_the_maps_are_monotonic_in_lightness_on_each_side(values: matplotlib.colors.Colormap) -> None:
    lights = np.array([lightness(matplotlib.colors.to_hex(values(v))) for v in np.linspace(0, 1, 101)])
    if values is style.GATE_MAP:
        assert np.all(np.diff(lights) < 0)  # a gate that is more open is darker
    else:
        assert np.all(np.diff(lights[:51]) > 0) and np.all(np.diff(lights[50:]) < 0)
        np.testing.assert_allclose(lights, lights[::-1], atol=9)  # both signs look equally large


def test_a_colour_is_defined_in_one_line() -> None:
    root = Path(__file__).parents[2]
    texts = {path: path.read_text(encoding="utf-8") for path in (root / "notebooks").glob("*.ipynb")}
    for path, page in texts.items():
        cells = json.loads(page)["cells"]
        texts[path] = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    for place in ("lstm_helpers", "docs", "tools"):
        kinds = (".py", ".js", ".css", ".svg")
        texts |= {path: path.read_text(encoding="utf-8") for path in (root / place).rglob("*") if path.suffix in kinds}
    black_and_grey = "ch"  # are anyone's
    own = "|".join(colour for symbol, colour in style.COLOURS.items() if symbol not in black_and_grey)
    copies = {path.name: found for path, text in texts.items() if (found := re.findall(own, text, re.IGNORECASE))}
    assert list(copies) == ["style.py"] and len(copies["style.py"]) == 5


def test_no_page_calls_a_symbol_by_its_colour() -> None:
    for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        prose = [*("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")]
        prose += [cell["metadata"].get("alt", "") for cell in cells]
        found = re.findall(r".{0,40}\b(?:blue|orange|vermilion|purple)\b.{0,40}", "\n".join(prose), re.IGNORECASE)
        assert not found, f"{path.name}: say where it is or how it is labelled, for its colour may change: {found}"


@pytest.mark.parametrize(
    ("largest", "limit"), [(0, 1), (1, 1), (1.01, 2), (2.3, 3), (3.5, 5), (5.1, 10), (10, 10), (11, 20), (201, 300)]
)
def test_there_are_few_limits(largest: float, limit: float) -> None:
    assert style.nice_limit([0.1, -largest]) == limit


def test_limits_are_fixed_by_kind() -> None:
    for gate in "ifo":
        assert (style.norm_of(gate, [0.4])[1].vmin, style.norm_of(gate, [0.4])[1].vmax) == (0, 1)
    for signed in "gh":
        assert (style.norm_of(signed, [0.4])[1].vmin, style.norm_of(signed, [0.4])[1].vmax) == (-1, 1)
    assert (style.norm_of("c", [0.4, -2.4])[1].vmin, style.norm_of("c", [0.4, -2.4])[1].vmax) == (-3, 3)
    with pytest.raises(ValueError, match="NaN"):
        style.norm_of("c", [np.nan])


@pytest.mark.parametrize(
    ("value", "text"), [(0.125, "0.12"), (-0.5, "−0.50"), (-0.001, "0.00"), (0.0, "0.00"), (-12.345, "−12.35")]
)
def test_numbers_have_a_minus_sign_and_no_minus_zero(value: float, text: str) -> None:
    assert style.number(value) == text


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9), st.floats(1, 12))
def test_spread_separates_and_keeps_the_order(places: list[float], distance: float) -> None:
    moved = np.array(style.spread(places, distance, 120.0))
    order = np.argsort(places, kind="stable")
    assert np.all(np.diff(moved[order]) >= distance - 1e-6)
    assert moved.min() >= -1e-9 and moved.max() <= 120 + 1e-6
    if len(places) == 1 or np.diff(np.sort(places)).min() >= distance:
        np.testing.assert_allclose(moved, places, atol=1e-9)


def test_labels_at_line_ends_do_not_overlap() -> None:
    fig, ax = plt.subplots()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    style.label_ends(ax, [style.End(1.0, y, f"line {k}", "k") for k, y in enumerate((0.5, 0.5, 0.505, 0.9, 0.0))])
    fig.canvas.draw()
    boxes = [Text.get_window_extent(text) for text in ax.texts]  # without the leader lines
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_use_style_sets_an_opaque_page_and_needs_no_notebook() -> None:
    with matplotlib.rc_context():
        style.use_style()
        assert matplotlib.rcParams["figure.facecolor"] == matplotlib.rcParams["savefig.facecolor"] == "#FFFFFF"
        assert not matplotlib.rcParams["savefig.transparent"]
        assert not matplotlib.rcParams["axes.spines.top"]


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([-0.1, -6.2], -7, 0), ([0.3, 4.5], 0, 5), ([-2.3, 4.5], -2.3, 5), ([0.2], 0, 1), ([12.0], 0, 20), ([], 0, 1)],
)
def test_lines_have_room_where_they_are_drawn(values: list[float], low: float, high: float) -> None:
    found = style.span(values)
    margin = 0.1 * (high - low)
    assert low - margin < found[0] <= low and high <= found[1] < high + margin
    with pytest.raises(ValueError, match="NaN"):
        style.span([np.nan])


def test_a_level_is_named_where_it_is_drawn() -> None:
    ax = Figure().add_subplot()
    style.mark_level(ax, 0.69, "chance")
    (drawn,), (text,) = ax.lines, ax.texts
    assert list(drawn.get_ydata()) == [0.69, 0.69] and drawn.get_color() == style.PALE
    assert text.get_text() == "chance" and text.xy == (0.0, 0.69)
