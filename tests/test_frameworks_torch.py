"""Layers as PyTorch modules: the same outputs and the same gradients, to the last bits; and all of it back."""

import re

import numpy as np
import pytest

from lstm_helpers import frameworks
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.frameworks import layouts
from lstm_helpers.gradcheck import relative_error
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent, Stacked
from tests.test_frameworks import equal

pytestmark = pytest.mark.needs("torch")

LAYERS = [
    *(Recurrent(kind.cell) for kind in layouts.KINDS),
    *(Stacked(Recurrent(kind.cell), Recurrent(kind.cell)) for kind in layouts.KINDS),
    *(Bidirectional(kind.cell) for kind in layouts.KINDS),
    Stacked(Bidirectional(lstm), Bidirectional(lstm)),
    Stacked(Recurrent(lstm), Dropout(0.3), Recurrent(lstm), Dropout(0.3), Recurrent(lstm)),
]
each_layer = pytest.mark.parametrize("layer", LAYERS, ids=repr)
SIZES = [(1, 1, 1, 1), (7, 3, 2, 5), (30, 2, 4, 4)]  # T, B, D, H


@pytest.fixture
def torch():
    return frameworks.need("torch")


def case(layer, T, B, D, H, dtype=np.float64):
    """Weights, inputs, a starting state, and the weights of a loss."""
    rng = np.random.default_rng([3, T, B, D, H])

    def like(tree):
        return tree_map(lambda a: rng.normal(size=a.shape).astype(dtype) / np.sqrt(H).astype(dtype), tree)

    params = like(layer.init(rng, D, H, dtype=dtype))
    xs = rng.normal(size=(T, B, D)).astype(dtype)
    state = like(layer.forward(params, xs).state)
    return params, xs, state, like(np.zeros((T, B, layer.output_size(D, H)))), like(state)


def stacked(torch, state):
    """Our states as PyTorch's: (layers and directions, B, H) for h, and for c."""
    found = list(leaves(state))
    fields = [[leaf for path, leaf in found if path[-1] == name] for name in "hc"]
    tensors = [torch.tensor(np.stack(field), requires_grad=True) for field in fields if field]
    return tuple(tensors) if len(tensors) == 2 else tensors[0]


def gradients(module):
    """The gradients of a module's weights as our params: both biases receive the same one where we have one bias."""
    sizes = module.input_size, module.hidden_size, module.num_layers
    twin = type(module)(*sizes, bidirectional=module.bidirectional, dtype=module.weight_ih_l0.dtype)
    with frameworks.need("torch").no_grad():
        for name, weight in module.named_parameters():
            summed = name.startswith("bias_hh") and "GRU" not in module.mode
            twin.get_parameter(name).copy_(0 * weight.grad if summed else weight.grad)
    return [leaf for _, leaf in leaves(frameworks.from_torch(twin).params)]


@each_layer
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_outputs_states_and_gradients_are_pytorchs(torch, layer, size):
    params, xs, state, d_output, d_state = case(layer, *size)
    module = frameworks.to_torch(layer, params).eval()  # PyTorch sends gradients through a module that drops nothing
    inputs, start = torch.tensor(xs, requires_grad=True), stacked(torch, state)
    output, last = module(inputs, start)
    trace = layer.forward(params, xs, state)
    pairs = zip(_tuple(last), _tuple(stacked(torch, trace.state)), strict=True)
    assert relative_error(output.detach().numpy(), trace.output) <= 1e-12
    assert all(relative_error(a.detach().numpy(), b.detach().numpy()) <= 1e-12 for a, b in pairs)

    v = _tuple(stacked(torch, d_state))
    loss = (output * torch.tensor(d_output)).sum() + sum(
        (a * b.detach()).sum() for a, b in zip(_tuple(last), v, strict=True)
    )
    loss.backward()
    back = layer.backward(params, trace, d_output, d_state)
    assert relative_error(inputs.grad.numpy(), back.xs) <= 1e-12
    ours = [leaf for _, leaf in leaves(back.params)]
    assert all(relative_error(a, b) <= 1e-12 for a, b in zip(gradients(module), ours, strict=True))
    starts = zip(_tuple(start), _tuple(stacked(torch, back.state)), strict=True)
    assert all(relative_error(a.grad.numpy(), b.detach().numpy()) <= 1e-12 for a, b in starts)


