"""Models as ONNX files: checked, run by ONNX Runtime to the same numbers in float32, and read back to the last bit."""

import re

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from lstm_helpers import frameworks
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import gru, lstm, peephole, rnn
from lstm_helpers.frameworks import layouts
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent, Stacked
from lstm_helpers.model import Model
from tests import onnx_lstm
from tests.test_frameworks import equal

LAYERS = [
    *(Recurrent(kind.cell) for kind in layouts.KINDS),
    *(Bidirectional(kind.cell) for kind in layouts.KINDS),
    Stacked(Recurrent(lstm), Bidirectional(rnn), Recurrent(gru)),
]
each_layer = pytest.mark.parametrize("layer", LAYERS, ids=repr)
each_end = pytest.mark.parametrize("at", ["every", "last", "mean"])


def weights(maker, *sizes, seed=0, dtype=np.float32):
    rng = np.random.default_rng([5, seed])
    return tree_map(lambda a: (rng.normal(size=a.shape) / 2).astype(dtype), maker.init(rng, *sizes))


def run(file, **feeds):
    """Run a file in ONNX Runtime alone, and give its outputs by name."""
    session = onnxruntime.InferenceSession(file.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip([out.name for out in session.get_outputs()], session.run(None, feeds), strict=True))


@each_layer
@each_end
@pytest.mark.parametrize("embedding_size", [None, 3])
def test_one_file_runs_at_any_length_and_batch_size(layer, at, embedding_size):
    model = Model(layer, at, embedding_size)
    params = weights(model, 6, 5, 2)
    file = frameworks.to_onnx(model, params)
    for T, B in ((1, 1), (9, 4), (3, 2)):
        rng = np.random.default_rng([T, B])
        xs = rng.integers(0, 6, (T, B)) if embedding_size else rng.normal(size=(T, B, 6)).astype(np.float32)
        y, expected = run(file, xs=xs)["y"], model.predict(params, xs)
        assert y.dtype == np.float32 and y.shape == expected.shape and np.abs(y - expected).max() <= 1e-6
    declared = [one.dim_param or one.dim_value for one in file.graph.output[0].type.tensor_type.shape.dim]
    assert declared == (["T", "B", 2] if at == "every" else ["B", 2])


@each_layer
@each_end
def test_lengths_stand_for_the_mask(layer, at):
    model = Model(layer, at)
    params = weights(model, 3, 5, 2)
    xs = np.random.default_rng(1).normal(size=(7, 4, 3)).astype(np.float32)
    lengths = np.array([7, 1, 0, 4], np.int32)
    mask = np.arange(7)[:, None] < lengths
    y = run(frameworks.to_onnx(model, params, lengths=True), xs=xs, lengths=lengths)["y"]
    expected = model.predict(params, xs, mask=mask)
    assert y.shape == expected.shape
    if at == "every":
        assert np.abs(y - expected)[mask].max() <= 1e-6
        assert np.all(y[~mask] == params.readout.b_y)  # 0 for h
    else:
        assert np.abs(y - expected).max() <= 1e-6


@each_layer
def test_a_sequence_without_steps_ends_in_its_initial_state(layer):
    file = frameworks.to_onnx(layer, weights(layer, 3, 5), lengths=True, state=True)
    rng = np.random.default_rng(4)
    xs, lengths = rng.normal(size=(7, 4, 3)).astype(np.float32), np.array([7, 1, 0, 4], np.int32)
    states = [one for one in file.graph.input if one.name not in ("xs", "lengths")]
    starts = {one.name: rng.normal(size=(one.type.tensor_type.shape.dim[0].dim_value, 4, 5)) for one in states}
    starts = {name: start.astype(np.float32) for name, start in starts.items()}
    out = run(file, xs=xs, lengths=lengths, **starts)
    for name, start in starts.items():
        same = (out[f"{name}_next"] == start).all(axis=(0, 2))
        assert same.tolist() == [False, False, True, False], name


