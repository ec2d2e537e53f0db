"""Layers as Keras layers: the same outputs, states and masks in float32; and all of it back."""

import re

import numpy as np
import pytest

from lstm_helpers import frameworks
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.frameworks import layouts
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent, Stacked
from tests.test_frameworks import equal

pytestmark = [
    pytest.mark.needs("keras"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),  # its own
]

LAYERS = [
    *(Recurrent(kind.cell) for kind in layouts.KINDS),
    *(Bidirectional(kind.cell) for kind in layouts.KINDS),
    Stacked(Recurrent(lstm), Bidirectional(rnn), Recurrent(gru)),
    Stacked(Dropout(0.1), Recurrent(lstm), Dropout(0.2), Recurrent(lstm, recurrent_dropout=0.3), Dropout(0.4)),
]
each_layer = pytest.mark.parametrize("layer", LAYERS, ids=repr)


@pytest.fixture
def keras():
    return frameworks.need("keras")


def numbers(value):
    return frameworks.need("keras").ops.convert_to_numpy(value)


def case(layer, T=9, B=3, D=4, H=5, dtype=np.float32):
    rng = np.random.default_rng([4, T, B, D, H])
    params = layer.init(rng, D, H, dtype=dtype)
    params = tree_map(lambda a: (rng.normal(size=a.shape) / np.sqrt(H)).astype(dtype), params)
    return params, rng.normal(size=(T, B, D)).astype(dtype)


@each_layer
def test_outputs_are_kerass(keras, layer):
    params, xs = case(layer)
    output = numbers(frameworks.to_keras(layer, params)(xs.swapaxes(0, 1)))
    assert output.dtype == np.float32
    assert np.abs(output.swapaxes(0, 1) - layer.forward(params, xs).output).max() <= 1e-6


@pytest.mark.parametrize("kind", ["right", "left", "holes"])
@pytest.mark.parametrize("layer", [Recurrent(lstm), Recurrent(rnn), Recurrent(gru), Bidirectional(lstm)], ids=repr)
def test_a_mask_means_the_same_wherever_it_is_false(keras, layer, kind):
    params, xs = case(layer)
    mask = np.arange(9)[:, None] < np.array([9, 1, 4])
    mask = {"right": mask, "left": mask[::-1].copy(), "holes": np.random.default_rng(0).random((9, 3)) < 0.5}[kind]
    output, *last = frameworks.to_keras(layer, params, return_state=True)(xs.swapaxes(0, 1), mask=mask.T)
    trace = layer.forward(params, xs, mask=mask)
    zeros = isinstance(layer, Bidirectional)  # Keras repeats the last output as we do, but 0 in its Bidirectional
    right = np.where(mask[:, :, None], trace.output, 0) if zeros else trace.output
    assert np.abs(numbers(output).swapaxes(0, 1) - right).max() <= 1e-6
    expected = [leaf for _, leaf in leaves(trace.state)]
    assert all(np.abs(numbers(a) - b).max() <= 1e-6 for a, b in zip(last, expected, strict=True))


@each_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_round_trip_changes_no_bit(keras, layer, dtype):
    params, _ = case(layer, dtype=dtype)
    layers = frameworks.to_keras(layer, params)
    again, weights = frameworks.from_keras(layers)
    assert again == layer and equal(weights, params)


def test_layers_of_kerass_own_are_read(keras):
    keras.utils.set_random_seed(0)
    layers = keras.Sequential(
        [
            keras.Input((None, 4)),
            keras.layers.LSTM(5, return_sequences=True),
            keras.layers.Dropout(0.2),
            keras.layers.SimpleRNN(6, return_sequences=True),
            keras.layers.Bidirectional(keras.layers.GRU(3, return_sequences=True)),
        ]
    )
    layer, params = frameworks.from_keras(layers)
    assert layer == Stacked(Recurrent(lstm), Dropout(0.2), Recurrent(rnn), Bidirectional(gru))
    xs = np.random.default_rng(0).normal(size=(7, 2, 4)).astype(np.float32)
    output = numbers(layers(xs.swapaxes(0, 1)))
    assert np.abs(output.swapaxes(0, 1) - layer.forward(params, xs).output).max() <= 1e-6