def _tuple(state):
    return state if isinstance(state, tuple) else (state,)


@each_layer
def test_float32_stays_float32_and_agrees(torch, layer):
    params, xs, state, _, _ = case(layer, 20, 3, 4, 8, np.float32)
    output, _ = frameworks.to_torch(layer, params).eval()(torch.tensor(xs), stacked(torch, state))
    assert output.dtype == torch.float32
    assert np.abs(output.detach().numpy() - layer.forward(params, xs, state).output).max() <= 1e-6


@each_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_round_trip_changes_no_bit(torch, layer, dtype):
    params = case(layer, 2, 1, 3, 5, dtype)[0]
    module = frameworks.to_torch(layer, params)
    again, weights = frameworks.from_torch(module)
    assert again == layer and equal(weights, params)
    with torch.no_grad():
        module.weight_hh_l0.add_(1)
    assert equal(weights, params), "memory is shared with the module"


@pytest.mark.parametrize("kind", layouts.KINDS, ids=lambda kind: kind.classes["torch"])
def test_a_module_of_pytorchs_own_is_read(torch, kind):
    torch.manual_seed(0)
    module = getattr(torch.nn, kind.classes["torch"])(
        3, 5, num_layers=2, dropout=0.25, batch_first=True, bidirectional=True
    ).eval()
    layer, params = frameworks.from_torch(module)
    assert layer == Stacked(Bidirectional(kind.cell), Dropout(0.25), Bidirectional(kind.cell))
    xs = np.random.default_rng(0).normal(size=(6, 2, 3)).astype(np.float32)
    output = module(torch.tensor(xs.swapaxes(0, 1).copy()))[0].detach().numpy()
    assert np.abs(output.swapaxes(0, 1) - layer.forward(params, xs).output).max() <= 1e-6


def test_batch_first_is_about_sequences_and_not_about_states(torch):
    layer = Stacked(Recurrent(lstm), Recurrent(lstm))
    params, xs, *_ = case(layer, 7, 3, 2, 5)
    module = frameworks.to_torch(layer, params, batch_first=True)
    output, (h_n, c_n) = module(torch.tensor(xs.swapaxes(0, 1).copy()))
    assert output.shape == (3, 7, 5) and h_n.shape == c_n.shape == (2, 3, 5)
    trace = layer.forward(params, xs)
    assert relative_error(output.detach().numpy().swapaxes(0, 1), trace.output) <= 1e-12
    assert relative_error(c_n.detach().numpy(), np.stack([state.c for state in trace.state])) <= 1e-12


@pytest.mark.parametrize("layer", [Recurrent(lstm), Bidirectional(lstm), Recurrent(gru)], ids=repr)
def test_a_packed_sequence_is_our_mask_with_zeros_in_the_padding(torch, layer):
    params, xs, *_ = case(layer, 7, 4, 2, 5)
    lengths = [7, 1, 4, 6]
    mask = np.arange(7)[:, None] < lengths
    pack = torch.nn.utils.rnn.pack_padded_sequence(torch.tensor(xs), torch.tensor(lengths), enforce_sorted=False)
    packed, last = frameworks.to_torch(layer, params)(pack)
    output = torch.nn.utils.rnn.pad_packed_sequence(packed)[0].detach().numpy()
    trace = layer.forward(params, xs, mask=mask)
    assert relative_error(output, np.where(mask[:, :, None], trace.output, 0)) <= 1e-12
    pairs = zip(_tuple(last), _tuple(stacked(torch, trace.state)), strict=True)
    assert all(relative_error(a.detach().numpy(), b.detach().numpy()) <= 1e-12 for a, b in pairs)


