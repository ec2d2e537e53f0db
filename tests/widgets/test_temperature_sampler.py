"""The temperature sampler's probabilities, texts, sentence, errors and picture; `browser/` tests its script."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from lstm_helpers.data import trained
from lstm_helpers.data.tasks import text
from lstm_helpers.figures import draw_next_probabilities
from lstm_helpers.language import sampling
from lstm_helpers.widgets import TemperatureSampler
from lstm_helpers.widgets.base import VIEW
from lstm_helpers.widgets.temperature_sampler import TEMPERATURES

NETWORK = trained.brackets()
PROMPTS = ["( he", "[ the { a "]


def scores(prompt):
    return NETWORK.model.predict(NETWORK.params, text.encode(prompt, NETWORK.letters)[:, None])[-1, 0]


@pytest.fixture(scope="module")
def widget():
    return TemperatureSampler(NETWORK, PROMPTS, length=40)


@pytest.mark.parametrize(("prompt", "temperature"), [(0, 1.0), (1, 0.1), (1, 2.0), (0, 0.3)])
def test_the_probabilities_are_the_networks_at_that_temperature(prompt, temperature):
    widget = TemperatureSampler(NETWORK, PROMPTS, temperature, prompt, length=3)
    assert np.allclose(
        widget.probabilities,
        sampling.softmax_with_temperature(scores(PROMPTS[prompt]), temperature),
        rtol=1e-12,
        atol=0,
    )
    sent = np.frombuffer(widget._logits, "<f8").reshape(2, -1)
    assert np.allclose(sent[prompt], scores(PROMPTS[prompt]), rtol=1e-12)


def test_the_texts_use_the_same_random_numbers_at_every_temperature(widget):
    for p, prompt in enumerate(PROMPTS):
        tokens = text.encode(prompt, NETWORK.letters)[:, None]
        for k in (0, 9, 19):
            rng = np.random.default_rng(0)
            drawn = sampling.generate(NETWORK.model, NETWORK.params, rng, tokens, 40, TEMPERATURES[k])
            assert widget._texts[p][0][k] == text.decode(drawn[:, 0], NETWORK.letters)
    widget.prompt, widget.temperature = 1, np.float32(0.7)
    assert widget.text == widget._texts[1][0][6] and widget.temperature == 0.7
    other = TemperatureSampler(NETWORK, PROMPTS, length=40, seed=1)
    assert [texts[:-1] for texts in other._texts] == [texts[1:] for texts in widget._texts], "seeds follow one another"
    assert len({str(texts) for texts in widget._texts[0]}) == 6


def test_another_sample_changes_only_the_text():
    widget = TemperatureSampler(NETWORK, PROMPTS, 0.7, length=40, samples=3)
    texts, words, probabilities = [], widget.words, widget.probabilities
    for sample in range(3):
        widget.sample = np.int64(sample)
        texts.append(widget.text)
        assert widget.words == words and np.array_equal(widget.probabilities, probabilities)
    assert len(set(texts)) == 3 and repr(widget).endswith("temperature=0.7, sample=2)")
    with pytest.raises(traitlets.TraitError, match="sample is 3; expected 0 to 2: samples count from 0"):
        widget.sample = 3
    with pytest.raises(ValueError, match="samples is 21; expected at most 20"):
        TemperatureSampler(NETWORK, PROMPTS, samples=21)


def test_the_sentence_gives_the_numbers(widget):
    widget.prompt, widget.temperature = 0, 1.0
    p = widget.probabilities
    best = NETWORK.letters[int(p.argmax())]
    bits = -(p * np.log2(p)).sum()
    assert best == "r"  # after "( he": her and here are twice as likely as he
    assert widget.words == (
        f"Temperature 1.0: the most probable next character is “r”, {100 * p.max():.0f} %. "
        f"The entropy is {bits:.2f} bits, as of {2**bits:.1f} equally probable characters."
    )
    spaced = TemperatureSampler(NETWORK, ["( "[:1]], 0.1, length=1)
    assert "the most probable next character is a space, 100 %. The entropy is 0.00 bits, as of 1.0" in spaced.words


REFUSED = [
    ("temperature", 0.0, "temperature is 0.0; the temperature lies between 0.1 and 2"),
    ("temperature", 2.5, "temperature is 2.5; the temperature lies between 0.1 and 2"),
    ("temperature", 0.53, "temperature is 0.53; computed were 0.1, 0.2, … 2.0: the nearest is 0.5"),
    ("prompt", 2, "prompt is 2; expected 0 to 1: prompts count from 0"),
    ("prompt", 0.5, "prompt is 0.5; expected a whole number"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_invalid_settings_are_refused_now_and_later(name, value, words):
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        TemperatureSampler(NETWORK, PROMPTS, length=1, **{name: value})
    widget = TemperatureSampler(NETWORK, PROMPTS, length=1)
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        setattr(widget, name, value)
    assert repr(widget) == "TemperatureSampler('( he', temperature=1)"


@pytest.mark.parametrize(
    ("prompts", "words"),
    [("he", "prompts is 'he'; expected a list"), ([], "prompts is []"), (["he", ""], "at least one character long")],
)
def test_invalid_prompts_are_refused(prompts, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        TemperatureSampler(NETWORK, prompts)


def test_unknown_characters_and_lengths_are_named():
    with pytest.raises(ValueError, match=re.escape("text[1] is 'x'; expected one of the 14 characters")):
        TemperatureSampler(NETWORK, ["ax"])
    with pytest.raises(ValueError, match="length is 0"):
        TemperatureSampler(NETWORK, PROMPTS, length=0)


def test_the_script_fetches_nothing(widget):
    code = widget._esm + widget._css
    assert "import " not in code and "fetch(" not in code and "url(" not in code


def test_a_page_without_a_kernel_has_text_and_picture():
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    made = [TemperatureSampler(NETWORK, PROMPTS, *s, length=40) for s in ((1.0, 0), (0.9, 0), (1.0, 1))]
    data, metadata = made[0]._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW} and data["text/plain"] == repr(made[0])
    assert metadata["image/png"]["width"] == 720
    assert len({widget.static_png()[0] for widget in made}) == 3
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


# The picture


def test_the_bars_are_the_likeliest_in_order_and_the_rest():
    probabilities = np.array([0.05, 0.5, 0.0, 0.3, 0.05, 0.1])
    ax = draw_next_probabilities("ab \ncd", probabilities, shown=4)
    heights = {bar.get_gid(): bar.get_height() for bar in ax.patches}
    assert [heights[f"bar:{k}"] for k in ("b", "\n", "d", "a")] == [0.5, 0.3, 0.1, 0.05]
    assert np.isclose(heights["bar:others"], 0.05)
    names = [label.get_text() for label in ax.get_xticklabels()]
    assert names == ["b", "line\nend", "d", "a", "the\nrest"]  # of two equal ones the first
    assert ax.get_ylim() == (0, 1)
    few = draw_next_probabilities("a ", [0.2, 0.8])
    assert [label.get_text() for label in few.get_xticklabels()] == ["space", "a"]
    plt.close("all")


@pytest.mark.parametrize("probabilities", [[0.5, 0.5, 0.0], [0.5, 0.6], [-0.1, 1.1]])
def test_the_picture_names_invalid_arguments(probabilities):
    with pytest.raises(ValueError, match=r"probabilities is .*; expected 2, one per letter, with sum 1"):
        draw_next_probabilities("ab", probabilities)
    assert not plt.get_fignums()
