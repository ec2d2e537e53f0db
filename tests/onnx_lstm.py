"""LSTMs and GRUs that nobody here wrote: ONNX Runtime's, given our weights."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper


def run(params, xs, state, lengths):
    """Run ONNX Runtime's LSTM (float32) and return outputs (T,B,H), zero after each length, and the last h and c.

    ONNX stores the blocks as i o f c, its weights are the transposes of ours, and it has a second bias, here 0.
    """
    return _lstm(*params[:3], xs, state, lengths)


def run_peephole(params, xs, state, lengths):
    """Run the same with peepholes, which ONNX stores as i o f."""
    i, f, o = np.split(params.p, 3)
    return _lstm(*params[:3], xs, state, lengths, {"P": np.concatenate([i, o, f])[None]})


def run_coupled(params, xs, state, lengths):
    """Run the same with ``input_forget=1``: it reads the input gate's block, and f = 1 - i.

    Ours reads the forget gate's, and 1 - sigmoid(z) = sigmoid(-z); its own block for f is not read, so here it is 100.
    """

    def with_input_gate(W):
        f, g, o = np.split(W, 3, axis=-1)
        return np.concatenate([-f, np.full_like(f, 100), g, o], axis=-1)

    return _lstm(*map(with_input_gate, params), xs, state, lengths, input_forget=1)


def run_gru(params, xs, state, lengths):
    """Run ONNX Runtime's GRU (float32), reset after or before as the biases say; ONNX stores the blocks as z r n."""

    def blocks(W):
        r, z, n = np.split(W, 3, axis=-1)
        return np.concatenate([z, r, n], axis=-1)

    two = params[2:] if len(params) == 4 else (params.b, np.zeros_like(params.b))
    constants = {
        "W": blocks(params.W_x).T[None],
        "R": blocks(params.W_h).T[None],
        "B": np.concatenate([blocks(b) for b in two])[None],
    }
    after = int(len(params) == 4)
    return _run("GRU", constants, xs, {"h0": state.h}, lengths, linear_before_reset=after)


def _lstm(W_x, W_h, b, xs, state, lengths, more=None, **attributes):
    def blocks(W):
        i, f, g, o = np.split(W, 4, axis=-1)
        return np.concatenate([i, o, f, g], axis=-1)

    constants = {
        "W": blocks(W_x).T[None],
        "R": blocks(W_h).T[None],
        "B": np.concatenate([blocks(b), np.zeros_like(b)])[None],
    }
    return _run("LSTM", constants | (more or {}), xs, {"h0": state.h, "c0": state.c}, lengths, **attributes)


def _run(kind, constants, xs, start, lengths, **attributes):
    """Make a model of one node and run it: outputs (T,B,H), and each last state (B,H)."""
    T, B, D = xs.shape
    H = start["h0"].shape[1]
    names = ["X", "W", "R", "B", "lengths", *start, *(["P"] if "P" in constants else [])]
    shown = ["Y", "Y_h", "Y_c"][: 1 + len(start)]
    node = helper.make_node(kind, names, shown, hidden_size=H, **attributes)
    floats = {"X": (T, B, D)} | {name: (1, B, H) for name in start}
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in floats.items()]
    inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, (B,)))
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in shown]
    stored = [onnx.numpy_helper.from_array(np.ascontiguousarray(v, np.float32), k) for k, v in constants.items()]
    graph = helper.make_graph([node], kind, inputs, outputs, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {"X": xs, "lengths": np.asarray(lengths, np.int32)} | {name: a[None] for name, a in start.items()}
    Y, *last = session.run(None, feeds)
    return (Y[:, 0], *(state[0] for state in last))
