"""The gradient dial's numbers, sentence, errors and picture; `browser/` tests its script."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from lstm_helpers.data import measured
from lstm_helpers.figures import draw_gradient_bands
from lstm_helpers.figures.axes import say_power
from lstm_helpers.figures.style import COLOURS
from lstm_helpers.widgets import GradientDial
from lstm_helpers.widgets.base import VIEW

TABLE = measured.gradients()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1, "1.0"),
        (0.3, "0.30"),
        (0.0996, "0.10"),
        (0.0011, "0.0011"),
        (13.4, "13"),
        (99.6, "100"),
        (3742, "3700"),
        (9940, "9900"),
        (1.4e4, "1 × 10⁴"),
        (0.00096, "1 × 10⁻³"),
        (3.4e-17, "3 × 10⁻¹⁷"),
        (9.7e-59, "1 × 10⁻⁵⁸"),
    ],
)
def test_powers_in_words(value, words):
    assert say_power(np.log10(value)).replace("\u00a0", " ") == words


def test_the_curves_are_rows_of_the_table():
    dial = GradientDial(lag=30, forget_bias=2.5, weight_scale=3)
    scale = measured.GRADIENT_SCALES.index(3.0)
    assert np.array_equal(dial.curves.lstm, TABLE.lstm[scale, 5]) and np.array_equal(dial.curves.rnn, TABLE.rnn[scale])
    dial.forget_bias = np.float32(0.5)
    assert np.array_equal(dial.curves.lstm, TABLE.lstm[scale, 1])
    sent = dial._numbers
    assert np.array_equal(np.frombuffer(sent["lstm"], "<f4").reshape(TABLE.lstm.shape), TABLE.lstm)
    assert np.array_equal(np.frombuffer(sent["rnn"], "<f4").reshape(TABLE.rnn.shape), TABLE.rnn)
    assert sum(map(len, sent.values())) < 300_000 and dial._colours == dict(COLOURS)


def test_the_sentence_gives_the_numbers():
    dial = GradientDial(lag=60, forget_bias=3, weight_scale=0.5)
    for table in dial.curves:
        for log in table[:, 60]:
            assert say_power(log) in dial.words
    assert dial.words.startswith("Forget bias 3, weights × 0.5: 60 steps back, ") and "over 10 seeds" in dial.words
    dial.lag = 1
    assert "1 step back" in dial.words
    dial.lag = 0
    assert "both norms are 1." in dial.words


REFUSED = [
    ("lag", 101, "lag is 101; expected 0 to 100"),
    ("lag", -1, "lag is -1; expected 0 to 100"),
    ("lag", 2.5, "lag is 2.5; expected a whole number"),
    ("forget_bias", 0.7, "forget_bias is 0.7; measured were 0, 0.5, 1, 1.5,"),
    ("forget_bias", 0.7, "5.5, 6: the nearest is 0.5"),
    ("forget_bias", 7, "forget_bias is 7; the forget bias lies between 0 and 6"),
    ("weight_scale", 2.6, "weight_scale is 2.6; measured were 0.5, 1, 1.5, 2, 3, 4, 6: the nearest is 3"),
    ("weight_scale", float("nan"), "weight_scale is nan; the weight scale lies between 0.5 and 6"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_invalid_settings_are_refused_now_and_later(name, value, words):
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        GradientDial(**{name: value})
    dial = GradientDial()
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        setattr(dial, name, value)
    assert repr(dial) == "GradientDial(lag=60, forget_bias=1, weight_scale=1)"


def test_the_script_fetches_nothing():
    code = GradientDial()._esm + GradientDial()._css
    assert "import " not in code and "fetch(" not in code and "url(" not in code
    assert set(re.findall(r"https?://[^\"'\s]+", code)) == {"http://www.w3.org/2000/svg"}  # a name, not an address


def test_a_page_without_a_kernel_has_text_and_picture():
    dial = GradientDial(lag=100, forget_bias=0, weight_scale=0.5)
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    data, metadata = dial._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW} and data["text/plain"] == repr(dial)
    assert data["image/png"] == dial.static_png()[0] and metadata["image/png"]["width"] == 720
    pictures = [GradientDial(*s).static_png()[0] for s in ((60, 1, 1), (61, 1, 1), (60, 1.5, 1), (60, 1, 1.5))]
    assert len(set(pictures)) == 4
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


# The picture


@pytest.mark.parametrize(("lag", "bias", "scale"), [(60, 1, 1), (100, 0, 0.5), (0, 6, 3), (8, 0, 0.5), (97, 3, 6)])
def test_the_picture_holds_the_numbers(lag, bias, scale):
    curves = GradientDial(lag, bias, scale).curves
    figure, ax = plt.subplots()
    draw_gradient_bands(*curves, lag=lag, ax=ax)
    lines = {line.get_gid(): line.get_ydata() for line in ax.lines}
    notes = {text.get_gid(): text.get_text() for text in ax.texts}
    for name, symbol, table in zip(("LSTM", "RNN"), "ch", curves, strict=True):
        assert np.array_equal(lines[name], table[1])
        down = " ↓" if table[1, lag] < -30 else ""
        assert notes[f"value {symbol}"] == say_power(table[1, lag]) + down
        (band,) = (patch for patch in ax.collections if patch.get_gid() == f"band {name}")
        (path,) = band.get_paths()
        heights = [set(path.vertices[path.vertices[:, 0] == lag, 1]), {float(table[0, lag]), float(table[2, lag])}]
        assert heights[0] == heights[1]
    assert ax.get_ylim() == (-30, 12)
    plt.close(figure)


def test_the_picture_names_invalid_arguments():
    lstm, rnn = GradientDial().curves
    with pytest.raises(ValueError, match=re.escape("rnn has shape (101,); expected (3, lags + 1)")):
        draw_gradient_bands(lstm, rnn[1])
    with pytest.raises(ValueError, match="lag is 101; expected 0 to 100"):
        draw_gradient_bands(lstm, rnn, lag=101)
    assert not plt.get_fignums()
