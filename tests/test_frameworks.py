"""How frameworks lay weights out, compared with their own numbers; a missing framework is reported."""

import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import frameworks
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import gru, lstm, peephole, rnn
from lstm_helpers.data import recorded
from lstm_helpers.frameworks import layouts, pack, unpack
from lstm_helpers.frameworks.levels import joined, levels_of
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent, Residual, Stacked
from lstm_helpers.model import Model
from tools import notebooks

ROOT = Path(__file__).parents[1]
CELLS = [kind.cell for kind in layouts.KINDS]
each_cell = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.__name__.rpartition(".")[2])
each_framework = pytest.mark.parametrize("framework", layouts.NAMES)


def equal(a, b):
    """Whether two trees are the same to the last bit, dtypes included."""
    pairs = list(zip(leaves(a), leaves(b), strict=True))
    return all(m == n and x.dtype == y.dtype and np.array_equal(x, y) for (m, x), (n, y) in pairs)


def drawn(cell, D=3, H=4, dtype=np.float64, seed=0):
    """Weights without a zero or a repetition anywhere, biases included."""
    rng = np.random.default_rng([seed, D, H])
    return tree_map(lambda a: rng.normal(size=a.shape).astype(dtype), cell.init(rng, D, H))


def marked(cell):
    """Weights of one unit and one input that say which block they are: block k of W_x is k + 1, of W_h 10 (k + 1)."""
    params = tree_map(np.zeros_like, cell.init(np.random.default_rng(0), 1, 1))
    k = np.arange(1.0, params.W_x.shape[1] + 1)
    factors = {"W_x": 1.0, "W_h": 10.0, "b": 100.0, "b_x": 100.0, "b_h": 1000.0}
    return cell.Params(*(np.reshape(factors[name] * k, getattr(params, name).shape) for name in params._fields))


# --- layouts


@pytest.mark.parametrize("case", recorded.lstm_cases(), ids=lambda case: case.name)
def test_reads_the_weights_of_a_pytorch_lstm(case):
    assert equal(unpack("torch", lstm, case.original), case.params)


@pytest.mark.parametrize("case", recorded.rnn_cases(), ids=lambda case: case.name)
def test_reads_the_weights_of_a_pytorch_rnn(case):
    assert equal(unpack("torch", rnn, case.original), case.params)


def test_reads_the_weights_of_an_onnx_lstm():
    (case,) = recorded.onnx_cases()
    assert equal(unpack("onnx", lstm, case.original), case.params)


def test_lstm_blocks_are_in_each_frameworks_order():
    i, f, g, o = 1, 2, 3, 4
    torch, keras, onnx = (pack(name, lstm, marked(lstm)) for name in ("torch", "keras", "onnx"))
    assert torch["weight_ih_l0"].tolist() == [[i], [f], [g], [o]]
    assert torch["weight_hh_l0"].tolist() == [[10 * i], [10 * f], [10 * g], [10 * o]]
    assert torch["bias_ih_l0"].tolist() == [100 * i, 100 * f, 100 * g, 100 * o]
    assert torch["bias_hh_l0"].tolist() == [0, 0, 0, 0]
    assert keras["kernel"].tolist() == [[i, f, g, o]] and keras["bias"].tolist() == [100, 200, 300, 400]
    assert keras["recurrent_kernel"].tolist() == [[10, 20, 30, 40]]
    assert onnx["W"].tolist() == [[[i], [o], [f], [g]]] and onnx["R"].tolist() == [[[10], [40], [20], [30]]]
    assert onnx["B"].tolist() == [[100, 400, 200, 300, 0, 0, 0, 0]]


def test_gru_blocks_are_in_each_frameworks_order():
    r, z, n = 1, 2, 3
    torch, keras, onnx = (pack(name, gru, marked(gru)) for name in ("torch", "keras", "onnx"))
    assert torch["weight_ih_l0"].tolist() == [[r], [z], [n]] and torch["bias_ih_l0"].tolist() == [100, 200, 300]
    assert torch["bias_hh_l0"].tolist() == [1000, 2000, 3000]
    assert keras["kernel"].tolist() == [[z, r, n]] and keras["bias"].tolist() == [[200, 100, 300], [2000, 1000, 3000]]
    assert onnx["W"].tolist() == [[[z], [r], [n]]] and onnx["R"].tolist() == [[[20], [10], [30]]]
    assert onnx["B"].tolist() == [[200, 100, 300, 2000, 1000, 3000]]


