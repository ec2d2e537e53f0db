"""Record what PyTorch's stacked and bidirectional layers compute: tests/recorded/wirings.npz (torch 2.13.0).

Only needed to make the file again: `python -m pip install torch`, then `python -m tools.record_wirings`.
Everything is float64 and drawn from one seed. Weights are stored as PyTorch names and lays them out; the loss whose
gradients are recorded is that of tools/record_pytorch.py, over all layers' and directions' last states.
"""

from pathlib import Path

import numpy as np
import torch

FILE = Path(__file__).resolve().parents[1] / "tests" / "recorded" / "wirings.npz"
SEED = 2005
T, B, D, H = 6, 4, 3, 2
KINDS = {"lstm": torch.nn.LSTM, "rnn": torch.nn.RNN, "gru": torch.nn.GRU}
LENGTHS = {"full": (6, 6, 6, 6), "packed": (3, 6, 1, 4)}  # not sorted


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(SEED)
    arrays = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}
    names = []
    for kind in KINDS:
        for layers, both_ways in ((2, False), (1, True), (2, True), (3, True)) if kind == "lstm" else ((2, True),):
            for lengths in LENGTHS:
                names.append(f"{kind}-{layers}-{'both' if both_ways else 'one'}-{lengths}")
                case = record(rng, kind, layers, both_ways, LENGTHS[lengths])
                arrays |= {f"{names[-1]}/{field}": array for field, array in case.items()}
    np.savez_compressed(FILE, names=np.array(names), **arrays)


def record(rng, kind, layers, both_ways, lengths):
    """Run one case and return its arrays by name."""

    def sample(*shape):
        return torch.tensor(rng.normal(size=shape), requires_grad=True)

    network = KINDS[kind](D, H, num_layers=layers, bidirectional=both_ways, dtype=torch.float64)
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(torch.tensor(rng.uniform(-1, 1, size=weight.shape) / np.sqrt(H)))
    directions = 2 if both_ways else 1
    fields = ("h", "c") if kind == "lstm" else ("h",)
    xs, start = sample(T, B, D), [sample(layers * directions, B, H) for _ in fields]
    packed = torch.nn.utils.rnn.pack_padded_sequence(xs, torch.tensor(lengths), enforce_sorted=False)
    packed_hs, last = network(packed, tuple(start) if len(start) == 2 else start[0])
    hs, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_hs, total_length=T)
    last = last if isinstance(last, tuple) else (last,)
    mask = np.arange(T)[:, None] < np.array(lengths)
    d_hs = rng.normal(size=hs.shape) * mask[:, :, None]
    d_last = [rng.normal(size=s.shape) for s in last]
    loss = (torch.tensor(d_hs) * hs).sum() + sum((torch.tensor(d) * s).sum() for d, s in zip(d_last, last, strict=True))
    loss.backward()

    arrays = {"xs": xs.detach().numpy(), "mask": mask, "hs": hs.detach().numpy(), "d_hs": d_hs}
    arrays["gradients.xs"] = xs.grad.numpy()
    for name, weight in network.named_parameters():
        arrays[f"original.{name}"], arrays[f"gradients.original.{name}"] = weight.detach().numpy(), weight.grad.numpy()
    for k, field in enumerate(fields):
        arrays |= {f"start.{field}": start[k].detach().numpy(), f"gradients.start.{field}": start[k].grad.numpy()}
        arrays |= {f"last.{field}": last[k].detach().numpy(), f"d_last.{field}": d_last[k]}
    return arrays


if __name__ == "__main__":
    main()
