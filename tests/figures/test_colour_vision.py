"""What is told apart by colour is told apart by people with colour blindness too, and in a grey print.

Colours are compared as they look to someone who lacks one kind of receptor (Machado, Oliveira and Fernandes 2009), and
in grey, by their distance in CAM02-UCS (Luo, Cui and Li 2006), where about 1 is the least that is seen. ``APART`` is
what the colours of Okabe and Ito (2008) keep among themselves, 11.7 at the least: blue and green, to one who sees no
blue. (Petroff 2021 asks for 16 where all colours are chosen freely.) Half of it is enough where names are written
beside. Nearer ones must differ in dashes or markers as well.
"""

import itertools
from collections.abc import Iterator
from functools import cache

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, to_hex, to_rgb, to_rgba

from lstm_helpers.figures import style
from tools import gallery, pictures

APART = 11.0
BLIND = tuple(gallery.KINDS)
DIAGRAMS = ("draw_backward", "draw_bidirectional", "draw_cell")  # a wire ends at a name, and has no dashes
RECEDE = {to_hex(one) for one in (style.PALE, style.QUIET, style.PAPER)}


@cache
def seen(colour: str, view: str) -> tuple[float, ...]:
    """Give the colour that someone sees, as red, green and blue from 0 to 1."""
    light = cspace_convert(to_rgb(colour), "sRGB1", "sRGB1-linear")
    return tuple(np.clip(cspace_convert(np.clip(gallery.matrix(view) @ light, 0, 1), "sRGB1-linear", "sRGB1"), 0, 1))


@cache
def distance(one: str, other: str, view: str) -> float:
    """Give how different two colours look."""
    return float(deltaE(seen(one, view), seen(other, view), input_space="sRGB1", uniform_space="CAM02-UCS"))


@pytest.mark.parametrize("kind", BLIND)
def test_colours_are_simulated_as_colorspacious_does(kind: str) -> None:
    space = {"name": "sRGB1+CVD", "cvd_type": gallery.KINDS[kind], "severity": 100}
    for colour in style.COLOURS.values():
        wanted = np.clip(cspace_convert(to_rgb(colour), space, "sRGB1"), 0, 1)
        np.testing.assert_allclose(seen(colour, kind), wanted, atol=0.003)


def test_the_least_distance_of_okabe_and_ito_is_the_measure() -> None:
    theirs = [style.COLOURS[symbol] for symbol in "ifgoc"]
    least = min(distance(*pair, kind) for pair in itertools.combinations(theirs, 2) for kind in BLIND)
    assert APART < least < APART + 1


@pytest.mark.parametrize("view", [*BLIND, "grey"])
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(style.COLOURS, 2)))
def test_symbols_are_told_apart(one: str, other: str, view: str) -> None:
    least = APART / 2 if view == "grey" else APART
    apart = distance(style.COLOURS[one], style.COLOURS[other], view) > least
    assert apart or style.DASHES[one] != style.DASHES[other]


@pytest.mark.parametrize("view", [*BLIND, "grey"])
def test_things_compared_are_told_apart(view: str) -> None:
    marked = list(zip(style.CONTENDERS, style.MARKERS, strict=True))
    for (one, marker), (other, another) in itertools.combinations(marked, 2):
        assert distance(one, other, view) > APART or marker != another


@pytest.mark.parametrize("view", [*BLIND, "grey"])
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_shades_are_told_apart(count: int, view: str) -> None:
    shades = [to_hex(shade) for shade in style.shades(count)]
    assert all(distance(*pair, view) > APART for pair in itertools.combinations(shades, 2))


@pytest.mark.parametrize("view", [*BLIND, "grey"])
@pytest.mark.parametrize("values", [style.GATE_MAP, style.AMOUNT_MAP, style.FAULT_MAP], ids=lambda values: values.name)
def test_a_map_of_amounts_has_one_direction(values: Colormap, view: str) -> None:
    lights = [cspace_convert(seen(to_hex(values(at)), view), "sRGB1", "CAM02-UCS")[0] for at in np.linspace(0, 1, 33)]
    assert np.all(np.diff(lights) < 0)


@pytest.mark.parametrize("kind", BLIND)  # in grey a sign cannot be seen: what needs it is written
def test_both_signs_are_told_apart(kind: str) -> None:
    for size in (0.25, 0.5, 1.0):
        below, above = (to_hex(style.SIGNED_MAP(0.5 + sign * size / 2)) for sign in (-1, 1))
        assert distance(below, above, kind) > APART


def plots(ax: Axes) -> Iterator[Axes]:
    """Give a plot and all inside it."""
    yield ax
    for child in ax.child_axes:
        yield from plots(child)


def lines(ax: Axes) -> set[tuple[str, str, str]]:
    """Give the lines of a plot that stand for something: colour, dashes and marker."""
    found = set()
    for line in ax.lines:
        colour = to_rgba(line.get_color(), line.get_alpha())
        if line.get_gid() and line.get_linewidth() >= 1.4 and colour[3] == 1 and to_hex(colour) not in RECEDE:
            found.add((to_hex(colour), str(line._unscaled_dash_pattern[1]), str(line.get_marker())))
    return found


@pytest.mark.parametrize("name", [name for name in pictures.PICTURES if not name.startswith(DIAGRAMS)])
def test_lines_of_a_plot_are_told_apart(name: str) -> None:
    with matplotlib.rc_context():
        figure = pictures.draw(name)
    for ax in itertools.chain.from_iterable(map(plots, figure.axes)):
        for one, other in itertools.combinations(sorted(lines(ax)), 2):
            named = {one[0], other[0]} <= {to_hex(text.get_color()) for text in ax.texts}
            least = APART / 2 if named else APART
            near = [view for view in (*BLIND, "grey") if distance(one[0], other[0], view) <= least]
            assert one[0] == other[0] or one[1:] != other[1:] or not near, (one, other, near)
    plt.close(figure)