@each_cell
@each_framework
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("D", "H"), [(1, 1), (3, 4), (4, 4), (5, 2)])
def test_a_round_trip_changes_no_bit_and_shares_no_memory(framework, cell, dtype, D, H):
    params = drawn(cell, D, H, dtype)
    packed = pack(framework, cell, params)
    again = unpack(framework, cell, packed)
    assert equal(again, params)
    for array in packed.values():
        assert array.flags.c_contiguous and not any(np.shares_memory(array, leaf) for leaf in params)
        assert not any(np.shares_memory(array, leaf) for leaf in again)


@pytest.mark.parametrize("cell", [lstm, rnn], ids=["lstm", "rnn"])
def test_two_biases_are_added_where_the_cell_has_one(cell):
    arrays = pack("torch", cell, marked(cell))
    arrays["bias_hh_l0"] = arrays["bias_ih_l0"] + 1
    assert np.array_equal(unpack("torch", cell, arrays).b, 2 * arrays["bias_ih_l0"] + 1)
    arrays = pack("onnx", cell, marked(cell))
    first, _ = np.split(arrays["B"], 2, axis=1)
    arrays["B"] = np.concatenate([first, 2 * first], axis=1)
    assert np.array_equal(unpack("onnx", cell, arrays).b, 3 * marked(cell).b)


