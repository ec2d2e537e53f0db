"""A small notation for writing an LSTM's weights by hand, one unit and one gate at a time.

A unit is a dict with the keys i, f, g, o. Each holds the terms of the gate's pre-activation: a weight for every symbol,
for "bias", and for "h0", "h1", … (the previous hidden state of unit 0, 1, …). A missing term is 0.

    latch = [{"i": {"s": 80, "bias": -40},      # open only when s is read
              "f": {"r": -80, "bias": 40},      # closed only when r is read
              "g": 40, "o": 40}]                # a number alone is a bias
"""

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm

Unit = Mapping[str, float | Mapping[str, float]]


def program(alphabet: Sequence[str], units: Sequence[Unit]) -> lstm.Params:
    """Turn the notation into the weights of an LSTM.

    Parameters
    ----------
    alphabet : sequence of str
        The D symbols, in the order of their one-hot vectors; a string stands for its characters.
    units : sequence of dict
        One for each of the H hidden units (see above).

    Returns
    -------
    lstm.Params
        float64, W_x (D, 4H), W_h (H, 4H), b (4H,).

    Raises
    ------
    ValueError
        If a symbol, a key or a number is not part of the notation; the message says where.
    """
    symbols = _symbols(alphabet)
    if isinstance(units, Mapping) or not isinstance(units, Sequence) or not units:
        raise ValueError(f"units is {units!r}; expected a list with a dict for each hidden unit")
    rows = {symbol: k for k, symbol in enumerate([*symbols, *(f"h{k}" for k in range(len(units))), "bias"])}
    weights = np.zeros((len(rows), len(lstm.BLOCKS), len(units)))  # a column for each gate of each unit
    for k, unit in enumerate(units):
        if not isinstance(unit, Mapping):
            raise ValueError(f"units[{k}] is {unit!r}; expected a dict with the keys i, f, g, o")
        for gate, terms in unit.items():
            if gate not in lstm.BLOCKS:
                raise ValueError(f"units[{k}] has the key {gate!r}; expected the gates i, f, g, o")
            for name, weight in (terms if isinstance(terms, Mapping) else {"bias": terms}).items():
                where = f"units[{k}][{gate!r}]"
                if name not in rows:
                    raise ValueError(f"{where} has the key {name!r}; expected one of {' '.join(rows)}")
                weights[rows[name], lstm.BLOCKS.index(gate), k] = _number(f"{where}[{name!r}]", weight)
    columns = weights.reshape(len(rows), -1)
    return lstm.Params(columns[: len(symbols)].copy(), columns[len(symbols) : -1].copy(), columns[-1].copy())


def encode(alphabet: Sequence[str], string: Sequence[str]) -> Array:
    """Turn a string over the alphabet into one-hot vectors (T, 1, D), float64; an unknown symbol is a ValueError."""
    symbols = _symbols(alphabet)
    unknown = [symbol for symbol in string if symbol not in symbols]
    if unknown:
        raise ValueError(f"string has the symbol {unknown[0]!r}; expected symbols of the alphabet: {' '.join(symbols)}")
    return np.eye(len(symbols))[[symbols.index(symbol) for symbol in string]][:, None].reshape(-1, 1, len(symbols))


def _symbols(alphabet: Sequence[str]) -> list[str]:
    symbols = list(alphabet)
    if not symbols or len(set(symbols)) < len(symbols):
        raise ValueError(f"alphabet is {alphabet!r}; expected at least one symbol, none of them twice")
    reserved = [s for s in symbols if not isinstance(s, str) or s == "bias" or (s[:1] == "h" and s[1:].isdigit())]
    if reserved:
        raise ValueError(f"alphabet has the symbol {reserved[0]!r}, which the notation reserves: choose another")
    return symbols


def _number(where: str, weight: object) -> float:
    is_number = isinstance(weight, int | float | np.integer | np.floating) and not isinstance(weight, bool)
    if is_number and np.isfinite(number := float(weight)):  # type: ignore[arg-type]
        return number
    raise ValueError(f"{where} is {weight!r}; expected a finite number")
