"""Record what ONNX Runtime's LSTM computes: lstm_helpers/data/recorded/onnx.npz (recorded with onnxruntime, float32).

Only needed to make the file again: `python tools/record_onnx.py` in the project's test environment. The case is
drawn from one seed and holds the weights twice: in ONNX's layout (W (1, 4H, D), R (1, 4H, H), B (1, 8H), blocks
i o f c, the biases of W and R one after the other) and in this package's (transposed, blocks i f g o, biases added).
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

DESTINATION = Path(__file__).resolve().parents[1] / "lstm_helpers" / "data" / "recorded" / "onnx.npz"
SEED = 2000
T, B, D, H = 5, 2, 3, 4
LENGTHS = (5, 3)
ORDER = (0, 2, 3, 1)  # where i, f, g and o stand in ONNX's i o f c


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(SEED)

    def sample(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    limit = np.float32(1 / np.sqrt(H))
    weights = {name: limit * sample(*shape) for name, shape in (("W", (1, 4 * H, D)), ("R", (1, 4 * H, H)))}
    weights["B"] = limit * sample(1, 8 * H)
    inputs = {"X": sample(T, B, D), "sequence_lens": np.array(LENGTHS, np.int32)}
    inputs |= {"initial_h": sample(1, B, H), "initial_c": sample(1, B, H)}
    hs, h, c = onnxruntime.InferenceSession(model(weights).SerializeToString()).run(None, inputs)

    arrays = {"library": np.array(f"ONNX Runtime {onnxruntime.__version__}"), "names": np.array(["two_lengths"])}
    case = {f"original.{name}": weight for name, weight in weights.items()}
    case |= {f"params.{name}": weight for name, weight in ours(weights).items()}
    case |= {"xs": inputs["X"], "mask": np.arange(T)[:, None] < np.array(LENGTHS), "hs": hs[:, 0]}
    case |= {"start.h": inputs["initial_h"][0], "start.c": inputs["initial_c"][0], "last.h": h[0], "last.c": c[0]}
    arrays |= {f"two_lengths/{field}": array for field, array in case.items()}
    np.savez_compressed(DESTINATION, **arrays)


def model(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """Build a graph of one LSTM node with these weights inside."""
    names = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c"]
    node = helper.make_node("LSTM", names, ["Y", "Y_h", "Y_c"], hidden_size=H)
    graph = helper.make_graph(
        [node],
        "one_lstm",
        [
            helper.make_tensor_value_info("X", TensorProto.FLOAT, [T, B, D]),
            helper.make_tensor_value_info("sequence_lens", TensorProto.INT32, [B]),
            helper.make_tensor_value_info("initial_h", TensorProto.FLOAT, [1, B, H]),
            helper.make_tensor_value_info("initial_c", TensorProto.FLOAT, [1, B, H]),
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("Y", "Y_h", "Y_c")],
        [onnx.numpy_helper.from_array(weight, name) for name, weight in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def ours(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Lay ONNX's weights out as this package does."""

    def blocks(rows: np.ndarray) -> np.ndarray:
        return np.concatenate([np.split(rows, 4)[k] for k in ORDER])

    return {
        "W_x": blocks(weights["W"][0]).T.copy(),
        "W_h": blocks(weights["R"][0]).T.copy(),
        "b": blocks(weights["B"][0, : 4 * H]) + blocks(weights["B"][0, 4 * H :]),
    }


if __name__ == "__main__":
    main()
