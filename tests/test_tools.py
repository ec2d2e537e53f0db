"""What the tools share: they can be run by name, what they name exists, and an interrupted training stores nothing."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import losses
from lstm_helpers.arrays import leaves
from lstm_helpers.cells import rnn
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Batch, Model
from lstm_helpers.training import adam, sgd
from tools import training

ROOT = Path(__file__).parents[1]
TEXTS = [
    *ROOT.glob("*.md"),
    ROOT / "Makefile",
    ROOT / ".ci" / "run",
    *ROOT.glob("tools/**/*.py"),
    *ROOT.glob("docs/**/*.md"),
]
TEXTS += [*ROOT.glob("lstm_helpers/**/*.md"), *ROOT.glob("lstm_helpers/*/__init__.py"), *ROOT.glob("notebooks/*.ipynb")]
MODEL = Model(Recurrent(rnn))
PARAMS = MODEL.init(np.random.default_rng(0), 2, 3, 2)
XS = np.random.default_rng(1).normal(size=(4, 5, 2))


def test_every_tool_that_is_named_is_there():
    named = {}
    for path in TEXTS:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        found = re.findall(r"\btools/(\w+)\.py|-m tools\.(\w+)", text)
        named |= {one or other: path.name for one, other in found}
    assert len(named) > 15
    absent = {name: where for name, where in named.items() if not (ROOT / "tools" / f"{name}.py").is_file()}
    assert not absent


def test_tools_are_imported_and_not_loaded_from_files():
    for path in (*ROOT.glob("tools/**/*.py"), *ROOT.glob("docs/**/*.py"), *ROOT.glob("benchmarks/*.py")):
        text = path.read_text(encoding="utf-8")
        assert "spec_from_file_location" not in text and "sys.path" not in text, path.name


def batches(step):
    return Batch(XS, np.zeros_like(XS))


def test_steps_are_counted_from_the_first_and_each_is_seen():
    seen = []
    half = training.train(MODEL, PARAMS, batches, losses.mse, adam(0.1), 3, each=lambda one: seen.append(one.step))
    whole = training.train(MODEL, PARAMS, batches, losses.mse, adam(0.1), 5, resume=half)
    at_once = training.train(MODEL, PARAMS, batches, losses.mse, adam(0.1), 5)
    assert seen == [1, 2, 3] and (half.step, whole.step) == (3, 5)
    assert np.array_equal(whole.params.layer.W_x, at_once.params.layer.W_x)


def test_a_training_that_is_watched_goes_on_and_takes_all_options_as_one_that_is_not(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    def run(steps, **more):
        options = dict(clip_norm=1e-3, carry_state=True, rng=np.random.default_rng(2)) | more
        return training.train(MODEL, PARAMS, batches, losses.mse, sgd(0.1), steps, **options)

    seen = []
    half, whole = run(2), run(5)
    watched = run(5, resume=half, each=lambda one: seen.append(one.step))
    assert seen == [3, 4, 5] and whole.state != ()
    for (path, one), (_, other) in zip(leaves(watched[3:7]), leaves(whole[3:7]), strict=True):
        assert np.array_equal(one, other), path
    moved = run(1).params.layer.W_x - PARAMS.layer.W_x
    assert 0 < np.linalg.norm(moved) <= 0.1 * 1e-3
    assert capsys.readouterr().out == "", "no bar"


def test_an_interrupted_training_is_no_row_of_a_table():
    def interrupted(step):
        if step == 2:
            raise KeyboardInterrupt
        return batches(step)

    for each in (None, lambda one: None):
        with pytest.raises(KeyboardInterrupt):
            training.train(MODEL, PARAMS, interrupted, losses.mse, adam(0.1), 5, each=each)


def test_what_is_stored_says_its_seeds_and_its_size(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(training, "PACKAGE", tmp_path)
    monkeypatch.setattr(training, "START", 30.0)
    monkeypatch.setattr(training.time, "perf_counter", lambda: 30.0 + 150)
    training.store("table.npz", np.arange(100_000.0), range(2))
    with np.load(tmp_path / "table.npz") as stored:
        assert any(np.array_equal(stored[name], np.arange(100_000.0)) for name in stored.files)
    assert capsys.readouterr().out == "table.npz: seeds 0, 1; 2.5 minutes so far; 800 kB\n"
