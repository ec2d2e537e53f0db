"""Read an ONNX file that ``to_onnx`` wrote, or one of a single recurrent node; refuse anything else, with the reason.

ONNX has more kinds of recurrent nodes than this package, and a graph can process their outputs in any way. A file that
this package would compute differently is refused as a whole.
"""

import os
from collections.abc import Mapping

import numpy as np

from lstm_helpers.arrays import Array, Tree
from lstm_helpers.frameworks.layouts import Kind, kind_named, unpack
from lstm_helpers.frameworks.levels import Converted, Level, Levels, joined
from lstm_helpers.frameworks.onnx_graph import Plan, nodes_of
from lstm_helpers.frameworks.onnx_writing import PRODUCER
from lstm_helpers.frameworks.presence import Foreign, need
from lstm_helpers.linear import Embedding, Linear
from lstm_helpers.model import Model, Params

_ACTIVATIONS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
_DIRECTIONS = {"forward": 1, "bidirectional": 2}


def from_onnx(file: Foreign) -> Converted:
    """Read a model, or a layer, and its weights from ONNX.

    Parameters
    ----------
    file : path, bytes or onnx.ModelProto
        The result of ``to_onnx``, or the graph of a single LSTM, GRU or RNN node with its weights. Nothing in it is
        executed, and no other file is opened.

    Returns
    -------
    Converted
        ``model, params`` in float32; ``layer, params`` without a readout. Dropout is not stored in the file.

    Raises
    ------
    ImportError
        If onnx is not installed.
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, or holds something that this package does not support; the message names it.
    """
    onnx = need("onnx")
    graph, notes = _open(onnx, file)
    constants = _constants(onnx, graph)
    recurrent = [node for node in graph.node if kind_named("onnx", node.op_type)]
    if not recurrent:
        found = ", ".join(dict.fromkeys(node.op_type for node in graph.node)) or "nothing"
        raise ValueError(f"file has no LSTM, GRU or RNN node; it holds {found}")
    levels = [_level(onnx, node, constants) for node in recurrent]
    if len(graph.node) == 1:
        if {name for name in recurrent[0].input[4:] if name} & constants.keys():
            raise ValueError("file starts its one node from stored states or lengths, which is not supported")
        return joined(Levels(tuple(levels)))
    plan = Plan(
        ops=tuple(node.op_type for node in recurrent),
        hidden_sizes=tuple(level.sizes[1] for level in levels),
        directions=tuple(len(level.directions) for level in levels),
        embedding="embedding.W_e" in constants,
        at=notes.get("at", ""),
        lengths=notes.get("lengths") == "True",
        state=notes.get("state") == "True",
    )
    _check_graph(onnx, graph, plan)
    layer, params = joined(Levels(tuple(levels)))
    if not plan.at:
        return Converted(layer, params)
    embedding: Tree = Embedding(_stored(constants, "embedding.W_e")) if plan.embedding else ()
    size = embedding.W_e.shape[1] if plan.embedding else None
    ends = Linear(_stored(constants, "readout.W_y"), _stored(constants, "readout.b_y"))
    return Converted(Model(layer, plan.at, size), Params(embedding, params, ends))


def _open(onnx: Foreign, file: Foreign) -> tuple[Foreign, dict[str, str]]:
    if isinstance(file, bytes | str | os.PathLike):
        raw = file if isinstance(file, bytes) else _bytes(file)
        try:
            file = onnx.load_model_from_string(raw)
        except Exception as error:  # the parser's own errors
            raise ValueError("file cannot be read as ONNX: damaged, or of another kind") from error
    if not isinstance(file, onnx.ModelProto):
        raise ValueError(f"file is a {type(file).__name__}; expected a path, bytes or an onnx.ModelProto")
    notes = {note.key: note.value for note in file.metadata_props} if file.producer_name == PRODUCER else {}
    return file.graph, notes


def _bytes(path: str | os.PathLike[str]) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _constants(onnx: Foreign, graph: Foreign) -> dict[str, Array]:
    constants = {}
    for tensor in graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            raise ValueError(f"file keeps {tensor.name!r} in another file, which is not supported")
        try:
            constants[tensor.name] = np.array(onnx.numpy_helper.to_array(tensor))
        except Exception as error:  # a damaged tensor fails in many ways
            raise ValueError(f"file is damaged: {tensor.name!r} cannot be read") from error
    return constants


def _stored(constants: Mapping[str, Array], name: str) -> Array:
    if name not in constants:
        raise ValueError(f"file computes or lacks {name!r}; expected weights that are stored in it")
    return constants[name]


def _level(onnx: Foreign, node: Foreign, constants: Mapping[str, Array]) -> Level:
    kind = kind_named("onnx", node.op_type)
    assert kind is not None  # the caller has checked
    options = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    directions = _check_options(node.op_type, _decoded(options))
    names = [*node.input, *[""] * 8]
    if names[7]:
        raise ValueError("file has an LSTM node with peepholes, its input P, which is not supported")
    if not names[3]:
        raise ValueError(f"file has a {node.op_type} node without biases, which is not supported: give zeros for B")
    arrays = {}
    for part, name in zip("WRB", names[1:4], strict=True):
        arrays[part] = _stored(constants, name)
    return Level(kind.cell, tuple(_one(kind, arrays, d) for d in range(directions)))


def _one(kind: Kind, arrays: Mapping[str, Array], direction: int) -> Tree:
    return unpack("onnx", kind.cell, {part: array[direction : direction + 1] for part, array in arrays.items()})


def _decoded(options: dict[str, Tree]) -> dict[str, Tree]:
    def text(value: object) -> object:
        return value.decode() if isinstance(value, bytes) else value

    return {
        name: [text(one) for one in value] if isinstance(value, list) else text(value)
        for name, value in options.items()
    }


def _check_options(op: str, options: dict[str, Tree]) -> int:
    """Refuse options that this package does not support; return the number of directions."""
    direction = options.get("direction", "forward")
    if direction not in _DIRECTIONS:
        raise ValueError(f"file has a {op} node with direction={direction!r}, which is not supported")
    count = _DIRECTIONS[direction]
    usual: dict[str, Tree] = {"activations": _ACTIVATIONS[op] * count, "clip": None, "input_forget": 0, "layout": 0}
    if op == "GRU":
        usual["linear_before_reset"] = 1
    for name, expected in usual.items():
        found = options.get(name, 0 if name == "linear_before_reset" else expected)
        if found != expected:
            raise ValueError(f"file has a {op} node with {name}={found!r}, which is not supported")
    return count


def _check_graph(onnx: Foreign, graph: Foreign, plan: Plan) -> None:
    """Refuse a graph that differs in any node from the one that ``to_onnx`` builds for this plan."""
    found = [node.SerializeToString(deterministic=True) for node in graph.node]
    if found != [node.SerializeToString(deterministic=True) for node in nodes_of(onnx, plan)]:
        nodes = ", ".join(node.op_type for node in graph.node)
        raise ValueError(
            f"file has another graph than to_onnx writes: {nodes if len(nodes) < 200 else nodes[:200] + ' …'}; to read "
            "the weights alone, give W, R and B of a node to frameworks.unpack"
        )
