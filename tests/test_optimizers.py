"""Clipping, SGD and Adam: laws, hand-worked steps, and the trajectories that PyTorch takes."""

import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import linear, losses, training
from lstm_helpers.arrays import leaves, tree_map, tree_norm
from lstm_helpers.cells import lstm
from lstm_helpers.gradcheck import relative_error
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Model, Params
from lstm_helpers.training import Batch, adam, clip_elements, clip_norm, sgd

GRADS = (np.array([3.0, -0.1]), (np.array([[-4.0]]),))


def flat(tree):
    return np.concatenate([leaf.ravel() for _, leaf in leaves(tree)])


# Clipping


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e5, 1e200])
def test_clipping_by_norm_keeps_the_direction(scale):
    rng = np.random.default_rng(0)
    grads = tree_map(lambda g: scale * g, (rng.normal(size=(7, 5)), rng.normal(size=3)))
    clipped, before = clip_norm(grads, 1e-4)
    assert abs(before / tree_norm(grads) - 1) < 1e-15
    assert abs(tree_norm(clipped) / 1e-4 - 1) < 1e-12
    assert np.abs(flat(clipped) / tree_norm(clipped) - flat(grads) / before).max() < 1e-12


def test_a_gradient_within_the_limit_is_not_touched():
    grads = (np.array([3.0]), np.array([-4.0]))
    clipped, before = clip_norm(grads, 5.0)
    assert before == 5.0 and all(a is b for a, b in zip(clipped, grads, strict=True))
    assert np.array_equal(flat(clip_norm(grads, 2.5)[0]), [1.5, -2.0])
    assert clip_norm((np.zeros(3),), 1.0)[1] == 0.0


def test_clipping_by_element_may_turn_it():
    clipped, before = clip_elements(GRADS, 0.5)
    assert np.array_equal(flat(clipped), [0.5, -0.1, -0.5]) and before == tree_norm(GRADS)
    cosine = flat(clipped) @ flat(GRADS) / (tree_norm(clipped) * before)
    assert cosine < 0.99
    assert np.array_equal(flat(clip_elements(GRADS, 4.0)[0]), flat(GRADS))


# Laws and hand-worked steps