@pytest.mark.parametrize("layer", [Recurrent(lstm), Stacked(Recurrent(gru), Recurrent(lstm))], ids=repr)
def test_a_sequence_can_be_run_in_chunks(layer):
    params = weights(layer, 3, 4)
    xs = np.random.default_rng(2).normal(size=(8, 2, 3)).astype(np.float32)
    file = frameworks.to_onnx(layer, params, state=True)
    trace = layer.forward(params, xs)
    states = {one.name: np.zeros((1, 2, 4), np.float32) for one in file.graph.input if one.name != "xs"}
    outputs = []
    for piece in (xs[:3], xs[3:4], xs[4:]):
        out = run(file, xs=piece, **states)
        outputs.append(out.pop("output"))
        states = {name.removesuffix("_next"): state for name, state in out.items()}
    assert np.abs(np.concatenate(outputs) - trace.output).max() <= 1e-6
    expected = [leaf for _, leaf in leaves(trace.state)]
    assert all(np.abs(a[0] - b).max() <= 1e-6 for a, b in zip(states.values(), expected, strict=True))
    assert list(states) == (["h0", "c0"] if layer == Recurrent(lstm) else ["h0", "h1", "c1"])


@each_layer
@each_end
@pytest.mark.parametrize("embedding_size", [None, 3])
@pytest.mark.parametrize(("lengths", "state"), [(False, False), (True, True)])
def test_a_round_trip_changes_no_bit(layer, at, embedding_size, lengths, state, tmp_path):
    model = Model(layer, at, embedding_size)
    params = weights(model, 6, 5, 2)
    file = frameworks.to_onnx(model, params, lengths=lengths, state=state)
    onnx.save(file, tmp_path / "model.onnx")
    for form in (file, file.SerializeToString(), tmp_path / "model.onnx", str(tmp_path / "model.onnx")):
        again, found = frameworks.from_onnx(form)
        assert again == model and equal(found, params)


@each_layer
def test_a_layer_without_a_readout_is_written_and_read_as_one(layer):
    params = weights(layer, 3, 4)
    xs = np.random.default_rng(3).normal(size=(6, 2, 3)).astype(np.float32)
    file = frameworks.to_onnx(layer, params)
    assert np.abs(run(file, xs=xs)["output"] - layer.forward(params, xs).output).max() <= 1e-6
    again, found = frameworks.from_onnx(file)
    assert again == layer and equal(found, params)


def test_the_same_weights_give_the_same_bytes():
    model = Model(Recurrent(lstm), "last")
    params = weights(model, 3, 4, 2)
    first, second = (frameworks.to_onnx(model, params).SerializeToString() for _ in range(2))
    assert first == second


def test_float64_is_rounded_and_dropout_left_out():
    layer = Stacked(Dropout(0.5), Recurrent(lstm, recurrent_dropout=0.5))
    params = weights(layer, 3, 4, dtype=np.float64)
    again, found = frameworks.from_onnx(frameworks.to_onnx(layer, params))
    assert again == Recurrent(lstm)
    assert equal(found, tree_map(lambda a: a.astype(np.float32), params[1]))


def test_a_graph_of_one_foreign_node_is_read():
    params = weights(lstm, 3, 4)
    layer, found = frameworks.from_onnx(node_of(FILES[lstm]))
    assert layer == Recurrent(lstm) and equal(found, params)
    xs = np.random.default_rng(0).normal(size=(4, 2, 3)).astype(np.float32)
    Y, _, Y_c = onnx_lstm.run(found, xs, lstm.zero_state(params, 2), [4, 4])
    trace = layer.forward(params, xs)
    assert np.abs(Y - trace.h).max() <= 1e-6 and np.abs(Y_c - trace.state.c).max() <= 1e-6


def node_of(file, change=None, drop=(), **options):
    """A graph of a file's recurrent node alone, with other inputs or options."""
    (node,) = [one for one in file.graph.node if one.op_type in ("LSTM", "GRU", "RNN")]
    inputs = change(list(node.input)) if change else list(node.input)
    kept = {one.name: helper.get_attribute_value(one) for one in node.attribute if one.name not in drop}
    alone = helper.make_node(node.op_type, inputs, ["Y"], **{**kept, **options})
    xs = helper.make_tensor_value_info("xs", TensorProto.FLOAT, ["T", "B", 3])
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)
    graph = helper.make_graph([alone], "one", [xs], [output], list(file.graph.initializer))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


FILES = {cell: frameworks.to_onnx(Recurrent(cell), weights(cell, 3, 4)) for cell in (lstm, gru, rnn)}


def edited(change):
    """A copy of a good file of a model, after a change."""
    model = Model(Recurrent(lstm), "last")
    file = frameworks.to_onnx(model, weights(model, 3, 4, 2))
    change(file)
    return file


def external(file):
    file.graph.initializer[0].data_location = TensorProto.EXTERNAL