def test_dropout_between_layers_has_the_same_rate_and_is_off_in_evaluation(torch):
    layer = Stacked(Recurrent(lstm), Dropout(0.5), Recurrent(lstm))
    params, xs, *_ = case(layer, 5, 2, 3, 4)
    module = frameworks.to_torch(layer, params)
    assert module.dropout == 0.5 and module.training
    inputs = torch.tensor(xs)
    torch.manual_seed(0)
    assert not torch.equal(module(inputs)[0], module.eval()(inputs)[0])


def test_pytorchs_random_numbers_are_left_alone(torch):
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    frameworks.to_torch(Recurrent(lstm), lstm.init(np.random.default_rng(0), 3, 4))
    assert torch.equal(torch.rand(3), expected)


LSTM_PARAMS = lstm.init(np.random.default_rng(0), 3, 4)


@pytest.mark.parametrize(
    ("layer", "params", "message"),
    [
        (
            Recurrent(lstm, recurrent_dropout=0.2),
            LSTM_PARAMS,
            "recurrent_dropout=0.2, which PyTorch's modules do not have",
        ),
        (Stacked(Dropout(0.2), Recurrent(lstm)), ((), LSTM_PARAMS), "below its first or above its last"),
        (Stacked(Recurrent(lstm), Dropout(0.2)), (LSTM_PARAMS, ()), "below its first or above its last"),
        (Stacked(Recurrent(lstm), Recurrent(rnn)), None, "cells of several kinds or sizes"),
        (Stacked(Recurrent(gru), Bidirectional(gru)), None, "cells of several kinds or sizes"),
        (
            Stacked(Recurrent(lstm), Recurrent(lstm)),
            (LSTM_PARAMS, lstm.init(np.random.default_rng(0), 4, 5)),
            "cells of several kinds or sizes",
        ),
        (
            Stacked(*[Recurrent(lstm), Dropout(0.1)] * 2, Recurrent(lstm), Dropout(0.2), Recurrent(lstm)),
            None,
            "0.1, 0.2",
        ),
    ],
)
def test_layers_that_no_torch_module_represents_are_refused(torch, layer, params, message):
    params = layer.init(np.random.default_rng(0), 3, 4) if params is None else params
    with pytest.raises(ValueError, match=re.escape(message)):
        frameworks.to_torch(layer, params)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda nn: nn.LSTM(3, 4, proj_size=2), "proj_size=2"),
        (lambda nn: nn.LSTM(3, 4, bias=False), "bias=False, which is not supported"),
        (lambda nn: nn.RNN(3, 4, nonlinearity="relu"), "torch.nn.RNN, nonlinearity='relu'; expected torch.nn.LSTM"),
        (
            lambda nn: nn.Linear(3, 4),
            "module is torch.nn.Linear; expected torch.nn.LSTM or torch.nn.RNN or torch.nn.GRU, with tanh",
        ),
        (lambda nn: nn.LSTMCell(3, 4), "module is torch.nn.LSTMCell"),
        (lambda nn: nn.LSTM(3, 4).state_dict(), "a state_dict does not name its module"),
        (lambda nn: nn.LSTM(3, 4).state_dict(), "module is an OrderedDict; expected torch.nn.LSTM"),
        (lambda nn: nn.Sequential(nn.Embedding(3, 3), nn.LSTM(3, 4)), "pass the part module.1"),
        (lambda nn: nn.LSTM(3, 4).half(), "dtype torch.float16; expected float32 or float64: try module.float()"),
        (lambda nn: "model.pt", "module is a str; expected"),
        (lambda nn: "model.pt", "with tanh: load the file with PyTorch first"),
    ],
)
def test_unsupported_options_are_refused(torch, make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        frameworks.from_torch(make(torch.nn))
