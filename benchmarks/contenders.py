"""Who is measured: for each, how to make a function that does one run of a case. The same work is asked of all.

``forward`` gives all outputs h; ``both`` also the gradients of weights, inputs and starting state for a given ∂L/∂h;
``step`` is a training step: LSTM, linear readout at every step, mean squared error, all gradients, Adam.
"""

import importlib.util
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.cases import OUTPUT_SIZE, Case
from lstm_helpers import fused, readout, through_time
from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Batch, Model
from lstm_helpers.training import adam

Run = Callable[[], Any]
OURS = "lstm_helpers"
TWO_THREADS = "PyTorch, 2 threads"

# For JAX, which reads it once: the same one thread for all. Threads of PyTorch that wait should not hold a core.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")


def names(kind: str, dtype: str) -> list[str]:
    """List those who can run a kind of case here, ours first."""
    found = [OURS, "through_time"]
    if _installed("torch"):
        found += ["PyTorch", TWO_THREADS]
    if kind == "forward" and dtype == "float32" and _installed("onnxruntime") and _installed("onnx"):
        found.append("ONNX Runtime")
    if _installed("jax"):
        found.append("JAX, jit")
    return found


def make(name: str, kind: str, case: Case, dtype: str) -> Run:
    """Make the function that does one run."""
    if name in (OURS, "through_time"):
        return _ours(fused if name == OURS else through_time, kind, case, dtype)
    if name.startswith("PyTorch"):
        return _torch(2 if name == TWO_THREADS else 1, kind, case, dtype)
    return _onnxruntime(case) if name == "ONNX Runtime" else _jax(kind, case, dtype)


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _draw(case: Case, dtype: str) -> tuple[Array, Array, Array]:
    """Draw inputs, ∂L/∂h, and targets."""
    rng = np.random.default_rng(0)
    sizes = (case.D, case.H, OUTPUT_SIZE)
    xs, d_hs, targets = (rng.normal(size=(case.T, case.B, size)).astype(dtype) for size in sizes)
    return xs, d_hs, targets


def _ours(engine: ModuleType, kind: str, case: Case, dtype: str) -> Run:
    xs, d_hs, targets = _draw(case, dtype)
    params = lstm.init(np.random.default_rng(1), case.D, case.H, dtype=dtype)
    if kind == "forward":
        return lambda: engine.unroll(lstm, params, xs)
    if kind == "both":
        return lambda: engine.backpropagate(lstm, params, engine.unroll(lstm, params, xs), d_hs)
    model, optimizer = Model(Recurrent(lstm, engine)), adam()
    start = model.init(np.random.default_rng(1), case.D, case.H, OUTPUT_SIZE, dtype=dtype)
    now = [start, optimizer.init(start)]

    def step() -> None:
        grads = model.loss_and_grads(now[0], Batch(xs, targets), readout.mse).grads
        now[:] = optimizer.update(grads, now[1], now[0])

    return step


def _torch(threads: int, kind: str, case: Case, dtype: str) -> Run:
    import torch

    xs, d_hs, targets = (torch.tensor(array) for array in _draw(case, dtype))
    net = torch.nn.LSTM(case.D, case.H, dtype=xs.dtype)
    linear = torch.nn.Linear(case.H, OUTPUT_SIZE, dtype=xs.dtype)
    optimizer = torch.optim.Adam([*net.parameters(), *linear.parameters()], lr=0.001)
    h, c = (torch.zeros(1, case.B, case.H, dtype=xs.dtype, requires_grad=kind == "both") for _ in range(2))
    if kind == "both":
        xs.requires_grad_()

    torch.set_num_threads(threads)  # for the whole process: whoever has another number is measured apart

    def forward() -> None:
        with torch.inference_mode():
            net(xs, (h, c))

    def both() -> None:
        net.zero_grad(set_to_none=True)
        xs.grad = h.grad = c.grad = None
        net(xs, (h, c))[0].backward(d_hs)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(linear(net(xs)[0]), targets).backward()
        optimizer.step()

    return {"forward": forward, "both": both, "step": step}[kind]


def _onnxruntime(case: Case) -> Run:
    import onnxruntime
    from onnx import TensorProto, helper

    xs, _, _ = _draw(case, "float32")
    rng = np.random.default_rng(1)
    sizes = {"W": (1, 4 * case.H, case.D), "R": (1, 4 * case.H, case.H), "b": (1, 8 * case.H)}
    weights = [
        helper.make_tensor(name, TensorProto.FLOAT, shape, rng.normal(scale=0.1, size=shape).astype(np.float32).ravel())
        for name, shape in sizes.items()
    ]
    node = helper.make_node("LSTM", ["x", "W", "R", "b"], ["y"], hidden_size=case.H)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, xs.shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, (case.T, 1, case.B, case.H))
    graph = helper.make_graph([node], "lstm", [x], [y], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": xs})


def _jax(kind: str, case: Case, dtype: str) -> Run:
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    xs, d_hs, targets = map(jnp.asarray, _draw(case, dtype))
    model = Model(Recurrent(lstm))
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
