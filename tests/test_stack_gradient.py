"""A gradient in a stack: its numbers against finite differences, its words and refusals; `browser/` tests the rest."""

import numpy as np
import pytest
import traitlets

from lstm_helpers import backpropagate, unroll
from lstm_helpers.cells import lstm
from lstm_helpers.layers import Recurrent, Residual, Stacked
from lstm_helpers.widgets import StackGradient
from lstm_helpers.widgets.stack_flow import arriving
from tests.javascript import run

RNG = np.random.default_rng(4)
PLAIN = Stacked(*[Recurrent(lstm)] * 3)
RESIDUAL = Stacked(*[Residual(Recurrent(lstm))] * 3)
PARAMS = PLAIN.init(RNG, 4, 4)
XS, D_LAST = RNG.normal(size=(5, 1, 4)), RNG.normal(size=(1, 4))
STACKS = {"plain": (PLAIN, PARAMS), "residual": (RESIDUAL, PARAMS)}


@pytest.mark.parametrize("stack", [PLAIN, RESIDUAL])
def test_the_inputs_row_is_what_finite_differences_say(stack):
    sizes, eps = arriving(stack, PARAMS, XS, D_LAST), 1e-6
    for t in range(5):
        wanted = np.zeros(4)
        for k in range(4):
            ends = []
            for sign in (1, -1):
                xs = XS.copy()
                xs[t, 0, k] += sign * eps
                ends.append(np.sum(stack.forward(PARAMS, xs).output[-1] * D_LAST))
            wanted[k] = (ends[0] - ends[1]) / (2 * eps)
        assert sizes[0, t] == pytest.approx(np.linalg.norm(wanted) / np.linalg.norm(D_LAST), rel=1e-6)


def test_the_rows_are_those_of_the_layers_alone():
    sizes = arriving(PLAIN, PARAMS, XS, D_LAST)
    middle = unroll(lstm, PARAMS[1], unroll(lstm, PARAMS[0], XS).h)
    top = unroll(lstm, PARAMS[2], middle.h)
    d_hs = np.zeros_like(top.h)
    d_hs[-1] = D_LAST
    back = backpropagate(lstm, PARAMS[2], top, d_hs)
    below = backpropagate(lstm, PARAMS[1], middle, back.xs)
    for row, one in ((3, back), (2, below)):
        np.testing.assert_allclose(sizes[row], np.linalg.norm(one.states.h[:, 0], axis=1) / np.linalg.norm(D_LAST))
    assert sizes[3, -1] == 1.0


def test_residual_connections_carry_all_of_it_past_a_layer_that_adds_nothing():
    silent = tuple(lstm.Params(p.W_x, p.W_h, p.b - 1e3 * (np.arange(16) >= 12)) for p in PARAMS)  # o = 0
    assert np.all(arriving(RESIDUAL, silent, XS, D_LAST)[:, -1] == 1)
    assert np.all(arriving(PLAIN, silent, XS, D_LAST)[:3, -1] == 0)
    widget = StackGradient({"silent": (PLAIN, silent)}, XS, D_LAST)
    start = "In the silent stack the gradient reaches the input at step 1 with a relative size of 0, 3 layers down and "
    assert widget.words == start + "4 steps back. Straight down only, it is 0; straight back only, 0."
    assert widget.static_png()[0]


def test_the_words_name_the_two_direct_paths():
    widget = StackGradient(STACKS, XS, D_LAST, layer=1, step=2)
    assert repr(widget) == "StackGradient(3 layers, 5 steps, stack='plain', layer=1, step=2)"
    start = "In the plain stack the gradient reaches layer 1 at step 2 with a relative size of 0.0"
    assert widget.words.startswith(start) and ", 2 layers down and 3 steps back. " in widget.words
    assert widget.words.endswith(" Straight down only, it is 0.015; straight back only, 0.051.")
    before = widget.static_png()[0]
    widget.stack, widget.layer = "residual", 0
    start = "In the residual stack the gradient reaches the input at step 2 with a relative size of 0."
    assert widget.words.startswith(start) and ", 3 layers down and 3 steps back. " in widget.words
    assert widget.static_png()[0] != before
    widget.step = 5
    assert " reaches the input at step 5 with a relative size of " in widget.words
    assert widget.words.endswith(", 3 layers straight down.")
    widget.layer, widget.step = 3, np.int64(4)
    assert " reaches layer 3 at step 4 with a relative size of " in widget.words
    assert widget.words.endswith(", 1 step back in the top layer.")
    widget.step = 5
    assert widget.words == "In the residual stack the gradient starts at layer 3, step 5, with its full size."


def test_a_cells_number_is_a_power_of_ten_or_its_exponent():
    sizes = [1.0, 1.03, 40.0, 0.4, 0.3, 4e-4, 0.0]
    body = "return sent.map((size) => [brief(size, true), brief(size, false)]);"
    powers, exponents = zip(*run("stack_gradient", body, *sizes), strict=True)
    assert powers == ("1", "1", "10²", "1", "10⁻¹", "10⁻³", "0")
    assert exponents == ("0", "0", "2", "0", "−1", "−3", "−∞")


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="expected \\(T, 1, D\\), one sequence"):
        arriving(PLAIN, PARAMS, np.zeros((5, 2, 4)), D_LAST)
    with pytest.raises(ValueError, match="d_last has shape"):
        arriving(PLAIN, PARAMS, XS, D_LAST[:, :3])
    with pytest.raises(ValueError, match="d_last is 0 everywhere"):
        arriving(PLAIN, PARAMS, XS, np.zeros((1, 4)))
    with pytest.raises(ValueError, match="expected one depth for all, at most 12, and 1 to 12 steps"):
        StackGradient({**STACKS, "one": (Stacked(Recurrent(lstm)), PARAMS[:1])}, XS, D_LAST)
    with pytest.raises(traitlets.TraitError, match="stack is 'deep'; expected one of 'plain', 'residual'"):
        StackGradient(STACKS, XS, D_LAST, stack="deep")
    with pytest.raises(traitlets.TraitError, match="layer is 4; expected 0 to 3: 0 is the input"):
        StackGradient(STACKS, XS, D_LAST, layer=4)
    with pytest.raises(traitlets.TraitError, match="step is 0; expected 1 to 5: steps count from 1"):
        StackGradient(STACKS, XS, D_LAST, step=0)
