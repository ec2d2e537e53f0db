"""A whole training in one call: ``fit`` for a number of steps."""

import sys
from collections.abc import Callable

import numpy as np

from lstm_helpers.arrays import Params, check_size
from lstm_helpers.model import Batch, LossFunction, Model
from lstm_helpers.training.bar import progress_bar
from lstm_helpers.training.loop import Progress, start, steps_of
from lstm_helpers.training.optimizers import Optimizer


def train(
    model: Model,
    params: Params,
    batches: Callable[[int], Batch | None],
    loss: LossFunction,
    optimizer: Optimizer,
    steps: int,
    *,
    clip_norm: float | None = 1.0,
    rng: np.random.Generator | None = None,
    resume: Progress | None = None,
    carry_state: bool = False,
    validate: Callable[[Params], float] | None = None,
    patience: int | None = None,
    validate_every: int = 1,
    bar: bool = True,
) -> Progress:
    """Train a model for ``steps`` steps, and return the last Progress.

    An interrupt (Ctrl-C, or the kernel's stop button) drops the current step, prints a message, and returns the
    Progress before it. The same call with ``resume=`` that Progress, or one from ``load_checkpoint``, runs the missing
    steps, and ends at the weights of an uninterrupted run to the last bit.

    Parameters
    ----------
    model, params, batches, loss, optimizer, clip_norm, rng, resume, carry_state, validate, patience, validate_every
        As for ``fit``, which gives the Progress after every step.
    steps : int
        The length of the training, counted from its first step; the steps of ``resume`` count.
    bar : bool
        Show a progress bar in a notebook or a terminal. False is for trainings in a loop.

    Returns
    -------
    Progress
        ``progress.params`` are the trained weights. ``progress.step`` is below ``steps`` if the training ended early:
        by an interrupt, by ``patience``, or because ``batches`` gave None.

    Raises
    ------
    ValueError
        If an argument or a batch does not fit.
    FloatingPointError
        If a loss, a gradient or a weight is no longer finite. To keep the Progress before it, use ``fit``.
    """
    check_size("steps", steps)
    progress = start(params, optimizer, rng=rng, validate=validate) if resume is None else resume
    options = clip_norm, rng, progress, carry_state, validate, patience, validate_every
    run = steps_of(model, params, batches, loss, optimizer, *options)  # refuses anything but a Progress
    missing = steps - progress.step
    if missing < 0:
        raise ValueError(
            f"steps is {steps}, but resume has run {progress.step} already; expected at least as many: "
            f"steps counts from the first, so for {steps} more pass steps={progress.step + steps}"
        )
    if missing:
        try:
            for after_step in progress_bar(run, missing, shown=bar):
                progress = after_step
        except KeyboardInterrupt:
            print(
                f"Interrupted after step {progress.step} of {steps}. Nothing is lost: train returned the Progress so "
                "far; to go on, make the same call with resume= that Progress.",
                file=sys.stderr,
            )
    return progress
