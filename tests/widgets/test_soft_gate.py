"""The soft gate's numbers, sentence, errors and picture; `browser/` tests its script."""

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
    gate, derivative, product = SoftGate(2.0, math.log(3)).passed
    assert (gate, derivative, product) == pytest.approx((0.75, 3 / 16, 1.5), rel=1e-15)
    gate, derivative, product = SoftGate(-0.5, math.log(2), "tanh").passed
    assert (gate, derivative, product) == pytest.approx((0.6, 0.64, -0.3), rel=1e-15)
    assert SoftGate(1.5, 0).passed == (0.5, 0.25, 0.75) and SoftGate(1.5, 0, "tanh").passed == (0, 1, 0)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_the_derivative_agrees_with_finite_differences(activation):
    for z in np.linspace(-7, 7, 15):
        left, here, right = (SoftGate(1, z + step, activation).passed for step in (-1e-5, 0, 1e-5))
        assert (right.gate - left.gate) / 2e-5 == pytest.approx(here.derivative, abs=1e-9)


def test_the_sentence_gives_the_numbers():
    assert SoftGate(-1.2, 2).words == (
        "sigmoid(2.00) = 0.88, and the derivative there is 0.10. "
        "The gate passes 88 % of the value: 0.88 × (−1.20) = −1.06."
    )
    assert (
        "the derivative there is 0.00. The gate passes almost nothing: 0.00 × 1.50 = 0.01." in SoftGate(1.5, -5.3).words
    )
    assert SoftGate(1, -1, "tanh").words == (
        "tanh(−1.00) = −0.76, and the derivative there is 0.42. "
        "A gate must not reverse the sign of the value, but this output is below 0: −0.76 × 1.00 = −0.76."
    )


REFUSED = [
    ("value", 2.5, "value is 2.5; the value lies between -2 and 2"),
    ("value", math.nan, "value is nan; the value lies between -2 and 2"),
    ("z", -8.1, "z is -8.1; the pre-activation lies between -8 and 8"),
    ("z", "1", "z is '1'; the pre-activation lies between -8 and 8"),
    ("activation", "relu", "activation is 'relu'; expected one of 'sigmoid', 'tanh'"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_invalid_settings_are_refused_now_and_later(name, value, words):
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        SoftGate(**{name: value})
    gate = SoftGate()
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        setattr(gate, name, value)
    assert repr(gate) == "SoftGate(value=1.5, z=2, activation='sigmoid')"


def test_a_page_without_a_kernel_has_text_and_picture():
    gate = SoftGate(np.float32(0.5), np.int64(-1), "tanh")
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    data, metadata = gate._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW}
    assert data["text/plain"] == "SoftGate(value=0.5, z=-1, activation='tanh')"
    assert data["image/png"] == gate.static_png()[0] and metadata["image/png"]["width"] == 720
    pictures = [SoftGate(*s).static_png()[0] for s in ((1.5, 2), (1.4, 2), (1.5, 2.1), (1.5, 2, "tanh"))]
    assert len(set(pictures)) == 4
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


# The picture


def blocks(ax):
    return {patch.get_gid(): patch for patch in ax.patches}


@pytest.mark.parametrize(("value", "gate"), [(1.5, 0.8), (-1.2, 0.1), (1.5, -0.76), (-2, -1), (0.7, 0), (0, 0.5)])
def test_the_gap_in_the_wall_is_the_product(value, gate):
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
    assert min(edges, key=abs) == pytest.approx(abs(gate) * value)  # open as far as something passes
    assert ("before the turn" in part) == (gate * value * value < 0)
    if "before the turn" in part:
        assert part["before the turn"].get_height() == abs(gate) * value and not part["before the turn"].get_fill()
        (turn,) = (item for item in ax.texts if item.get_gid() == "turn")
        assert turn.xy[1] * gate * value > 0 > turn.get_position()[1] * gate * value  # from the outline to the fill
    assert ax.get_ylim() == (-2.3, 2.3)
    plt.close(figure)


@pytest.mark.parametrize(
    ("z", "activation", "gate", "derivative"), [(math.log(3), "sigmoid", 0.75, 3 / 16), (0.0, "tanh", 0.0, 1.0)]
)
def test_the_point_is_on_its_activation_function_with_its_tangent(z, activation, gate, derivative):
    figure, ax = plt.subplots()
    left, right = draw_soft_gate(2.0, z, activation=activation, ax=ax).child_axes
    lines = {line.get_gid(): line for line in left.lines}
    assert lines["point"].get_xydata() == pytest.approx(np.array([[z, gate]]), abs=1e-15)
    (x0, y0), (x1, y1) = lines["derivative"].get_xydata()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(derivative) and (y0 + y1) / 2 == pytest.approx(gate)
    x, s = lines["sigmoid"].get_xydata().T
    assert np.abs(s - 1 / (1 + np.exp(-x))).max() < 1e-12 and np.array_equal(lines["tanh"].get_ydata(), np.tanh(x))
    other = "tanh" if activation == "sigmoid" else "sigmoid"
    assert lines[activation].get_color() == INK != lines[other].get_color()
    assert blocks(right)["passed"].get_height() == pytest.approx(2 * gate)
    plt.close(figure)


def test_the_pictures_name_invalid_arguments():
    for arguments, words in (
        ((math.nan, 0.5), "value is nan"),
        ((1.0, 1.5), "gate is 1.5; expected -1 to 1"),
        ((1.0, math.nan), "gate is nan"),
    ):
        with pytest.raises(ValueError, match=words):
            draw_gated_value(*arguments)
    with pytest.raises(ValueError, match="activation is 'relu'; expected one of 'sigmoid', 'tanh'"):
        draw_soft_gate(1, 1, activation="relu")
    with pytest.raises(ValueError, match="z is inf"):
        draw_soft_gate(1, math.inf)
    assert not plt.get_fignums()
