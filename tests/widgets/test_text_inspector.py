"""The text inspector's numbers, sentence, errors and picture; `browser/` tests its script."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets
from matplotlib.colors import to_hex

from lstm_helpers import interventions
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import text
from lstm_helpers.figures import style_text
from lstm_helpers.figures.style import nice_limit
from lstm_helpers.widgets import TextInspector
from lstm_helpers.widgets.base import VIEW

NETWORK = trained.brackets()
WORDS = "he [ then { a ( an ) } the ] and "
TOKENS = text.encode(WORDS, NETWORK.letters)
T = len(WORDS) - 1


def test_the_numbers_are_the_networks():
    widget = TextInspector(NETWORK, WORDS, at=20, unit=7)
    c = NETWORK.model.forward(NETWORK.params, TOKENS[:-1, None]).trace.c[:, 0]
    moved = interventions.saliency(NETWORK.model, NETWORK.params, TOKENS[:-1], TOKENS[1:])
    assert np.allclose(widget.values, moved[20], rtol=1e-6)
    widget.show = "unit"
    assert np.allclose(widget.values, c[:, 7], rtol=1e-12)
    assert np.allclose(np.frombuffer(widget._numbers["c"], "<f8").reshape(T, 48), c, rtol=1e-12)
    assert np.allclose(np.frombuffer(widget._numbers["moved"], "<f4").reshape(T, T), moved, rtol=1e-5)
    assert widget._size == {"steps": T, "hidden": 48, "limits": [nice_limit(c[:, k]) for k in range(48)]}


def test_the_sentence_gives_the_numbers():
    widget = TextInspector(NETWORK, WORDS, unit=np.int64(22))
    c = NETWORK.model.forward(NETWORK.params, TOKENS[:-1, None]).trace.c[:, 0, 22]
    backs = set()
    for at in range(T):
        widget.at = at
        row = widget.values
        most = int(row.argmax())
        names = [{" ": "a space"}.get(WORDS[t], f"“{WORDS[t]}”") for t in (at, at + 1, most)]
        where = f"{names[2]}, {at - most} back" if most < at else "this character"
        assert widget.words == (
            f"Character {at + 1} of {T} is {names[0]}. Unit 22 then has c = {c[at]:.2f}. "
            f"The next character is {names[1]}. Its logit depends most on {where}: "
            f"the gradient has norm {row[most]:.2f}."
        ).replace("= -", "= \N{MINUS SIGN}")
        backs.add(at - most)
    assert 0 in backs and len(backs) > 2


def test_the_colours_are_those_of_a_styled_text():
    widget = TextInspector(NETWORK, WORDS, at=T - 1, unit=5)
    for show, field in (("prediction", "amount"), ("unit", "c")):
        widget.show = show
        table = [colour for colour, _ in widget._maps[show]]
        assert len(table) == 12 and set(style_text(WORDS[:-1], widget.values, field).colours) <= set(table)
        assert all(to_hex(ink) in ("#000000", "#ffffff") for _, ink in widget._maps[show])


REFUSED = [
    ("at", T, f"at is {T}; expected 0 to {T - 1}: characters count from 0"),
    ("at", -1, "at is -1; expected 0 to"),
    ("at", 1.5, "at is 1.5; expected a whole number"),
    ("unit", 48, "unit is 48; expected 0 to 47: units count from 0"),
    ("show", "all", "show is 'all'; expected one of 'prediction', 'unit'"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_invalid_settings_are_refused_now_and_later(name, value, words):
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        TextInspector(NETWORK, WORDS, **{name: value})
    widget = TextInspector(NETWORK, WORDS)
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        setattr(widget, name, value)
    assert repr(widget) == f"TextInspector({T} characters, at=0, unit=0, show='prediction')"


@pytest.mark.parametrize(
    ("words", "says"),
    [("a", "words is 1 characters; expected a text of 2 to 400"), ("a " * 201, "words is 402"), (7, "words is a int")],
)
def test_texts_of_a_wrong_size(words, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        TextInspector(NETWORK, words)


def test_an_unknown_character_is_named():
    with pytest.raises(ValueError, match=re.escape("text[2] is '!'")):
        TextInspector(NETWORK, "he!")


def test_the_script_fetches_nothing():
    code = TextInspector(NETWORK, "he ")._esm + TextInspector._css
    assert "import " not in code and "fetch(" not in code and "url(" not in code


def test_a_page_without_a_kernel_has_text_and_picture():
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    made = [TextInspector(NETWORK, WORDS, *s) for s in ((9, 5), (8, 5), (9, 5, "unit"), (9, 6, "unit"))]
    data, metadata = made[0]._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW} and data["text/plain"] == repr(made[0])
    assert metadata["image/png"]["width"] == 720
    assert len({widget.static_png()[0] for widget in made}) == 4
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


DEPTH = np.array([WORDS[: t + 1].count("[") + WORDS[: t + 1].count("{") for t in range(T)], float)


def test_a_pattern_is_shown_below_and_compared_with_the_unit():
    c = NETWORK.model.forward(NETWORK.params, TOKENS[:-1, None]).trace.c[:, 0]
    widget = TextInspector(NETWORK, WORDS, 3, 22, "unit", {"opened": DEPTH, "half": np.arange(T) / 2})
    assert widget.pattern == "opened" and repr(widget).endswith("show='unit', pattern='opened')")
    assert widget.correlation == pytest.approx(np.corrcoef(c[:, 22], DEPTH)[0, 1], rel=1e-12)
    said = f"{widget.correlation:.2f}".replace("-", "\N{MINUS SIGN}")
    assert widget.words.endswith(
        f" The pattern “opened” is 1 here; over this text, c of unit 22 correlates with it by {said}."
    )
    widget.pattern = "half"
    assert " The pattern “half” is 1.50 here; " in widget.words
    sent = widget._patterns["half"]
    assert np.array_equal(np.frombuffer(sent["values"], "<f8"), np.arange(T) / 2)
    assert np.frombuffer(sent["along"], "<f8")[22] == widget.correlation
    widget.pattern = ""
    assert widget.words == TextInspector(NETWORK, WORDS, 3, 22, "unit").words and widget.correlation == 0
    with pytest.raises(traitlets.TraitError, match="pattern is 'depth'; expected one of '', 'opened', 'half'"):
        widget.pattern = "depth"
    assert TextInspector(NETWORK, WORDS, patterns={"opened": DEPTH}).static_png()[0] != widget.static_png()[0]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (np.zeros(T + 1), rf"patterns\['p'\] has shape \({T + 1},\); expected \({T},\)"),
        (np.zeros(T), "pattern is constant; expected one that varies"),
        (np.full(T, np.nan), "not finite|nan"),
    ],
)
def test_invalid_patterns_are_refused(pattern, words):
    with pytest.raises(ValueError, match=words):
        TextInspector(NETWORK, WORDS, patterns={"p": pattern})
