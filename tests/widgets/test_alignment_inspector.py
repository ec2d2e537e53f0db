"""The alignment inspector's numbers, sentence, errors and picture; `browser/` tests its script."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets
from matplotlib.colors import to_hex

from lstm_helpers.figures.style import AMOUNT_MAP
from lstm_helpers.widgets import AlignmentInspector
from lstm_helpers.widgets.base import VIEW

SOURCE, ANSWER = "sleep the old dogs near the cat".split(), "dogi olda kato nere slipun".split()
WEIGHTS = np.random.default_rng(0).dirichlet(np.full(7, 0.3), size=5)


def test_the_numbers_are_the_weights():
    widget = AlignmentInspector(SOURCE, ANSWER, WEIGHTS, at=3)
    assert np.array_equal(widget.values, WEIGHTS[3])
    assert np.array_equal(np.frombuffer(widget._weights, "<f8").reshape(5, 7), WEIGHTS)
    assert widget._tokens == {"source": SOURCE, "answer": ANSWER}
    given = WEIGHTS.astype(np.float32)
    given[:, -1] = 0  # rows with a smaller sum are drawn unchanged
    assert np.array_equal(AlignmentInspector(SOURCE, ANSWER, given).values, given[0].astype(float))


def test_the_sentence_gives_the_numbers():
    widget = AlignmentInspector(SOURCE, ANSWER, WEIGHTS)
    for at in range(5):
        widget.at = np.int64(at)
        first, second = np.sort(WEIGHTS[at])[::-1][:2]
        a, b = list(WEIGHTS[at]).index(first), list(WEIGHTS[at]).index(second)
        assert widget.words == (
            f"Written token {at + 1} of 5 is “{ANSWER[at]}”. It attends most to “{SOURCE[a]}” (token {a + 1}) "
            f"with weight {first:.2f} and “{SOURCE[b]}” (token {b + 1}) with weight {second:.2f}; all others add up to "
            f"{1 - first - second:.2f}."
        )


def test_sentences_of_short_and_equal_rows():
    one = AlignmentInspector(["a"], [" "], [[1.0]])
    assert one.words == "Written token 1 of 1 is a space. It attends most to “a” (token 1) with weight 1.00."
    two = AlignmentInspector(["a", " "], ["b"], [[0.5, 0.5]])
    assert two.words.endswith("most to “a” (token 1) with weight 0.50 and a space (token 2) with weight 0.50.")


def test_the_colours_are_those_of_the_map():
    table = AlignmentInspector(SOURCE, ANSWER, WEIGHTS)._map
    assert [paper for paper, _ in table] == [to_hex(AMOUNT_MAP(k / 11)) for k in range(12)]
    assert {ink for _, ink in table} == {"#000000", "#ffffff"}


REFUSED = [
    (5, "at is 5; expected 0 to 4: written tokens count from 0"),
    (-1, "at is -1; expected 0 to 4"),
    (0.5, "at is 0.5; expected a whole number"),
]


@pytest.mark.parametrize(("at", "words"), REFUSED)
def test_invalid_settings_are_refused_now_and_later(at, words):
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        AlignmentInspector(SOURCE, ANSWER, WEIGHTS, at)
    widget = AlignmentInspector(SOURCE, ANSWER, WEIGHTS)
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        widget.at = at
    assert repr(widget) == "AlignmentInspector(5 tokens from 7, at=0)"


BAD = {
    "source is []; expected at least one token": ([], ANSWER, WEIGHTS),
    "answer is ['a', '']; expected": (SOURCE, ["a", ""], WEIGHTS),
    "weights has shape (7, 5); expected (5, 7)": (SOURCE, ANSWER, WEIGHTS.T),
    "weights holds a number outside 0 to 1": (SOURCE, ANSWER, WEIGHTS - 0.5),
    "weights has a row that adds up to more than 1": (SOURCE, ANSWER, np.full((5, 7), 0.2)),
    "number outside 0 to 1; expected": (SOURCE, ANSWER, np.full((5, 7), np.nan)),
    "source has 61 tokens; expected at most 60": (["a"] * 61, ["b"], np.zeros((1, 61))),
    "answer has 61 tokens": (["a"], ["b"] * 61, np.zeros((61, 1))),
}


@pytest.mark.parametrize("words", BAD)
def test_errors_name_the_argument(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        AlignmentInspector(*BAD[words])


def test_a_page_without_a_kernel_has_text_and_picture():
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    made = [AlignmentInspector(SOURCE, ANSWER, WEIGHTS, at) for at in range(3)]
    data, metadata = made[0]._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW} and data["text/plain"] == repr(made[0])
    assert metadata["image/png"]["width"] == 720
    assert len({widget.static_png()[0] for widget in made}) == 3
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings
