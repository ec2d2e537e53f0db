"""The backward cell's numbers, errors and picture; `browser/` tests its script."""

import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from lstm_helpers import backpropagate, unroll
from lstm_helpers.cells import lstm
from lstm_helpers.figures.layouts import lstm_backward as drawing
from lstm_helpers.widgets import BackwardCell
from lstm_helpers.widgets.base import VIEW


def a_run(T=4, B=2, D=2, H=3, mask=None):
    rng = np.random.default_rng(4)
    params = lstm.init(rng, D, H)
    trace = unroll(lstm, params, rng.normal(size=(T, B, D)), mask=mask)
    return params, trace, rng.normal(size=(T, B, H))


def test_the_numbers_are_those_of_backpropagate():
    params, trace, d_hs = a_run()
    back = backpropagate(lstm, params, trace, d_hs)
    cell = BackwardCell(params, trace, d_hs, sequence=1)
    sent = {key: np.frombuffer(view, "<f8").reshape(4, 3) for key, view in cell._numbers.items()}
    assert np.array_equal(sent["dh"], back.states.h[:, 1]) and np.array_equal(sent["dc_later"], back.states.c[:, 1])
    np.testing.assert_allclose(sent["dh_loss"] + sent["dh_later"], back.states.h[:, 1], rtol=0, atol=1e-15)
    np.testing.assert_allclose(sent["dc"], sent["dc_later"] + sent["from_h"], rtol=0, atol=1e-15)
    # The gradient that leaves a step to the left arrives at the step before it.
    np.testing.assert_allclose(sent["dc_previous"][1:], sent["dc_later"][:-1], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(sent["dh_previous"][1:], sent["dh_later"][:-1], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(sent["dc_previous"][0], back.state.c[1], rtol=1e-12)
    assert np.all(sent["dc_later"][-1] == 0) and np.all(sent["dh_later"][-1] == 0)
    bias = np.concatenate([sent[f"dz_{gate}"].sum(axis=0) for gate in "ifgo"])
    alone = lambda a: a[:, [1]]  # noqa: E731
    one = unroll(lstm, params, alone(trace.x))
    np.testing.assert_allclose(bias, backpropagate(lstm, params, one, alone(d_hs)).params.b, rtol=1e-12)


def test_the_diagram_is_the_figures():
    params, trace, d_hs = a_run()
    sent = json.loads(json.dumps(BackwardCell(params, trace, d_hs)._diagram))
    shown = {item["number"] for kind in ("nodes", "wires", "notes") for item in sent[kind]} - {"", "x"}
    assert shown <= set(BackwardCell(params, trace, d_hs)._numbers)
    wires = {f"{wire.start}-{wire.end}" for wire in drawing.LAYOUT.wires}
    assert set(drawing.CARRIES) <= wires and len(sent["wires"]) == len(wires)
    numbers = {piece["number"] for lines in sent["equations"].values() for line in lines for piece in line} - {""}
    assert numbers <= set(BackwardCell(params, trace, d_hs)._numbers)


def test_the_gradient_on_each_wire_follows_the_chain_rule():
    """A product multiplies by the other factor, an activation by its derivative, a sum passes on; forks add up."""
    params, trace, d_hs = a_run()
    arriving = lstm.State(*(part[2] for part in backpropagate(lstm, params, trace, d_hs).states))
    n = drawing.numbers(params, trace[2], arriving, d_hs[2], 1, 0)
    on = {wire: n[number] for wire, number in drawing.CARRIES.items()}
    derivative = {gate: n[gate] * (1 - n[gate]) for gate in "ifo"} | {"g": 1 - n["g"] ** 2}
    want = {
        "fork_h-show": on["up-fork_h"] + on["h-fork_h"],
        "show-o": on["fork_h-show"] * n["tanh_c"],
        "show-tanh": on["fork_h-show"] * n["o"],
        "tanh-fork_c": on["show-tanh"] * (1 - n["tanh_c"] ** 2),
        "fork_c-add": on["c-fork_c"] + on["tanh-fork_c"],
        "add-keep": on["fork_c-add"],
        "add-write": on["fork_c-add"],
        "keep-c_previous": on["add-keep"] * n["f"],
        "keep-f": on["add-keep"] * n["c_previous"],
        "write-i": on["add-write"] * n["g"],
        "write-g": on["add-write"] * n["i"],
        "f-tap_f": on["keep-f"] * derivative["f"],
        "i-tap_i": on["write-i"] * derivative["i"],
        "g-tap_g": on["write-g"] * derivative["g"],
        "o-tap_g": on["show-o"] * derivative["o"],
    }
    assert want == pytest.approx({wire: on[wire] for wire in want}, abs=1e-15)
    sources = {"up-fork_h": d_hs[2, 0, 1], "h-fork_h": arriving.h[0, 1] - d_hs[2, 0, 1], "c-fork_c": arriving.c[0, 1]}
    sources["join-h_previous"] = lstm.backward(params, trace[2], arriving)[1].h[0, 1]
    assert sources == pytest.approx({wire: on[wire] for wire in sources}, rel=1e-12)
    assert set(want) | set(sources) == set(on)


def test_settings_and_errors():
    params, trace, d_hs = a_run()
    cell = BackwardCell(params, trace, d_hs, unit=2, part="update")
    assert repr(cell) == "BackwardCell(4 steps, 3 units, step=3, unit=2, sequence=0, part='update')"
    for name, value, words in (
        ("step", 4, "step is 4; expected 0 to 3"),
        ("unit", 3, "unit is 3; expected 0 to 2"),
        ("part", "memory", "part is 'memory'; expected one of '', 'forget'"),
    ):
        with pytest.raises(traitlets.TraitError, match=re.escape(words)):
            BackwardCell(params, trace, d_hs, **{name: value})
        with pytest.raises(traitlets.TraitError, match=re.escape(words)):
            setattr(cell, name, value)
    with pytest.raises(ValueError, match=re.escape("d_hs has shape (4, 2, 2)")):
        BackwardCell(params, trace, d_hs[:, :, :2])
    masked = unroll(lstm, params, trace.x, mask=np.array([[True, True]] * 3 + [[True, False]]))
    assert BackwardCell(params, masked, d_hs).step == 3
    with pytest.raises(ValueError, match="trace is masked in this sequence"):
        BackwardCell(params, masked, d_hs, sequence=1)


def test_a_page_without_a_kernel_has_text_and_picture():
    before = plt.get_fignums()
    cell = BackwardCell(*a_run())
    data, _ = cell._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW} and data["text/plain"] == repr(cell)
    pictures = [data["image/png"]]
    for name, value in (("step", 0), ("unit", 1), ("part", "hidden")):
        setattr(cell, name, value)
        pictures.append(cell.static_png()[0])
    assert len(set(pictures)) == 4 and plt.get_fignums() == before
    code = cell._esm + cell._css
    assert "import " not in code and "fetch(" not in code and "url(" not in code and code.count("export default") == 1
