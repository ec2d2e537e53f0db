"""Sampling: a language model generates text from its own predictions.

    P(k) = exp(y_k / τ) / Σ_j exp(y_j / τ)          temperature τ: 1 as learned; τ → 0 argmax; τ → ∞ uniform

The sampled token is the next input. The temperature is Boltzmann's; in neural networks it appears with Ackley, Hinton
and Sejnowski (1985).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lstm_helpers.activations import softmax
from lstm_helpers.arrays import Array, Params, check_finite, check_float, check_generator, check_size
from lstm_helpers.model import Model


def softmax_with_temperature(logits: Array, temperature: ArrayLike) -> Array:
    """Turn logits into probabilities at a temperature.

    Parameters
    ----------
    logits : array (…, K)
        The logits of K classes.
    temperature : float or array (…)
        τ, from 0; at exactly 0 all probability goes to the largest logit, or to the first of several.

    Returns
    -------
    array (…, K)
        Probabilities, which add up to 1 along the last axis.

    Raises
    ------
    ValueError
        If the temperature is below 0, or a number is NaN or infinite.
    """
    logits = np.asarray(logits)
    check_float("logits", logits)
    check_finite("logits", logits)
    tau = np.asarray(temperature, dtype=logits.dtype)[..., None]
    if not np.all((tau >= 0) & np.isfinite(tau)):
        raise ValueError(f"temperature is {temperature!r}; expected a finite number from 0 (always the best)")
    best = np.arange(logits.shape[-1]) == logits.argmax(axis=-1)[..., None]
    below = logits - logits.max(axis=-1, keepdims=True)
    with np.errstate(over="ignore"):  # the best stays 0; minus infinity gets 0, which is right
        probabilities = softmax(below / np.where(tau > 0, tau, 1))
    return np.asarray(np.where(tau > 0, probabilities, best.astype(logits.dtype)))


def sample(probabilities: Array, u: ArrayLike) -> Array:
    """Sample classes from uniform numbers: the first k whose cumulative probability exceeds u.

    Parameters
    ----------
    probabilities : array (…, K)
        Rows that add up to 1.
    u : float or array (…)
        From 0 to below 1, such as ``rng.random(…)``.

    Returns
    -------
    integer array (…)
        Class k with probability ``probabilities[…, k]``; a class of probability 0 is never sampled.
    """
    total = np.cumsum(probabilities, axis=-1)
    # Scaled by the sum, which rounding may leave slightly below 1: otherwise a u close to 1 would find no class.
    return np.asarray((total <= np.asarray(u)[..., None] * total[..., -1:]).sum(axis=-1))


def generate(
    model: Model,
    params: Params,
    rng: np.random.Generator | Sequence[np.random.Generator],
    prompts: Array,
    length: int,
    temperature: ArrayLike = 1.0,
) -> Array:
    """Generate tokens from a language model, each the input of the next step.

    Parameters
    ----------
    model, params
        A model with an embedding and an output at every step.
    rng : numpy.random.Generator, or a sequence of B of them
        One uniform number for each token, the same for all rows, so that rows that differ in temperature alone can be
        compared. Or one generator for each row.
    prompts : integer array (T, B)
        The beginning of each row, at least one token.
    length : int
        The number of tokens to sample.
    temperature : float or array (B,)
        As in ``softmax_with_temperature``, for each row.

    Returns
    -------
    integer array (length, B)
        The sampled tokens, without the prompts.

    Raises
    ------
    ValueError
        If the model has no embedding, or an argument does not fit.
    """
    alone = isinstance(rng, np.random.Generator) or not isinstance(rng, Sequence)
    rngs: Any = [rng] if alone else rng
    for one in rngs:
        check_generator(one)
    check_size("length", length)
    if not model.embedding_size or model.at != "every":
        raise ValueError(f"model is {model}; expected one with an embedding and an output at every step")
    if np.ndim(prompts) != 2 or not len(prompts):
        raise ValueError(f"prompts has shape {np.shape(prompts)}; expected (T, B), with at least one token")
    if np.shape(temperature) not in ((), prompts.shape[1:]):
        raise ValueError(f"temperature has shape {np.shape(temperature)}; expected one number, or {prompts.shape[1:]}")
    if not alone and len(rngs) != prompts.shape[1]:
        raise ValueError(f"rng has {len(rngs)} generators; expected one, or {prompts.shape[1]}, one for each row")
    tokens, state, drawn = prompts, None, []
    for _ in range(length):
        run = model.forward(params, tokens, state)
        tokens = sample(softmax_with_temperature(run.y[-1], temperature), [one.random() for one in rngs])[None]
        state = run.trace.state
        drawn.append(tokens[0])
    return np.stack(drawn)