def test_options_go_to_kerass_layer(keras):
    params, xs = case(Recurrent(lstm))
    last = frameworks.to_keras(Recurrent(lstm), params, return_sequences=False)(xs.swapaxes(0, 1))
    assert np.abs(numbers(last) - Recurrent(lstm).forward(params, xs).state.h).max() <= 1e-6
    assert frameworks.to_keras(Recurrent(lstm), params, name="reader").name == "reader"


STATEFUL = [Recurrent(kind.cell) for kind in layouts.KINDS] + [Stacked(Recurrent(lstm), Recurrent(gru))]


@pytest.mark.parametrize("layer", STATEFUL, ids=repr)
def test_stateful_is_to_hand_the_last_state_to_the_next_call(keras, layer):
    params, xs = case(layer)
    layers = frameworks.to_keras(layer, params, batch_size=3, stateful=True)
    chunks = [numbers(layers(chunk.swapaxes(0, 1))).swapaxes(0, 1) for chunk in (xs[:4], xs[4:5], xs[5:])]
    assert np.abs(np.concatenate(chunks) - layer.forward(params, xs).output).max() <= 1e-6
    for one in getattr(layers, "layers", [layers]):
        one.reset_state()
    assert np.array_equal(numbers(layers(xs[:4].swapaxes(0, 1))).swapaxes(0, 1), chunks[0])
    again, weights = frameworks.from_keras(layers)
    assert again == layer and equal(weights, params)


def test_a_state_to_be_kept_needs_a_size(keras):
    params, _ = case(Recurrent(lstm))
    with pytest.raises(ValueError, match=r"batch_size is None; expected a number with stateful=True"):
        frameworks.to_keras(Recurrent(lstm), params, stateful=True)
    with pytest.raises(ValueError, match=r"batch_size is 0"):
        frameworks.to_keras(Recurrent(lstm), params, batch_size=0)


def built(layer):
    layer.build((None, None, 3))
    return layer


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda k: built(k.LSTM(4, recurrent_activation="hard_sigmoid")), "has recurrent_activation='hard_sigmoid'"),
        (lambda k: built(k.LSTM(4, activation="relu")), "has activation='relu'; only 'tanh' is supported"),
        (lambda k: built(k.SimpleRNN(4, activation=None)), "has activation='linear'"),
        (lambda k: built(k.LSTM(4, use_bias=False)), "use_bias=False, which is not supported"),
        (lambda k: built(k.LSTM(4, go_backwards=True)), "go_backwards=True"),
        (lambda k: built(k.LSTM(4, dropout=0.2)), "set layer.cell.dropout = 0.0 to convert the weights"),
        (lambda k: built(k.GRU(4, reset_after=False)), "reset_after=False"),
        (lambda k: built(k.Bidirectional(k.LSTM(4), merge_mode="sum")), "merge_mode='sum'; only 'concat'"),
        (
            lambda k: built(k.Bidirectional(k.LSTM(4), backward_layer=k.GRU(4, go_backwards=True))),
            "another cell in each",
        ),
        (lambda k: built(k.Bidirectional(k.LSTM(4, activation="relu"))), "has activation='relu'"),
        (lambda k: k.LSTM(4), "has no weights yet"),
        (lambda k: built(k.Dense(4)), "layer is a Dense; expected keras.layers.LSTM, keras.layers.SimpleRNN"),
        (lambda k: "model.keras", "layer is a str"),
        (lambda k: "model.keras", "and Dropout: load the file with Keras first"),
    ],
)
def test_unsupported_options_are_refused(keras, make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        frameworks.from_keras(make(keras.layers))


def test_dropout_can_be_set_to_0_to_read_the_weights(keras):
    layer = built(keras.layers.LSTM(4, dropout=0.2))
    layer.cell.dropout = 0.0
    assert frameworks.from_keras(layer).layer == Recurrent(lstm)


def test_a_class_of_the_readers_own_with_a_known_name_is_refused(keras):
    class LSTM(keras.layers.Layer):
        pass

    with pytest.raises(ValueError, match="layer is a LSTM"):
        frameworks.from_keras(LSTM())
