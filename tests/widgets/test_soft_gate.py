"""The soft switch's numbers, words and refusals, and its picture; `browser/` tests the other half."""

import math
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from lstm_helpers.figures import draw_gated_value, draw_soft_gate
from lstm_helpers.figures.style import COLOURS, INK
from lstm_helpers.widgets import SoftGate
from lstm_helpers.widgets.base import VIEW


def test_hand_worked_numbers():
    gate, slope, product = SoftGate(2.0, math.log(3)).passed
    assert (gate, slope, product) == pytest.approx((0.75, 3 / 16, 1.5), rel=1e-15)
    gate, slope, product = SoftGate(-0.5, math.log(2), "tanh").passed
    assert (gate, slope, product) == pytest.approx((0.6, 0.64, -0.3), rel=1e-15)
    assert SoftGate(1.5, 0).passed == (0.5, 0.25, 0.75) and SoftGate(1.5, 0, "tanh").passed == (0, 1, 0)


@pytest.mark.parametrize("curve", ["sigmoid", "tanh"])
def test_the_slope_is_that_of_the_gate(curve):
    for logit in np.linspace(-7, 7, 15):
        left, here, right = (SoftGate(1, logit + nudge, curve).passed for nudge in (-1e-5, 0, 1e-5))
        assert (right.gate - left.gate) / 2e-5 == pytest.approx(here.slope, abs=1e-9)


def test_the_words_say_the_numbers():
    assert SoftGate(-1.2, 2).words == (
        "sigmoid(2.00) = 0.88, where the derivative is 0.10. 88 % of the value get through: 0.88 × (−1.20) = −1.06."
    )
    assert (
        "derivative is 0.00. Hardly anything of the value gets through: 0.00 × 1.50 = 0.01."
        in SoftGate(1.5, -5.3).words
    )
    assert SoftGate(1, -1, "tanh").words == (
        "tanh(−1.00) = −0.76, where the derivative is 0.42. "
        "A gate below 0 turns the sign over, which no switch should: −0.76 × 1.00 = −0.76."
    )


REFUSED = [
    ("value", 2.5, "value is 2.5; the value lies between -2 and 2"),
    ("value", math.nan, "value is nan; the value lies between -2 and 2"),
    ("logit", -8.1, "logit is -8.1; the pre-activation lies between -8 and 8"),
    ("logit", "1", "logit is '1'; the pre-activation lies between -8 and 8"),
    ("curve", "relu", "curve is 'relu'; expected one of 'sigmoid', 'tanh'"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_the_switch_refuses_now_and_later(name, value, words):
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        SoftGate(**{name: value})
    switch = SoftGate()
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        setattr(switch, name, value)
    assert repr(switch) == "SoftGate(value=1.5, logit=2, curve='sigmoid')"


def test_a_page_without_a_kernel_keeps_text_and_picture():
    switch = SoftGate(np.float32(0.5), np.int64(-1), "tanh")
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    data, metadata = switch._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW}
    assert data["text/plain"] == "SoftGate(value=0.5, logit=-1, curve='tanh')"
    assert data["image/png"] == switch.static_png()[0] and metadata["image/png"]["width"] == 720
    pictures = [SoftGate(*s).static_png()[0] for s in ((1.5, 2), (1.4, 2), (1.5, 2.1), (1.5, 2, "tanh"))]
    assert len(set(pictures)) == 4
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


# The picture


def blocks(ax):
    return {patch.get_gid(): patch for patch in ax.patches}


@pytest.mark.parametrize(("value", "gate"), [(1.5, 0.8), (-1.2, 0.1), (1.5, -0.76), (-2, -1), (0.7, 0), (0, 0.5)])
def test_the_gate_leaves_open_what_gets_through(value, gate):
    figure, ax = plt.subplots()
    assert draw_gated_value(value, gate, symbol="f", ax=ax) is ax
    part = blocks(ax)
    assert part["value"].get_height() == value and part["passed"].get_height() == gate * value
    assert part["passed"].get_facecolor()[:3] == pytest.approx(
        tuple(int(COLOURS["f"][k : k + 2], 16) / 255 for k in (1, 3, 5))
    )
    wall = part["gate"]
    edges = {wall.get_y(), wall.get_y() + wall.get_height()}
    assert max(edges, key=abs) == pytest.approx(2.3 if value >= 0 else -2.3)
    assert min(edges, key=abs) == pytest.approx(gate * value if gate > 0 else 0.0)
    assert ax.get_ylim() == (-2.3, 2.3)
    plt.close(figure)


@pytest.mark.parametrize(
    ("logit", "curve", "gate", "slope"), [(math.log(3), "sigmoid", 0.75, 3 / 16), (0.0, "tanh", 0.0, 1.0)]
)
def test_the_point_stands_on_its_curve_with_its_slope(logit, curve, gate, slope):
    figure, ax = plt.subplots()
    left, right = draw_soft_gate(2.0, logit, curve=curve, ax=ax).child_axes
    lines = {line.get_gid(): line for line in left.lines}
    assert lines["point"].get_xydata() == pytest.approx(np.array([[logit, gate]]), abs=1e-15)
    (x0, y0), (x1, y1) = lines["slope"].get_xydata()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope) and (y0 + y1) / 2 == pytest.approx(gate)
    z, s = lines["sigmoid"].get_xydata().T
    assert np.abs(s - 1 / (1 + np.exp(-z))).max() < 1e-12 and np.array_equal(lines["tanh"].get_ydata(), np.tanh(z))
    other = "tanh" if curve == "sigmoid" else "sigmoid"
    assert lines[curve].get_color() == INK != lines[other].get_color()
    assert blocks(right)["passed"].get_height() == pytest.approx(2 * gate)
    plt.close(figure)


def test_the_pictures_refuse():
    for arguments, words in (
        ((math.nan, 0.5), "value is nan"),
        ((1.0, 1.5), "gate is 1.5; expected -1 to 1"),
        ((1.0, math.nan), "gate is nan"),
    ):
        with pytest.raises(ValueError, match=words):
            draw_gated_value(*arguments)
    with pytest.raises(ValueError, match="curve is 'relu'; expected one of 'sigmoid', 'tanh'"):
        draw_soft_gate(1, 1, curve="relu")
    with pytest.raises(ValueError, match="logit is inf"):
        draw_soft_gate(1, math.inf)
    assert not plt.get_fignums()
