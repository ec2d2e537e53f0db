"""The contenders: for each, a function that makes one run of a case. All do the same work.

``forward`` gives all outputs h; ``both`` also the gradients of weights, inputs and starting state for a given ∂L/∂h;
``step`` is a training step: LSTM, linear readout at every step, mean squared error, all gradients, Adam. All but JAX
run any layer that they have, from the same weights. A layer that no other library has is compared with our own LSTM.

Sequence-to-sequence models are not measured, only their parts: layers and attention. No library here has such a model
to compare with.
"""

import importlib.util
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.cases import LSTM, OUTPUT_SIZE, Case
from lstm_helpers import frameworks, losses, through_time
from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.layers import Layer, Recurrent
from lstm_helpers.model import Batch, Model
from lstm_helpers.seq2seq.attention import Additive, ScaledDot
from lstm_helpers.training import adam

Run = Callable[[], Any]
OURS = "lstm_helpers"
TWO_THREADS = "PyTorch, 2 threads"
OUR_LSTM = "our LSTM"  # beside other layers: one LSTM of the same size
OUR_LSTM_TO_READ = "our LSTM, through_time"
OUR_DOT = "our ScaledDot"  # beside the other attention
_OWN_LSTMS: dict[str, Layer] = {
    "through_time": Recurrent(lstm, through_time),
    OUR_LSTM: LSTM,
    OUR_LSTM_TO_READ: Recurrent(lstm, through_time),
}

# For JAX, which reads it once: the same one thread for all. Threads of PyTorch that wait should not hold a core.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")


def names(kind: str, dtype: str) -> list[str]:
    """List the contenders that can run the LSTM here, ours first."""
    found = [OURS, "through_time"]
    if _installed("torch"):
        found += ["PyTorch", TWO_THREADS]
    if kind == "forward" and dtype == "float32" and _installed("onnxruntime") and _installed("onnx"):
        found.append("ONNX Runtime")
    if _installed("jax"):
        found.append("JAX, jit")
    return found


def rivals(layer: Layer, kind: str, dtype: str) -> list[str]:
    """List the other libraries that have a layer and can run it here."""
    found = []
    if _installed("torch") and _converts(frameworks.to_torch, layer):
        found.append("PyTorch")
    if "ONNX Runtime" in names(kind, dtype) and _converts(frameworks.to_onnx, layer):
        found.append("ONNX Runtime")
    return found


def make(name: str, kind: str, case: Case, dtype: str, layer: Layer = LSTM) -> Run:
    """Make the function that does one run."""
    if name == OURS or name in _OWN_LSTMS:
        return _ours(_OWN_LSTMS.get(name, layer), kind, case, dtype)
    if name.startswith("PyTorch"):
        return _torch(2 if name == TWO_THREADS else 1, layer, kind, case, dtype)
    return _onnxruntime(layer, case) if name == "ONNX Runtime" else _jax(kind, case, dtype)


def attention(how: Additive | ScaledDot, case: Case, dtype: str) -> dict[str, Run]:
    """Make the functions for attention: T queries of size H attend to T keys of size D in a space of size H.

    Forward, and backward to weights, queries and keys. PyTorch has the scaled dot-product alone, with W_q and W_k
    multiplied before it as here.
    """
    rng = np.random.default_rng(0)
    params = how.init(rng, case.H, case.D, case.H, dtype=dtype)
    drawn = [rng.normal(size=(case.T, case.B, size)).astype(dtype) for size in (case.H, case.D, case.D)]
    queries, keys, d_context = drawn
    calls: dict[str, Run] = {OURS: lambda: how.backward(params, how.forward(params, queries, keys), d_context)}
    if not isinstance(how, ScaledDot):
        calls[OUR_DOT] = attention(ScaledDot(), case, dtype)[OURS]
    elif _installed("torch"):
        calls["PyTorch"] = _torch_attention(params, *drawn)
    return calls


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _converts(convert: Callable[[Any, Any], Any], layer: Layer) -> bool:
    try:
        convert(layer, layer.init(np.random.default_rng(0), 2, 2))
    except ValueError:  # the library has no such layer
        return False
    return True


def _random_inputs(layer: Layer, case: Case, dtype: str) -> tuple[Any, Array, Array, Array]:
    """Draw weights, inputs, ∂L/∂output, and targets: the same for all contenders."""
    params = layer.init(np.random.default_rng(1), case.D, case.H, dtype=dtype)
    rng = np.random.default_rng(0)
    sizes = (case.D, layer.output_size(case.D, case.H), OUTPUT_SIZE)
    xs, d_output, targets = (rng.normal(size=(case.T, case.B, size)).astype(dtype) for size in sizes)
    return params, xs, d_output, targets


def _ours(layer: Layer, kind: str, case: Case, dtype: str) -> Run:
    params, xs, d_output, targets = _random_inputs(layer, case, dtype)
    if kind == "forward":
        return lambda: layer.forward(params, xs)
    if kind == "both":
        return lambda: layer.backward(params, layer.forward(params, xs), d_output)
    model, optimizer = Model(layer), adam()
    start = model.init(np.random.default_rng(1), case.D, case.H, OUTPUT_SIZE, dtype=dtype)
    now = [start, optimizer.init(start)]

    def step() -> None:
        grads = model.loss_and_grads(now[0], Batch(xs, targets), losses.mse).grads
        now[:] = optimizer.update(grads, now[1], now[0])

    return step


