"""A trained model as an ONNX file, which runs without this package."""

import numpy as np

from lstm_helpers.arrays import Array, Params, Tree
from lstm_helpers.frameworks.layouts import check_precision, kind_of, pack
from lstm_helpers.frameworks.levels import Levels, levels_of
from lstm_helpers.frameworks.onnx_graph import IR_VERSION, OPSET, Plan, nodes_of, states_of
from lstm_helpers.frameworks.presence import Foreign, need
from lstm_helpers.model import Model

PRODUCER = "lstm_helpers"


def to_onnx(model: Tree, params: Params, *, lengths: bool = False, state: bool = False) -> Foreign:
    """Write a model, or a layer by itself, as an ONNX graph in float32.

    Parameters
    ----------
    model : Model or layer
        Dropout is left out: nothing is dropped at inference.
    params : tree
        Its weights, float32 or float64.
    lengths : bool
        Whether the file takes ``lengths`` (B,) int32, the number of real steps of each sequence, in place of a mask.
        For a length of 0 the output comes from the initial state, or is ``b_y`` if it comes from the mean. After the
        end of a sequence, ONNX gives 0 for h, and so ``b_y`` for y.
    state : bool
        Whether the file takes the states ``h0``, ``c0`` (directions, B, H) of the lowest level, ``h1`` … of the next,
        and returns ``h0_next`` …, so that a sequence can be run in chunks.

    Returns
    -------
    onnx.ModelProto
        Checked. Input ``xs`` (T, B, D), or (T, B) int64 for a model with an embedding; output ``y`` as the model's, or
        ``output`` (T, B, H) of a layer. T and B are free. ``onnx.save(file, "model.onnx")`` writes it.

    Raises
    ------
    ImportError
        If onnx is not installed.
    ValueError
        If a layer or a cell is one that ONNX does not have, or a weight is too large for float32.
    """
    onnx = need("onnx")
    whole = isinstance(model, Model)
    if whole and getattr(params, "_fields", ())[1:] != ("layer", "readout"):
        raise ValueError("params are not those of a Model; expected Params(embedding, layer, readout), as from init")
    stack = levels_of(model.layer, params.layer) if whole else levels_of(model, params)
    plan = Plan(
        ops=tuple(kind_of(level.cell).classes["onnx"] for level in stack.levels),
        hidden_sizes=tuple(level.sizes[1] for level in stack.levels),
        directions=tuple(len(level.directions) for level in stack.levels),
        embedding=whole and model.embedding_size is not None,
        at=model.at if whole else "",
        lengths=lengths,
        state=state,
    )
    graph = onnx.helper.make_graph(
        nodes_of(onnx, plan),
        "lstm_helpers",
        _inputs(onnx, plan, stack),
        _outputs(onnx, plan, stack, params.readout.W_y.shape[1] if whole else 0),
        [onnx.numpy_helper.from_array(array, name) for name, array in _constants(plan, stack, params).items()],
    )
    opset = onnx.helper.make_opsetid("", OPSET)
    file = onnx.helper.make_model(graph, producer_name=PRODUCER, opset_imports=[opset], ir_version=IR_VERSION)
    onnx.helper.set_model_props(file, {"at": plan.at, "lengths": str(lengths), "state": str(state)})
    onnx.checker.check_model(file, full_check=True)
    return file


def _inputs(onnx: Foreign, plan: Plan, stack: Levels) -> list[Foreign]:
    kinds, info = onnx.TensorProto, onnx.helper.make_tensor_value_info
    if plan.embedding:
        inputs = [info("xs", kinds.INT64, ["T", "B"])]
    else:
        inputs = [info("xs", kinds.FLOAT, ["T", "B", stack.levels[0].sizes[0]])]
    if plan.lengths:
        inputs.append(info("lengths", kinds.INT32, ["B"]))
    return inputs + _states(onnx, plan, stack, "")


def _outputs(onnx: Foreign, plan: Plan, stack: Levels, output_size: int) -> list[Foreign]:
    if plan.at:
        name, shape = "y", ["T", "B", output_size][plan.at != "every" :]
    else:
        name, shape = "output", ["T", "B", plan.directions[-1] * plan.hidden_sizes[-1]]
    output = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
    return [output, *_states(onnx, plan, stack, "_next")]


def _states(onnx: Foreign, plan: Plan, stack: Levels, suffix: str) -> list[Foreign]:
    if not plan.state:
        return []
    return [
        onnx.helper.make_tensor_value_info(
            f"{name}{k}{suffix}", onnx.TensorProto.FLOAT, [len(level.directions), "B", level.sizes[1]]
        )
        for k, level in enumerate(stack.levels)
        for name in states_of(plan.ops[k])
    ]


def _constants(plan: Plan, stack: Levels, params: Params) -> dict[str, Array]:
    """Give all weights and the constants of the graph."""
    weights: dict[str, Array] = {}
    if plan.embedding:
        weights["embedding.W_e"] = params.embedding.W_e
    for k, level in enumerate(stack.levels):
        directions = [pack("onnx", level.cell, one) for one in level.directions]
        weights |= {f"{name}{k}": np.concatenate([one[name] for one in directions]) for name in directions[0]}
    if plan.at:
        weights |= {"readout.W_y": params.readout.W_y, "readout.b_y": params.readout.b_y}
    constants = {name: _single(name, array) for name, array in weights.items()}
    constants["joined"] = np.array([0, 0, -1])  # keep T and B, join directions and H
    if plan.at == "last":
        constants["side_by_side"] = np.array([0, -1])  # keep B
    if plan.chooses or plan.divides:
        constants["of_units"] = np.array([1])  # the axis of units added to one number for each sequence
    if plan.divides:
        constants["over_time"] = np.array([0])
        constants["one"] = np.array(1, np.float32)
    if plan.chooses:
        constants["no_steps"] = np.array(0, np.int32)
        constants["zero"] = np.array(0, np.float32)  # the initial state if the file takes none
    return constants


def _single(name: str, array: Array) -> Array:
    check_precision(name, array)
    with np.errstate(over="ignore"):
        single = array.astype(np.float32)
    if not np.isfinite(single).all():
        raise ValueError(f"{name} holds numbers that are not finite in float32, up to {np.abs(array).max():.3g}")
    return single