def test_inputs_are_not_written_to():
    params = drawn(lstm)
    for array in params:
        array.flags.writeable = False
    for framework in layouts.NAMES:
        packed = pack(framework, lstm, params)
        for array in packed.values():
            array.flags.writeable = False
        assert all(leaf.flags.writeable for leaf in unpack(framework, lstm, packed))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pack("caffe", lstm, drawn(lstm)), "framework is 'caffe'; expected one of torch, keras, onnx"),
        (
            lambda: pack("torch", np, drawn(lstm)),
            "cell is numpy; expected one that the frameworks have: lstm, rnn, gru",
        ),
        (lambda: pack("torch", lstm, drawn(rnn)), "params.W_h has shape (4, 4); expected (H, 4H)"),
        (lambda: pack("torch", lstm, drawn(lstm, dtype=complex)), "params has dtype complex128; expected float32"),
        (lambda: unpack("keras", lstm, {"kernel": 1}), "arrays holds kernel; expected kernel, recurrent_kernel, bias"),
        (lambda: unpack("torch", lstm, {}), "arrays holds nothing; expected weight_ih_l0"),
        (lambda: unpack("torch", lstm, pack("torch", rnn, drawn(rnn))), "every LSTM has 4 blocks"),
        (lambda: unpack("torch", rnn, pack("torch", lstm, drawn(lstm))), "weight_ih_l0 has shape (16, 3)"),
        (lambda: unpack("keras", lstm, swapped("keras", "kernel")), "kernel has shape (16, 3); expected (D, 4H)"),
        (lambda: unpack("onnx", lstm, swapped("onnx", "W")), "W has shape (3, 16, 1); expected (directions, 4H, D)"),
        (lambda: unpack("onnx", lstm, changed("onnx", "B", lambda a: a[:, :16])), "B has shape (1, 16)"),
        (lambda: unpack("torch", lstm, changed("torch", "bias_hh_l0", lambda a: a[:4])), "bias_hh_l0 has shape (4,)"),
        (lambda: unpack("keras", lstm, changed("keras", "bias", lambda a: a.astype(np.float16))), "dtype float16"),
        (
            lambda: unpack("keras", lstm, changed("keras", "bias", lambda a: a.astype(np.float32))),
            "give all arrays one",
        ),
        (lambda: unpack("keras", lstm, changed("keras", "bias", lambda a: a.tolist())), "bias is a list"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def changed(framework, name, change):
    arrays = pack(framework, lstm, drawn(lstm))
    return {**arrays, name: change(arrays[name])}


def swapped(framework, name):
    return changed(framework, name, lambda a: np.ascontiguousarray(a.T))


# --- levels


def test_levels_and_layers_are_two_views_of_one_thing():
    layer = Stacked(
        Dropout(0.1), Recurrent(lstm), Stacked(Dropout(0.2), Recurrent(rnn, recurrent_dropout=0.3)), Dropout(0.4)
    )
    params = layer.init(np.random.default_rng(0), 3, 4)
    stack = levels_of(layer, params)
    assert [level.cell for level in stack.levels] == [lstm, rnn]
    assert [level.dropout for level in stack.levels] == [0.1, 0.2] and stack.dropout == 0.4
    assert [level.recurrent_dropout for level in stack.levels] == [0.0, 0.3]
    assert [level.sizes for level in stack.levels] == [(3, 4), (4, 4)]
    again, weights = joined(stack)
    flat = Stacked(Dropout(0.1), Recurrent(lstm), Dropout(0.2), Recurrent(rnn, recurrent_dropout=0.3), Dropout(0.4))
    assert again == flat
    xs = np.random.default_rng(1).normal(size=(5, 2, 3))
    assert np.array_equal(again.forward(weights, xs).output, layer.forward(params, xs).output)


def test_both_directions_are_one_level():
    layer = Bidirectional(lstm, recurrent_dropout=0.2)
    params = layer.init(np.random.default_rng(0), 3, 4)
    (level,) = levels_of(layer, params).levels
    assert level.directions == params and level.recurrent_dropout == 0.2
    assert joined(levels_of(layer, params)) == (layer, params)


def test_one_level_is_no_stack():
    params = drawn(lstm)
    layer, weights = joined(levels_of(Stacked(Recurrent(lstm)), (params,)))
    assert layer == Recurrent(lstm) and weights is params


@pytest.mark.parametrize(
    ("layer", "params", "message"),
    [
        (lstm, (), "make a layer of a cell with Recurrent(cell)"),
        (Model(Recurrent(lstm)), (), "for a Model, pass model.layer and params.layer"),
        (Recurrent(np), (), "cell is numpy; expected one that the frameworks have"),
        (Recurrent(lstm), (drawn(lstm),), "params is a tuple of 1; expected Params"),
        (Bidirectional(lstm), drawn(lstm), "params is Params(W_x, W_h, b); expected a pair (forward, backward)"),
        (Residual(Recurrent(lstm)), drawn(lstm, 4, 4), "layer is Residual(Recurrent(lstm)); expected Recurrent, Bidir"),
        (Recurrent(peephole), (), "cell is peephole; expected one that the frameworks have: lstm, rnn, gru"),
        (Stacked(Recurrent(lstm)), drawn(lstm), "expected a tuple of 1, one for each layer"),
        (Stacked(Recurrent(lstm)), (), "params is a tuple of 0; expected a tuple of 1"),
        (Dropout(0.5), (), "expected at least one Recurrent"),
        (Stacked(Dropout(0.5), Dropout(0.5), Recurrent(lstm)), ((), (), drawn(lstm)), "two Dropouts"),
    ],
)
def test_a_layer_that_no_framework_has_is_refused(layer, params, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        levels_of(layer, params)


# --- what is missing


@pytest.fixture
def nothing_installed(monkeypatch):
    found = importlib.util.find_spec
    absent = {package for packages in frameworks.PACKAGES.values() for package in packages}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name in absent else found(name, *a))


@pytest.mark.parametrize(
    "call",
    [
        lambda: frameworks.to_torch(Recurrent(lstm), drawn(lstm)),
        lambda: frameworks.from_torch(None),
        lambda: frameworks.to_keras(Recurrent(lstm), drawn(lstm)),
        lambda: frameworks.from_keras(None),
        lambda: frameworks.to_onnx(Recurrent(lstm), drawn(lstm)),
        lambda: frameworks.from_onnx(b""),
    ],
)
def test_without_a_framework_the_error_says_how_to_get_it(nothing_installed, call):
    with pytest.raises(ImportError, match=r'not installed: pip install "lstm_helpers\[frameworks\]"'):
        call()


def test_a_page_gets_a_line_in_place_of_a_framework(nothing_installed, capsys):
    assert frameworks.optional("keras") is None
    said = capsys.readouterr()
    assert said.err == "" and said.out.startswith("Skipped: keras and torch is not installed here.")
    assert 'pip install "lstm_helpers[frameworks]"' in said.out and said.out.count("\n") == 1


def test_an_installed_framework_is_returned(capsys):
    assert frameworks.missing("onnx") == ()
    assert frameworks.optional("onnx") is frameworks.need("onnx") is sys.modules["onnx"]
    assert capsys.readouterr().out == ""


def test_an_unknown_framework_is_refused():
    with pytest.raises(ValueError, match="name is 'caffe'; expected one of torch, keras, onnx, onnxruntime"):
        frameworks.missing("caffe")


def test_importing_them_imports_no_framework():
    program = "import sys, lstm_helpers.frameworks; print(sorted({'torch', 'keras', 'onnx'} & set(sys.modules)))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]" and answer.stderr == ""


def test_a_page_is_not_stored_without_its_frameworks(nothing_installed, tmp_path, capsys):
    page = tmp_path / "page.ipynb"
    page.write_text(json.dumps(page_of(("1 / 0", ["needs-onnxruntime"]))), encoding="utf-8")
    before = page.read_text(encoding="utf-8")
    assert not notebooks.run_and_store(page) and page.read_text(encoding="utf-8") == before
    assert "left as it was, since its outputs come from onnx and onnxruntime, missing here" in capsys.readouterr().out


def page_of(*cells):
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell{k}",
                "source": source,
                "metadata": {"tags": tags},
                "execution_count": k + 1,
                "outputs": [{"output_type": "stream", "name": "stdout", "text": "ran\n"}],
            }
            for k, (source, tags) in enumerate(cells)
        ],
    }


