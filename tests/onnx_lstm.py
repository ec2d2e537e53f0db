"""An LSTM that nobody here wrote: ONNX Runtime's, given our weights."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper


def run(params, xs, state, lengths):
    """Run ONNX Runtime's LSTM (float32) and return outputs (T,B,H), zero after each length, and the last h and c.

    ONNX stores the blocks as i o f c, its weights are the transposes of ours, and it has a second bias, here 0.
    """
    T, B, D = xs.shape
    H = state.h.shape[1]

    def blocks(W):
        i, f, g, o = np.split(W, 4, axis=-1)
        return np.concatenate([i, o, f, g], axis=-1)

    b = blocks(params.b)
    constants = {
        "W": blocks(params.W_x).T[None],
        "R": blocks(params.W_h).T[None],
        "B": np.concatenate([b, np.zeros_like(b)])[None],
    }
    node = helper.make_node("LSTM", ["X", "W", "R", "B", "lengths", "h0", "c0"], ["Y", "Y_h", "Y_c"], hidden_size=H)
    floats = {"X": (T, B, D), "h0": (1, B, H), "c0": (1, B, H)}
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in floats.items()]
    inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, (B,)))
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("Y", "Y_h", "Y_c")]
    stored = [onnx.numpy_helper.from_array(np.ascontiguousarray(v, np.float32), k) for k, v in constants.items()]
    graph = helper.make_graph([node], "lstm", inputs, outputs, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {"X": xs, "h0": state.h[None], "c0": state.c[None], "lengths": np.asarray(lengths, np.int32)}
    Y, Y_h, Y_c = session.run(None, feeds)
    return Y[:, 0], Y_h[0], Y_c[0]
