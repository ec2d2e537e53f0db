"""Results of other libraries, so that this package can be compared with independent code.

`lstm_cases`, `rnn_cases` and `gru_cases` come from PyTorch (float64, with gradients), `onnx_cases` from ONNX Runtime
(float32, without). The scripts that made them, with their seeds, are `tools/record_pytorch.py` and
`tools/record_onnx.py`.
The recorded gradients are those of a loss that is linear in the outputs, with fixed random weights u and v:

    L = Σ_t ⟨u_t, h_t⟩ + ⟨v_h, h_n⟩ + ⟨v_c, c_n⟩          (no c in the RNN and the GRU)
"""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Generic, NamedTuple, TypeVar

from lstm_helpers.arrays import Array, Params, State, Tree
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.data import shipped

ParamsT = TypeVar("ParamsT")
StateT = TypeVar("StateT")


class Gradients(NamedTuple, Generic[ParamsT, StateT]):
    """The gradients of L with respect to parameters, inputs and initial state."""

    params: ParamsT
    xs: Array  # (T, B, D)
    start: StateT  # each (B, H)


class Recording(NamedTuple, Generic[ParamsT, StateT]):
    """One run of another library's layer; all arrays are read-only."""

    name: str
    library: str  # its name and version
    original: Mapping[str, Array]  # the weights under that library's names and in its layout
    params: ParamsT  # the same weights in this package's layout
    xs: Array  # (T, B, D)
    mask: Array  # (T, B) bool: True where there is a step
    start: StateT  # each (B, H)
    hs: Array  # (T, B, H), 0 where the mask is False: both libraries pad with 0
    last: StateT  # each (B, H): after the last step of each sequence
    d_hs: Array | None  # (T, B, H): u, 0 in the padding; None if no gradient was recorded
    d_last: StateT | None  # v, each (B, H)
    gradients: Gradients[ParamsT, StateT] | None


def lstm_cases() -> tuple[Recording[lstm.Params, lstm.State], ...]:
    """Return the recordings of PyTorch's LSTM: nine cases in float64, among them sizes of 1 and saturation."""
    return _cases("lstm.npz", lstm)


def rnn_cases() -> tuple[Recording[rnn.Params, rnn.State], ...]:
    """Return the recordings of PyTorch's tanh RNN: the same nine sizes."""
    return _cases("rnn.npz", rnn)


def gru_cases() -> tuple[Recording[gru.Params, gru.State], ...]:
    """Return the recordings of PyTorch's GRU: the same nine sizes."""
    return _cases("gru.npz", gru)


def onnx_cases() -> tuple[Recording[lstm.Params, lstm.State], ...]:
    """Return the recordings of ONNX Runtime's LSTM: one case in float32, with two lengths and no gradients."""
    return _cases("onnx.npz", lstm)


def _cases(file_name: str, cell: ModuleType) -> tuple[Recording[Params, State], ...]:
    with shipped.named(f"recorded/{file_name}") as arrays:
        return tuple(_case(str(name), str(arrays["library"]), arrays, cell) for name in arrays["names"])


def _case(name: str, library: str, arrays: dict[str, Array], cell: ModuleType) -> Recording[Params, State]:
    found = {key.removeprefix(f"{name}/"): array for key, array in arrays.items() if key.startswith(f"{name}/")}

    def tree(kind: Tree, prefix: str) -> Tree:
        return kind(*(found[f"{prefix}.{field}"] for field in kind._fields))

    has_gradients = "gradients.xs" in found
    return Recording(
        name=name,
        library=library,
        original=MappingProxyType({k.removeprefix("original."): a for k, a in found.items() if "original." in k}),
        params=tree(cell.Params, "params"),
        xs=found["xs"],
        mask=found["mask"],
        start=tree(cell.State, "start"),
        hs=found["hs"],
        last=tree(cell.State, "last"),
        d_hs=found["d_hs"] if has_gradients else None,
        d_last=tree(cell.State, "d_last") if has_gradients else None,
        gradients=Gradients(
            tree(cell.Params, "gradients.params"), found["gradients.xs"], tree(cell.State, "gradients.start")
        )
        if has_gradients
        else None,
    )