@pytest.mark.parametrize("required", [False, True])
def test_what_is_missing_skips_or_fails(nothing_installed, monkeypatch, required):
    monkeypatch.setenv("FRAMEWORKS", "required" if required else "")
    hooks = importlib.import_module("conftest")  # the one beside pyproject.toml
    cell = types.SimpleNamespace(metadata={"tags": ["solution", "needs-keras"]})
    test = types.SimpleNamespace(iter_markers=lambda name: [pytest.mark.needs("torch", "onnx").mark])
    for item, absent in (
        (types.SimpleNamespace(iter_markers=lambda name: [], cell=cell), "keras and torch"),
        (test, "torch"),
    ):
        outcome = pytest.fail.Exception if required else pytest.skip.Exception
        with pytest.raises(outcome, match=f"^(need )?{absent}(,| is) .*not installed"):
            hooks.pytest_runtest_setup(item)
    untagged = types.SimpleNamespace(metadata={})
    hooks.pytest_runtest_setup(types.SimpleNamespace(iter_markers=lambda name: [], cell=untagged))


def test_a_cell_that_needs_what_is_missing_is_skipped_by_nbval_and_never_runs(tmp_path):
    page = page_of(("print('ran')", []), ("raise AssertionError('must not run')", ["needs-torch"]))
    (tmp_path / "page.ipynb").write_text(json.dumps(page), encoding="utf-8")
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    program = (
        "import importlib.util as util, sys, pytest; found = util.find_spec\n"
        "util.find_spec = lambda name, *a: None if name == 'torch' else found(name, *a)\n"
        "sys.exit(pytest.main(['--nbval', '--import-mode=importlib', '-rs', '-p', 'no:cacheprovider', 'page.ipynb']))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "FRAMEWORKS": ""}
    answer = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert answer.returncode == 0 and "1 passed, 1 skipped" in answer.stdout, answer.stdout
    assert "must not run" not in answer.stdout
    assert 'need torch, which is not installed: pip install "lstm_helpers[frameworks]"' in answer.stdout
