"""Record how PyTorch trains two small models: tests/recorded/training.npz (recorded with torch 2.13.0).

Only needed to make the file again: `python -m pip install torch`, then `python -m tools.record_training`.
Everything is float64 and drawn from one seed. PyTorch's LSTM has two bias vectors that always get the same gradient;
the second is held at 0 here, so that there is one, as in this package. The gradient is clipped by norm exactly,
g · limit / ‖g‖ where it is longer than the limit: torch.nn.utils.clip_grad_norm_ divides by ‖g‖ + 1e-6.
"""

from pathlib import Path

import numpy as np
import torch

FILE = Path(__file__).resolve().parents[1] / "tests" / "recorded" / "training.npz"
SEED, STEPS, BATCHES = 2014, 50, 5  # the batches come in turn
T, B, H, K = 6, 5, 4, 3
D, V, E = 3, 7, 3  # inputs of the first model; vocabulary and embedding of the second
OPTIMIZERS = {
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.05, momentum=0.9),
    "adam": lambda weights: torch.optim.Adam(weights, lr=0.02),
}
LIMITS = {"every": 0.5, "last": 0.3}


class Net(torch.nn.Module):
    """An LSTM and a linear readout: floats and mse at every step, or tokens and cross-entropy at the last real one."""

    def __init__(self, at):
        super().__init__()
        self.at = at
        self.embedding = torch.nn.Embedding(V, E) if at == "last" else None
        self.lstm = torch.nn.LSTM(E if at == "last" else D, H)
        self.readout = torch.nn.Linear(H, K)
        self.lstm.bias_hh_l0.requires_grad_(False)

    def loss(self, xs, targets, lengths):
        if self.at == "every":
            return torch.nn.functional.mse_loss(self.readout(self.lstm(xs)[0]), targets)
        packed = torch.nn.utils.rnn.pack_padded_sequence(self.embedding(xs), lengths, enforce_sorted=False)
        last = self.lstm(packed)[1][0][0]
        return torch.nn.functional.cross_entropy(self.readout(last), targets)

    def ours(self):
        """Give the weights in this package's layout, under the paths they have in model.Params."""
        named = {
            "layer.W_x": self.lstm.weight_ih_l0.T,
            "layer.W_h": self.lstm.weight_hh_l0.T,
            "layer.b": self.lstm.bias_ih_l0,
            "readout.W_y": self.readout.weight.T,
            "readout.b_y": self.readout.bias,
        }
        if self.embedding is not None:
            named["embedding.W_e"] = self.embedding.weight
        return {name: weight.detach().numpy().copy() for name, weight in named.items()}


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(SEED)
    torch.set_default_dtype(torch.float64)
    found = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}
    for at, limit in LIMITS.items():
        data = sample(rng, at)
        found |= {f"{at}/{name}": array for name, array in data.items()} | {f"{at}/limit": np.array(limit)}
        net = Net(at)
        with torch.no_grad():
            for weight in net.parameters():
                weight.copy_(torch.tensor(rng.uniform(-0.8, 0.8, size=tuple(weight.shape))))
            net.lstm.bias_hh_l0.zero_()
        found |= {f"{at}/start/{name}": array for name, array in net.ours().items()}
        weights = {name: weight.clone() for name, weight in net.state_dict().items()}
        for name, optimizer in OPTIMIZERS.items():
            net.load_state_dict(weights)
            found |= {f"{at}/{name}/{key}": array for key, array in train(net, optimizer, data, limit).items()}
    np.savez_compressed(FILE, **found)


def sample(rng, at):
    """Draw the batches, in front the axis that tells them apart."""
    if at == "every":
        return {"xs": rng.normal(size=(BATCHES, T, B, D)), "targets": rng.normal(size=(BATCHES, T, B, K))}
    lengths = rng.integers(1, T, size=(BATCHES, B), endpoint=True)
    lengths[:, 0] = T
    return {
        "xs": rng.integers(V, size=(BATCHES, T, B)),
        "targets": rng.integers(K, size=(BATCHES, B)),
        "mask": np.arange(T)[:, None] < lengths[:, None, :],
    }


def train(net, make, data, limit):
    """Take all steps; return losses, gradient norms before clipping, and the weights at the end."""
    weights = [weight for weight in net.parameters() if weight.requires_grad]
    optimizer, losses, norms = make(weights), [], []
    for step in range(STEPS):
        k = step % BATCHES
        lengths = torch.tensor(data["mask"][k].sum(axis=0)) if "mask" in data else None
        loss = net.loss(torch.tensor(data["xs"][k]), torch.tensor(data["targets"][k]), lengths)
        optimizer.zero_grad()
        loss.backward()
        norm = torch.sqrt(sum((weight.grad**2).sum() for weight in weights))
        if norm > limit:
            for weight in weights:
                weight.grad.mul_(limit / norm)
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm.item())
    return {"losses": np.array(losses), "norms": np.array(norms)} | {f"end/{n}": a for n, a in net.ours().items()}


if __name__ == "__main__":
    main()
