"""N-gram models, which predict a token from counts: the baseline of a language model.

    P(a | w) = (count(w a) + D(w) P(a | w')) / (N(w) + D(w))

w is the context, the last k tokens, and w' is the same without its first token. N(w) = Σ_a count(w a) counts the
occurrences of w, and D(w) the different tokens that followed it: the more there were, the likelier is a new one and the
more probability goes to the shorter context. For the empty context, the next shorter distribution is uniform over V. A
context that never occurred has N = D = 0 and uses the shorter one alone. Witten and Bell (1991), recursive form.
"""

from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_size


class Table(NamedTuple):
    """Counts for contexts of one length; each context, and each context with its follower, is one number."""

    contexts: Array  # (C,) int64, sorted
    seen: Array  # (C,) N(w)
    kinds: Array  # (C,) D(w)
    pairs: Array  # (P,) int64, sorted: context · V + follower
    counts: Array  # (P,) count(w a)


class Ngrams(NamedTuple):
    """Counts for all contexts of up to n - 1 tokens."""

    vocabulary_size: int  # V
    tables: tuple[Table, ...]  # tables[k] is for contexts of k tokens

    @property
    def order(self) -> int:
        """The n: the length of the context plus the predicted token."""
        return len(self.tables)

    def __repr__(self) -> str:
        entries = sum(len(table.pairs) for table in self.tables)
        return f"Ngrams(order {self.order}, V={self.vocabulary_size}, {entries} counts)"


def fit(tokens: Array, order: int, vocabulary_size: int) -> Ngrams:
    """Count the n-grams of a text.

    Parameters
    ----------
    tokens : integer array (T,)
        Numbers from 0 to V - 1; at least ``order`` of them.
    order : int
        n, from 1 (the frequency of each token, without context).
    vocabulary_size : int
        V.

    Raises
    ------
    ValueError
        If tokens do not fit, or there are too many contexts to number: V^n must be below 2^63.
    """
    check_size("order", order)
    check_size("vocabulary_size", vocabulary_size)
    _check_tokens("tokens", tokens, vocabulary_size)
    if len(tokens) < order:
        raise ValueError(f"tokens has {len(tokens)} entries; expected at least order={order}")
    if vocabulary_size**order >= 2**63:
        most = next(n for n in range(order, 0, -1) if vocabulary_size**n < 2**63)
        raise ValueError(
            f"order is {order} with V={vocabulary_size}; expected at most {most}, so that V^n is below 2^63"
        )
    return Ngrams(vocabulary_size, tuple(_table(tokens, k, vocabulary_size) for k in range(order)))


def probabilities(model: Ngrams, context: Array) -> Array:
    """Give the probability of every next token, (V,), after a context (T,) of any length."""
    V = model.vocabulary_size
    _check_tokens("context", context, V)
    recent = context[max(len(context) - model.order + 1, 0) :]
    followed = np.column_stack([np.tile(recent, (V, 1)), np.arange(V)])
    return _probability(model, followed)


def log_probabilities(model: Ngrams, tokens: Array) -> Array:
    """Give ln P of each token of a text (T,), given the tokens before it; contexts are shorter at its beginning."""
    _check_tokens("tokens", tokens, model.vocabulary_size)
    first = [_probability(model, tokens[None, : t + 1]) for t in range(min(model.order - 1, len(tokens)))]
    rest = []
    if len(tokens) >= model.order:
        rest = [_probability(model, np.lib.stride_tricks.sliding_window_view(tokens, model.order))]
    return np.asarray(np.log(np.concatenate([*first, *rest, np.empty(0)])))


def _table(tokens: Array, k: int, V: int) -> Table:
    windows = np.lib.stride_tricks.sliding_window_view(tokens, k + 1)
    pairs, counts = np.unique(_number(windows, V), return_counts=True)
    contexts, starts = np.unique(pairs // V, return_index=True)
    return Table(contexts, np.add.reduceat(counts, starts), np.diff(np.append(starts, len(pairs))), pairs, counts)


def _probability(model: Ngrams, windows: Array) -> Array:
    """Give P of the last token of each window (M, n or fewer), from the shortest context to the longest."""
    V = model.vocabulary_size
    probability = np.full(len(windows), 1.0 / V)
    for k, table in enumerate(model.tables[: windows.shape[1]]):
        pairs = _number(windows[:, windows.shape[1] - k - 1 :], V)
        seen, kinds = (_look_up(table.contexts, values, pairs // V) for values in (table.seen, table.kinds))
        counts = _look_up(table.pairs, table.counts, pairs)
        known = seen > 0
        probability = np.where(known, (counts + kinds * probability) / np.where(known, seen + kinds, 1), probability)
    return probability


def _number(windows: Array, V: int) -> Array:
    """Read each window as one number in base V."""
    number = np.zeros(len(windows), np.int64)
    for column in windows.T:
        number = number * V + column
    return number


def _look_up(keys: Array, values: Array, wanted: Array) -> Array:
    """Give the value of each wanted key, 0 where it is not among the sorted keys."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(np.where(keys[place] == wanted, values[place], 0))


def _check_tokens(name: str, tokens: Array, V: int) -> None:
    if not isinstance(tokens, np.ndarray) or tokens.ndim != 1 or tokens.dtype.kind not in "iu":
        found = f"{tokens.dtype} of shape {tokens.shape}" if isinstance(tokens, np.ndarray) else type(tokens).__name__
        raise ValueError(f"{name} is {found}; expected whole numbers (T,), as from tasks.text.encode")
    if tokens.size and not 0 <= tokens.min() <= tokens.max() < V:
        raise ValueError(f"{name} run from {tokens.min()} to {tokens.max()}; expected 0 to V - 1 = {V - 1}")