def truncated(file):
    file.graph.initializer[0].raw_data = b"123"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: node_of(FILES[lstm], lambda names: [*names[:4], "", "", "", "P"]), "peepholes, its input P"),
        (lambda: node_of(FILES[lstm], lambda names: names[:3]), "LSTM node without biases"),
        (lambda: node_of(FILES[lstm], lambda names: [names[0], "xs", *names[2:]]), "computes or lacks 'xs'"),
        (lambda: node_of(FILES[lstm], activations=["HardSigmoid", "Tanh", "Tanh"]), "activations=['HardSigmoid', "),
        (lambda: node_of(FILES[lstm], input_forget=1), "input_forget=1, which is not supported"),
        (lambda: node_of(FILES[lstm], clip=3.0), "clip=3.0"),
        (lambda: node_of(FILES[lstm], layout=1), "layout=1"),
        (lambda: node_of(FILES[lstm], direction="reverse"), "direction='reverse'"),
        (lambda: node_of(FILES[lstm], lambda names: [*names[:4], "", "B0"]), "starts its one node from stored states"),
        (lambda: node_of(FILES[gru], linear_before_reset=0), "linear_before_reset=0, which is not supported"),
        (lambda: node_of(FILES[gru], drop=["linear_before_reset"]), "GRU node with linear_before_reset=0"),
        (lambda: node_of(FILES[rnn], activations=["Relu"]), "RNN node with activations=['Relu']"),
        (lambda: edited(lambda file: file.graph.node.pop()), "another graph than to_onnx writes: LSTM, Transpose"),
        (lambda: edited(lambda file: file.graph.node[-1].input.reverse()), "another graph than to_onnx writes"),
        (lambda: edited(lambda file: file.metadata_props.pop(0)), "another graph than to_onnx writes"),
        (lambda: edited(lambda file: setattr(file, "producer_name", "else")), "frameworks.unpack"),
        (lambda: edited(external), "keeps 'W0' in another file"),
        (lambda: edited(truncated), "file is damaged: 'W0' cannot be read"),
        (lambda: edited(lambda file: file.graph.initializer.pop(3)), "computes or lacks 'readout.W_y'"),
        (lambda: b"not a model", "cannot be read as ONNX"),
        (lambda: b"", "no LSTM, GRU or RNN node; it holds nothing"),
        (lambda: 3, "file is a int; expected a path, bytes or an onnx.ModelProto"),
    ],
)
def test_nodes_that_differ_from_ours_are_refused(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        frameworks.from_onnx(make())


def test_usual_options_that_are_spelled_out_are_read():
    for cell, usual in ((lstm, ["Sigmoid", "Tanh", "Tanh"]), (gru, ["Sigmoid", "Tanh"]), (rnn, ["Tanh"])):
        file = node_of(FILES[cell], activations=usual, direction="forward", layout=0)
        assert frameworks.from_onnx(file).layer == Recurrent(cell)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError):
        frameworks.from_onnx(tmp_path / "none.onnx")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: (Recurrent(peephole), ()), "cell is peephole; expected one that the frameworks have"),
        (lambda: (Model(Recurrent(lstm)), weights(lstm, 3, 4)), "params are not those of a Model"),
        (lambda: (lstm, weights(lstm, 3, 4)), "make a layer of a cell with Recurrent(cell)"),
        (lambda: (Recurrent(lstm), huge()), "W0 holds numbers that are not finite in float32, up to 1e+300"),
    ],
)
def test_unsupported_layers_are_refused(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        frameworks.to_onnx(*make())


def huge():
    params = weights(lstm, 3, 4, dtype=np.float64)
    params.W_x[1, 2] = 1e300
    return params


def test_arrays_are_stored_in_the_layout_that_the_recorded_numbers_have():
    params = weights(lstm, 3, 4)
    stored = {one.name: numpy_helper.to_array(one) for one in FILES[lstm].graph.initializer}
    packed = frameworks.pack("onnx", lstm, params)
    assert all(np.array_equal(stored[f"{name}0"], array) for name, array in packed.items())


def test_files_of_other_kinds_are_refused(tmp_path):
    np.savez(tmp_path / "weights.npz", **weights(lstm, 3, 4)._asdict())
    np.save(tmp_path / "weights.npy", np.ones(3))
    (tmp_path / "notes.txt").write_text("not a model\n" * 20, encoding="utf-8")
    (tmp_path / "empty.onnx").write_bytes(b"")
    (tmp_path / "half.onnx").write_bytes(FILES[lstm].SerializeToString()[:-100])
    for path in tmp_path.iterdir():
        with pytest.raises(ValueError, match=r"^file (cannot be read as ONNX|has no LSTM, GRU or RNN node)"):
            frameworks.from_onnx(path)
