"""The ONNX graph of a layer or a model: its nodes, their order and their names.

    xs (T, B, D) → [Gather] → LSTM → … → LSTM → output (T, B, H) → [its end, or its mean over time] → MatMul, Add → y

A graph is determined by a ``Plan``. The writer builds it; the reader builds it again and compares, so a file is read
only if it holds exactly this graph.
"""

from typing import Any, NamedTuple

from lstm_helpers.frameworks.presence import Foreign

OPSET, IR_VERSION = 14, 8  # old enough for any recent runtime


class Plan(NamedTuple):
    """Everything that determines the nodes of a graph, except the sizes."""

    ops: tuple[str, ...]  # the recurrent node of each level
    hidden_sizes: tuple[int, ...]
    directions: tuple[int, ...]  # 1 or 2
    embedding: bool = False
    at: str = ""  # "every", "last" or "mean" of a Model; "" for a layer without a readout
    lengths: bool = False  # whether the file takes a length for each sequence
    state: bool = False  # whether the file takes and returns the states

    @property
    def chooses(self) -> bool:
        """Whether the last state is needed, which ONNX leaves undefined for a sequence of length 0."""
        return self.lengths and (self.state or self.at == "last")

    @property
    def divides(self) -> bool:
        """Whether a sum over time is divided by each sequence's own length."""
        return self.lengths and self.at == "mean"


def states_of(op: str) -> tuple[str, ...]:
    """Name the states of a recurrent node as State does."""
    return ("h", "c") if op == "LSTM" else ("h",)


def nodes_of(onnx: Foreign, plan: Plan) -> list[Foreign]:
    """Make the nodes."""
    make = onnx.helper.make_node
    nodes, flowing = [], "xs"
    if plan.chooses:
        nodes.append(make("Equal", ["lengths", "no_steps"], ["is_empty"]))
        nodes.append(make("Unsqueeze", ["is_empty", "of_units"], ["empty"]))
    if plan.embedding:
        nodes.append(make("Gather", ["embedding.W_e", "xs"], ["vectors"], axis=0))
        flowing = "vectors"
    for k, op in enumerate(plan.ops):
        nodes += _level(make, plan, k, op, flowing)
        flowing = f"output{k}"
    if plan.at == "last":
        nodes.append(make("Transpose", [f"h{len(plan.ops) - 1}_next"], ["ends"], perm=[1, 0, 2]))
        nodes.append(make("Reshape", ["ends", "side_by_side"], ["selected"]))
        flowing = "selected"
    if plan.at == "mean":
        nodes += _mean(make, plan, flowing)
        flowing = "selected"
    if plan.at:
        nodes.append(make("MatMul", [flowing, "readout.W_y"], ["product"]))
        nodes.append(make("Add", ["product", "readout.b_y"], ["y"]))
    else:
        nodes.append(make("Identity", [flowing], ["output"]))
    return nodes


def _mean(make: Foreign, plan: Plan, output: str) -> list[Foreign]:
    """Make the mean over the real steps; the padding after them does not count, since ONNX gives 0 there."""
    if not plan.divides:
        return [make("ReduceMean", [output], ["selected"], axes=[0], keepdims=0)]
    return [
        make("ReduceSum", [output, "over_time"], ["total"], keepdims=0),
        make("Cast", ["lengths"], ["counts"], to=1),  # 1: float32
        make("Max", ["counts", "one"], ["at_least_one"]),
        make("Unsqueeze", ["at_least_one", "of_units"], ["divisor"]),
        make("Div", ["total", "divisor"], ["selected"]),
    ]


def _level(make: Foreign, plan: Plan, k: int, op: str, flowing: str) -> list[Foreign]:
    """Make one recurrent node, and join its outputs, which are (T, directions, B, H).

    The last state of a sequence without steps is its initial state. ONNX leaves this open: ONNX Runtime 1.31 gives 0
    there, and 1.20 gives arbitrary memory for a vanilla RNN. So the graph selects it.
    """
    states = states_of(op)
    selected = plan.at == "last" and k == len(plan.ops) - 1
    ends = states if plan.state else states[:1] if selected else ()
    last = "last" if plan.chooses else "next"
    inputs = [flowing, f"W{k}", f"R{k}", f"B{k}", "lengths" if plan.lengths else ""]
    inputs += [f"{s}{k}" for s in states] if plan.state else []
    outputs = [f"Y{k}", *(f"{s}{k}_{last}" for s in ends)]
    options: dict[str, Any] = {"hidden_size": plan.hidden_sizes[k]}
    if plan.directions[k] == 2:
        options["direction"] = "bidirectional"
    if op == "GRU":
        options["linear_before_reset"] = 1
    nodes = [
        make(op, inputs, outputs, **options),
        make("Transpose", [f"Y{k}"], [f"turned{k}"], perm=[0, 2, 1, 3]),
        make("Reshape", [f"turned{k}", "joined"], [f"output{k}"]),
    ]
    for s in ends if plan.chooses else ():
        start = f"{s}{k}" if plan.state else "zero"
        nodes.append(make("Where", ["empty", start, f"{s}{k}_last"], [f"{s}{k}_next"]))
    return nodes
