"""Record what PyTorch's LSTM, RNN and GRU compute: lstm_helpers/data/recorded/*.npz (recorded with torch 2.13.0).

Only needed to make the files again: `python -m pip install torch`, then `python -m tools.record_pytorch`.
Everything is float64 and drawn from one seed. Each case holds the weights twice: as PyTorch names and lays them out,
and in this package's layout, which is PyTorch's transposed, with the two bias vectors added (but in the GRU, where they
stand on either side of the reset gate). The loss whose gradients are recorded is linear in the outputs, with random
weights u (`d_hs`) and v (`d_last`):

    L = Σ_t ⟨u_t, h_t⟩ + ⟨v_h, h_n⟩ + ⟨v_c, c_n⟩          (no c in the RNN and the GRU)
"""

from pathlib import Path

import numpy as np
import torch

FOLDER = Path(__file__).resolve().parents[1] / "lstm_helpers" / "data" / "recorded"
SEED = 1997

# name: T, B, D, H, whether the weights are large, lengths of the sequences (None: all T)
CASES = {
    "all_sizes_one": (1, 1, 1, 1, False, None),
    "one_step": (1, 3, 2, 4, False, None),
    "one_sequence": (7, 1, 3, 5, False, None),
    "one_input": (5, 2, 1, 3, False, None),
    "one_unit": (4, 3, 2, 1, False, None),
    "several_of_each": (6, 2, 3, 4, False, None),
    "longer": (30, 2, 2, 3, False, None),
    "saturated": (6, 2, 3, 4, True, None),
    "packed": (6, 4, 2, 3, False, (6, 1, 4, 3)),
}
# How much larger: a gradient through many saturated tanhs is not determined to 1e-12, so less in the RNN.
LARGE = {"lstm": 20.0, "rnn": 4.0, "gru": 20.0}


def main() -> None:
    """Write the three files."""
    rng = np.random.default_rng(SEED)
    for kind in ("lstm", "rnn", "gru"):  # in this order: each draws where the last one stopped
        arrays = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}"), "names": np.array(list(CASES))}
        for name, case in CASES.items():
            arrays |= {f"{name}/{field}": array for field, array in record(kind, rng, *case).items()}
        np.savez_compressed(FOLDER / f"{kind}.npz", **arrays)


def record(kind, rng, T, B, D, H, large, lengths):
    """Run one case and return its arrays by name; shapes as in lstm_helpers.data.recorded.Recording."""

    def sample(*shape):
        return torch.tensor(rng.normal(size=shape), requires_grad=True)

    layer = {"lstm": torch.nn.LSTM, "rnn": torch.nn.RNN, "gru": torch.nn.GRU}[kind](D, H, dtype=torch.float64)
    factor = LARGE[kind] if large else 1.0
    with torch.no_grad():
        for weight in layer.parameters():
            weight.copy_(torch.tensor(factor * rng.uniform(-1, 1, size=weight.shape) / np.sqrt(H)))
    fields = ("h", "c") if kind == "lstm" else ("h",)
    xs, start = sample(T, B, D), [sample(1, B, H) for _ in fields]
    mask = np.arange(T)[:, None] < np.array(lengths or [T] * B)
    hs, last = run(layer, xs, start, lengths)
    d_hs = rng.normal(size=(T, B, H)) * mask[:, :, None]  # what stands in the padding has no loss
    d_last = [rng.normal(size=(B, H)) for _ in fields]
    loss = (torch.tensor(d_hs) * hs).sum() + sum(
        (torch.tensor(d) * s[0]).sum() for d, s in zip(d_last, last, strict=True)
    )
    loss.backward()

    weights = {name: weight.detach().numpy() for name, weight in layer.named_parameters()}
    gradients = {name: weight.grad.numpy() for name, weight in layer.named_parameters()}
    arrays = {f"original.{name}": weight for name, weight in weights.items()}
    arrays |= {f"params.{name}": array for name, array in ours(kind, weights, np.add).items()}
    # Both biases receive the gradient of their sum, so either is the gradient of ours.
    arrays |= {f"gradients.params.{name}": array for name, array in ours(kind, gradients, lambda a, b: a).items()}
    arrays |= {"xs": xs.detach().numpy(), "mask": mask, "hs": hs.detach().numpy(), "d_hs": d_hs}
    arrays["gradients.xs"] = xs.grad.numpy()
    for k, field in enumerate(fields):
        arrays[f"start.{field}"] = start[k].detach().numpy()[0]
        arrays[f"last.{field}"] = last[k].detach().numpy()[0]
        arrays[f"d_last.{field}"] = d_last[k]
        arrays[f"gradients.start.{field}"] = start[k].grad.numpy()[0]
    return arrays


def run(layer, xs, start, lengths):
    """Return PyTorch's outputs (T, B, H), 0 in the padding, and its last states, each (1, B, H)."""
    state = tuple(start) if len(start) == 2 else start[0]
    if lengths is None:
        hs, last = layer(xs, state)
    else:
        packed = torch.nn.utils.rnn.pack_padded_sequence(xs, torch.tensor(lengths), enforce_sorted=False)
        packed_hs, last = layer(packed, state)
        hs, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_hs, total_length=len(xs))
    return hs, (last if isinstance(last, tuple) else (last,))


def ours(kind, tensors, join):
    """Lay PyTorch's weights, or their gradients, out as this package does."""
    weights = {"W_x": tensors["weight_ih_l0"].T.copy(), "W_h": tensors["weight_hh_l0"].T.copy()}
    if kind == "gru":
        return weights | {"b_x": tensors["bias_ih_l0"], "b_h": tensors["bias_hh_l0"]}
    return weights | {"b": join(tensors["bias_ih_l0"], tensors["bias_hh_l0"])}


if __name__ == "__main__":
    main()
