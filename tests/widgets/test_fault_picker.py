"""The fault picker shows the results of `faults.examine`; `browser/` tests its script."""

import numpy as np
import pytest
import traitlets

from lstm_helpers import faults
from lstm_helpers.widgets import FaultPicker
from lstm_helpers.widgets.fault_picker import FAULTS


def test_every_faulty_backward_pass_has_the_numbers_of_examine():
    widget = FaultPicker()
    assert {one.name for one in faults.FAULTS if one.replaces.startswith("back")} == set(FAULTS)
    for name in FAULTS:
        widget.fault = name
        one = faults.fault_named(name)
        pattern = faults.examine(one.cell, one.engine)
        assert np.array_equal(widget.errors > 0, pattern.wrong[len(faults.FORWARD) :]), name
        finite = np.isfinite(pattern.errors[len(faults.FORWARD) :]) & (widget.errors > 0)
        assert np.array_equal(widget.errors[finite], pattern.errors[len(faults.FORWARD) :][finite])


def test_the_sentence_says_what_an_experiment_detects():
    widget = FaultPicker("cell_state_gradient_dropped", "1 step")
    assert repr(widget) == "FaultPicker('cell_state_gradient_dropped', experiment='1 step')"
    column = widget.errors[:, faults.COLUMNS.index("1 step")]
    assert (column > 0).sum() == 1 and faults.BACKWARD[int(column.argmax())] == "start.c"
    assert widget.words == (
        "In the experiment “1 step”, 1 of 15 gradients is wrong: start.c, with a relative error of 1.00. "
        "Every experiment detects the fault."
    )
    widget.fault = "divided_by_batch_size"
    assert widget.words.startswith(
        "In the experiment “1 step”, all 15 gradients are correct: it does not detect the fault. Not detected by: "
    )
    assert "batch 2" not in widget.words
    before = widget.static_png()[0]
    widget.fault = FAULTS[0]
    assert widget.static_png()[0] != before


def test_unknown_faults_and_experiments_are_refused():
    with pytest.raises(traitlets.TraitError, match="fault is 'output_without_tanh'; expected one of "):
        FaultPicker("output_without_tanh")  # a wrong forward pass
    with pytest.raises(traitlets.TraitError, match="experiment is '4 steps'; expected one of 'first call'"):
        FaultPicker(experiment="4 steps")