@pytest.mark.parametrize("optimizer", [sgd(0.1), sgd(0.1, 0.9), adam(0.1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_that_is_handed_in_is_written_to(optimizer, dtype):
    params, grads = (tree_map(lambda a: a.astype(dtype), tree) for tree in (GRADS, (GRADS[0] + 1, (GRADS[1][0] * 2,))))
    grads = (grads[0], (grads[1][0].reshape(1, 1),))
    state = optimizer.init(params)
    for _ in range(2):
        for _, leaf in leaves((params, grads, state)):
            leaf.flags.writeable = False
        params, state = optimizer.update(grads, state, params)
    assert {leaf.dtype for name, leaf in leaves((params, state)) if not name.endswith("step")} == {np.dtype(dtype)}


def test_plain_sgd_subtracts_learning_rate_times_gradient():
    optimizer = sgd(0.5)
    params, _ = optimizer.update((np.array([2.0]),), optimizer.init((np.ones(1),)), (np.ones(1),))
    assert params[0] == 0.0


def test_momentum_by_hand():
    optimizer, weight = sgd(1.0, momentum=0.5), (np.zeros(1),)
    state, path = optimizer.init(weight), []
    for gradient in (1.0, 1.0, 0.0):
        weight, state = optimizer.update((np.array([gradient]),), state, weight)
        path.append(weight[0][0])
    assert path == [-1.0, -2.5, -3.25]  # velocities 1, 1.5, 0.75


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_adams_first_step_is_the_learning_rate_times_the_sign(scale):
    """Up to eps: m̂ = g and √v̂ = |g|, so the step is rate · g / (|g| + eps)."""
    optimizer, grads = adam(0.01), tree_map(lambda g: scale * g, GRADS)
    zeros = tree_map(np.zeros_like, GRADS)
    params, _ = optimizer.update(grads, optimizer.init(zeros), zeros)
    g = flat(grads)
    assert np.abs(flat(params) + 0.01 * g / (np.abs(g) + 1e-8)).max() < 1e-16
    assert np.abs(flat(params) + 0.01 * np.sign(g)).max() <= 0.01 * 1e-8 / np.abs(g).min()


def test_adam_with_equal_gradients_takes_equal_steps():
    """Bias correction makes it so from the first step on."""
    optimizer, weight = adam(0.01), (np.zeros(1),)
    state = optimizer.init(weight)
    for n in range(1, 30):
        weight, state = optimizer.update((np.array([5.0]),), state, weight)
        assert abs(weight[0][0] + 0.01 * n) < 1e-9
    assert state.step == 29


@pytest.mark.parametrize("optimizer", [sgd(0.1), sgd(0.05, 0.5), adam(0.1)])
def test_optimizers_find_the_minimum_of_a_quadratic(optimizer):
    weight, bottom = np.array([4.0, -3.0]), np.array([1.0, 2.0])
    state = optimizer.init(weight)
    for _ in range(400):
        weight, state = optimizer.update(2 * (weight - bottom), state, weight)
    assert np.abs(weight - bottom).max() < 1e-3


# PyTorch's trajectories


def recorded():
    return dict(np.load(Path(__file__).parent / "recorded" / "training.npz"))


def weights(arrays, prefix):
    def part(kind, name):
        return kind(*(arrays[f"{prefix}/{name}.{field}"] for field in kind._fields))

    embedding = part(linear.Embedding, "embedding") if f"{prefix}/embedding.W_e" in arrays else ()
    return Params(embedding, part(lstm.Params, "layer"), part(linear.Linear, "readout"))


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("at", ["every", "last"])
def test_fifty_steps_are_pytorchs(at, optimizer):
    arrays = recorded()
    assert arrays["library"] == "PyTorch 2.13.0"
    net = Model(Recurrent(lstm), at, embedding_size=3 if at == "last" else None)
    rule = {"sgd": sgd(0.1), "momentum": sgd(0.05, momentum=0.9), "adam": adam(0.02)}[optimizer]
    loss = losses.mse if at == "every" else losses.cross_entropy
    limit = float(arrays[f"{at}/limit"])

    def batches(step):
        fields = (arrays.get(f"{at}/{name}") for name in Batch._fields)
        return Batch(*(field if field is None else field[step % 5] for field in fields))

    run = training.fit(net, weights(arrays, f"{at}/start"), batches, loss, rule, clip_norm=limit)
    path = list(islice(run, 50))
    norms = arrays[f"{at}/{optimizer}/norms"]
    assert 0 < np.sum(norms > limit) < 50  # some gradients were clipped, some not
    assert relative_error(np.array([p.loss for p in path]), arrays[f"{at}/{optimizer}/losses"]) < 1e-8
    assert relative_error(np.array([p.grad_norm for p in path]), norms) < 1e-8
    assert relative_error(path[-1].params, weights(arrays, f"{at}/{optimizer}/end")) < 1e-8


BAD = {
    "learning_rate is 0; expected a finite number above 0": lambda: sgd(0),
    "learning_rate is -0.1": lambda: adam(-0.1),
    "learning_rate is nan": lambda: adam(np.nan),
    "learning_rate is '0.1'": lambda: sgd("0.1"),
    "momentum is 1.0; expected a number from 0 to below 1": lambda: sgd(0.1, 1.0),
    "beta1 is 1": lambda: adam(0.1, beta1=1),
    "beta2 is -0.5": lambda: adam(0.1, beta2=-0.5),
    "eps is 0": lambda: adam(0.1, eps=0),
    "limit is 0": lambda: clip_norm(GRADS, 0),
    "limit is inf": lambda: clip_elements(GRADS, np.inf),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD[message]()
