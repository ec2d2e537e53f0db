"""Checkpoints: save a Progress to a file and load it, bit for bit."""

import os

import numpy as np

from lstm_helpers import arrays
from lstm_helpers.arrays import Array
from lstm_helpers.training.loop import Progress


def save_checkpoint(path: str | os.PathLike[str], progress: Progress) -> None:
    """Write a Progress to an .npz file, completely or not at all; an older file stays until then."""
    arrays.save(path, arrays.tree_map(np.asarray, progress))


def load_checkpoint(path: str | os.PathLike[str], like: Progress) -> Progress:
    """Read a Progress that ``save_checkpoint`` wrote.

    Parameters
    ----------
    path : path
        The file.
    like : Progress
        Any Progress of the same training, usually ``start`` with the arguments of ``fit``: structure, shapes and
        dtypes are compared with it before any array is read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, is not a checkpoint, or belongs to another training.
    """
    try:
        loaded = arrays.load(path, arrays.tree_map(np.asarray, like))
    except ValueError as error:
        error.add_note("like must be what start gives for the same params, optimizer, rng, state and validate.")
        raise
    return arrays.tree_map(_as_in, like, loaded)


def _as_in(like: object, value: Array) -> object:
    """Convert an array back to a Python number where ``like`` has one."""
    return value if isinstance(like, np.ndarray) else value.item()
