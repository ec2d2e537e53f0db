"""Coloured text shows its characters in order, in the colours of its numbers, and stays readable."""

import html
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from lstm_helpers.figures import draw_text, style_text
from lstm_helpers.figures.style import AMOUNT_MAP, GATE_MAP, SIGNED_MAP, ink_on

WORDS = "he (the\ncat) & <b>"
VALUES = np.linspace(-1.5, 2.2, len(WORDS))


def boxes(ax):
    return {patch.get_gid(): patch for patch in ax.patches if str(patch.get_gid()).startswith("box:")}


def letters(ax):
    return {text.get_gid(): text for text in ax.texts if str(text.get_gid()).startswith("letter:")}


def ends(ax):
    """What is written at the ends of the colour scale."""
    said = {text.get_gid(): text.get_text() for text in ax.texts}
    return said["low"], said["high"]


@pytest.mark.parametrize("columns", [5, 18, 80])
def test_characters_are_drawn_in_reading_order(columns):
    ax = draw_text(WORDS, VALUES, "c", columns=columns)
    assert len(boxes(ax)) == len(letters(ax)) == len(WORDS)
    for t, character in enumerate(WORDS):
        row, column = divmod(t, columns)
        box, letter = boxes(ax)[f"box:{t}"], letters(ax)[f"letter:{t}"]
        assert (box.get_x(), int(box.get_y())) == (column, row)
        assert letter.get_position() == (column + 0.5, row + 0.5)
        assert letter.get_text() == ("↵" if character == "\n" else character)
        assert to_hex(box.get_facecolor()) == to_hex(SIGNED_MAP((VALUES[t] / 3 + 1) / 2))


def test_each_field_has_its_own_colours_and_limits():
    gate = draw_text("ab", [0.0, 0.75], "f")
    assert to_hex(boxes(gate)["box:1"].get_facecolor()) == to_hex(GATE_MAP(0.75))
    amount = draw_text("abc", [0.0, 2.0, 4.0], "amount")
    assert [to_hex(box.get_facecolor()) for box in boxes(amount).values()] == [
        to_hex(AMOUNT_MAP(v)) for v in (0.0, 0.5, 1.0)
    ]
    limited = draw_text("abc", [0.0, 2.0, 4.0], limit=2.0)
    assert to_hex(boxes(limited)["box:1"].get_facecolor()) == to_hex(boxes(limited)["box:2"].get_facecolor())
    state = draw_text("ab", [-9.0, 2.0], "c", limit=4.0)
    assert to_hex(boxes(state)["box:0"].get_facecolor()) == to_hex(SIGNED_MAP(0.0))
    assert ends(state) == ("\N{MINUS SIGN}4 or less", "4") and ends(limited) == ("0", "2 or more")
    assert ends(amount) == ("0", "4") and ends(gate) == ("0", "1")
    nothing = draw_text("ab", [0.0, 0.0])
    assert {to_hex(box.get_facecolor()) for box in boxes(nothing).values()} == {to_hex(AMOUNT_MAP(0.0))}


def test_a_range_uses_all_colours_whatever_the_sign():
    """Where values differ and do not change sign, a map about 0 shows one half of its colours."""
    for values, low, high in (([2.0, 3.0, 4.0], "2", "4"), ([-9.52, -4.5, 0.44], "\N{MINUS SIGN}9.6", "0.5")):
        ax = draw_text("abc", values, "range")
        first, _, last = (to_hex(box.get_facecolor()) for box in boxes(ax).values())
        assert ends(ax) == (low, high)
        brightness = [sum(to_rgb(colour)) for colour in (first, last)]
        assert brightness[0] > 2.8 and brightness[1] < 0.6, "from the palest to the darkest"
        assert style_text("abc", values, "range").colours[0] == to_hex(AMOUNT_MAP(0.0))
    assert len({to_hex(box.get_facecolor()) for box in boxes(draw_text("ab", [1.0, 1.0], "range")).values()}) == 1


def test_label_frame_and_given_axes():
    _, mine = plt.subplots()
    ax = draw_text("abcdef", np.arange(6.0), label="surprisal, bits", at=4, columns=3, ax=mine)
    assert ax is mine and "surprisal, bits" in [text.get_text() for text in ax.texts]
    (frame,) = (patch for patch in ax.patches if patch.get_gid() == "at")
    assert frame.get_xy() == (1, 1.04)
    assert not [patch for patch in draw_text("ab", [0, 1]).patches if patch.get_gid() == "at"]


@pytest.mark.parametrize("colours", [GATE_MAP, SIGNED_MAP, AMOUNT_MAP], ids=lambda colours: colours.name)
def test_letters_are_readable_on_every_colour(colours):
    def light(colour):
        channels = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(colour)]
        return np.dot([0.2126, 0.7152, 0.0722], channels)

    for level in np.linspace(0, 1, 256):
        colour = to_hex(colours(level))
        a, b = sorted([light(colour), light(ink_on(colour))])
        assert (b + 0.05) / (a + 0.05) >= 4.5


def test_styled_text_is_the_text():
    page = style_text(WORDS, VALUES, "c")._repr_html_()
    assert html.unescape(re.sub("<.*?>", "", page)).replace("↵\n", "\n") == WORDS
    assert "<b>" not in page and "&lt;b" in page and "&amp;" in page
    assert repr(style_text(WORDS, VALUES)) == "StyledText(18 characters)"
    one = style_text("aaaa", [1.0, 1.0, 1.0, 1.0])._repr_html_()
    assert one.count("<span") == 1  # neighbours of one colour share a span


def test_styled_colours_are_the_drawn_ones_in_few_levels():
    values = np.linspace(0, 1, 200)
    styled = style_text("x" * 200, values, "f")
    drawn = [to_rgb(box.get_facecolor()) for box in boxes(draw_text("x" * 200, values, "f")).values()]
    assert len(set(styled.colours)) == 12
    assert np.abs(np.array([to_rgb(colour) for colour in styled.colours]) - drawn).max() < 0.08
    beyond = style_text("abc", [5.0, -5.0, 0.0], "c", limit=1.0)
    assert beyond.colours[:2] == (to_hex(SIGNED_MAP(1.0)), to_hex(SIGNED_MAP(0.0)))


def test_styled_text_does_not_depend_on_rounding():
    rng = np.random.default_rng(0)
    values = rng.normal(size=300)
    assert style_text("x" * 300, values, "c") == style_text("x" * 300, values * (1 + 1e-13), "c")


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("abc", [1.0, 2.0]), {}, "values has shape (2,); expected (3,), one for each character"),
        (("", []), {}, "text is ''; expected at least one character"),
        (("ab", [0.0, np.nan]), {}, "values holds NaN or infinity"),
        (("ab", [0.0, 1.0], "z"), {}, "field is 'z'; expected one of i, f, o, g, c, h, 'amount' or 'range'"),
        (("ab", [0.0, 1.0]), {"limit": 0.0}, "limit is 0.0; expected a number above 0"),
    ],
)
def test_invalid_arguments_are_refused(arguments, options, words):
    for function in (draw_text, style_text):
        with pytest.raises(ValueError, match=re.escape(words)):
            function(*arguments, **options)
    assert not plt.get_fignums()


def test_draw_text_refuses_a_missing_character():
    with pytest.raises(ValueError, match="at is 2; expected 0 to 1"):
        draw_text("ab", [0.0, 1.0], at=2)
    with pytest.raises(ValueError, match="columns is 0"):
        draw_text("ab", [0.0, 1.0], columns=0)