def _torch(threads: int, layer: Layer, kind: str, case: Case, dtype: str) -> Run:
    import torch

    params, *drawn = _random_inputs(layer, case, dtype)
    xs, d_output, targets = map(torch.tensor, drawn)
    net = frameworks.to_torch(layer, params)
    linear = torch.nn.Linear(d_output.shape[2], OUTPUT_SIZE, dtype=xs.dtype)
    optimizer = torch.optim.Adam([*net.parameters(), *linear.parameters()], lr=0.001)
    size = (net.num_layers * (1 + net.bidirectional), case.B, case.H)
    h, c = (torch.zeros(size, dtype=xs.dtype, requires_grad=kind == "both") for _ in range(2))
    start = (h, c) if isinstance(net, torch.nn.LSTM) else h
    if kind == "both":
        xs.requires_grad_()

    torch.set_num_threads(threads)  # for the whole process, so other numbers of threads are measured separately

    def forward() -> Any:
        with torch.inference_mode():
            return net(xs, start)[0]

    def both() -> Any:
        net.zero_grad(set_to_none=True)
        xs.grad = h.grad = c.grad = None
        net(xs, start)[0].backward(d_output)
        return net, xs, h, c  # which have the gradients now

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(linear(net(xs)[0]), targets).backward()
        optimizer.step()

    return {"forward": forward, "both": both, "step": step}[kind]


def _torch_attention(params: Any, *drawn: Array) -> Run:
    import torch

    W_q, W_k = map(torch.tensor, params)
    queries, keys, d_context = (torch.tensor(array.swapaxes(0, 1).copy()) for array in drawn)  # its order: (B, T, ·)
    learned = [tensor.requires_grad_() for tensor in (W_q, W_k, queries, keys)]
    torch.set_num_threads(1)

    def both() -> Any:
        for tensor in learned:
            tensor.grad = None
        torch.nn.functional.scaled_dot_product_attention(queries @ W_q, keys @ W_k, keys).backward(d_context)
        return learned

    return both


def _onnxruntime(layer: Layer, case: Case) -> Run:
    import onnx
    import onnxruntime

    params, xs, _, _ = _random_inputs(layer, case, "float32")
    file = frameworks.to_onnx(layer, params)
    if isinstance(layer, Recurrent):  # its node is all there is to do: what follows would only bring h into our shape
        graph = file.graph
        output = onnx.helper.make_tensor_value_info(graph.node[0].output[0], onnx.TensorProto.FLOAT, None)
        node, weights = graph.node[0], [one for one in graph.initializer if one.name in graph.node[0].input]
        file.graph.CopyFrom(onnx.helper.make_graph([node], "one", graph.input, [output], weights))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"xs": xs})


def _jax(kind: str, case: Case, dtype: str) -> Run:
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    xs, d_hs, targets = map(jnp.asarray, _random_inputs(LSTM, case, dtype)[1:])
    model = Model(LSTM)
    params = model.init(np.random.default_rng(1), case.D, case.H, OUTPUT_SIZE, dtype=dtype)
    params = jax.tree.map(jnp.asarray, params)
    zeros = jnp.zeros((case.B, case.H), dtype)

    def hidden(cell: Any, xs: Any, start: Any) -> Any:
        z_xs = xs @ cell.W_x + cell.b  # for all steps at once: what its users do

        def one(state: Any, z_x: Any) -> Any:
            z_i, z_f, z_g, z_o = jnp.split(z_x + state[0] @ cell.W_h, 4, axis=1)
            c = jax.nn.sigmoid(z_f) * state[1] + jax.nn.sigmoid(z_i) * jnp.tanh(z_g)
            h = jax.nn.sigmoid(z_o) * jnp.tanh(c)
            return (h, c), h

        return jax.lax.scan(one, start, z_xs)[1]

    def both(cell: Any, xs: Any, start: Any, d_hs: Any) -> Any:
        hs, back = jax.vjp(hidden, cell, xs, start)
        return hs, back(d_hs)

    def loss(params: Any) -> Any:
        y = hidden(params.layer, xs, (zeros, zeros)) @ params.readout.W_y + params.readout.b_y
        return jnp.mean((y - targets) ** 2)

    def step(params: Any, mean: Any, square: Any, n: Any) -> Any:
        grads = jax.grad(loss)(params)
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, grads)
        square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, grads)
        m_scale, v_scale = 1 / (1 - 0.9**n), 1 / (1 - 0.999**n)
        new = jax.tree.map(
            lambda w, m, v: (w - 0.001 * m * m_scale / (jnp.sqrt(v * v_scale) + 1e-8)).astype(w.dtype),
            params, mean, square,
        )  # fmt: skip
        return new, mean, square

    if kind == "forward":
        run = jax.jit(hidden)
        return lambda: run(params.layer, xs, (zeros, zeros)).block_until_ready()
    if kind == "both":
        run = jax.jit(both)
        return lambda: jax.block_until_ready(run(params.layer, xs, (zeros, zeros), d_hs))
    run, empty = jax.jit(step), jax.tree.map(jnp.zeros_like, params)
    now = [params, empty, empty, 1]

    def train() -> None:
        now[:3] = jax.block_until_ready(run(*now[:3], float(now[3])))
        now[3] += 1

    return train
