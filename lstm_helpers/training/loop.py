"""The training loop: a step is a function from one Progress to the next, and ``fit`` repeats it.

    batch → loss and gradient → clip → optimizer → new weights

The Progress holds everything that the next step depends on. So a run that was interrupted, or even killed, can continue
from any Progress that it yielded, and ends at the same weights to the last bit.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import (
    Array,
    Params,
    State,
    Tree,
    check_finite,
    check_generator,
    check_size,
    describe,
    leaves,
    tree_norm,
)
from lstm_helpers.model import Batch, LossFunction, Model
from lstm_helpers.training import optimizers
from lstm_helpers.training.optimizers import Optimizer


class Best(NamedTuple):
    """The best validation so far."""

    loss: float  # the lowest; infinite before the first
    step: int  # the step of the lowest loss
    params: Params  # the weights at that step
    waited: int  # how many validations in a row were no better
    latest: float  # the loss of the last validation; NaN before the first


class Progress(NamedTuple):
    """The state of a training after ``step`` complete steps; a tree, so that it can be saved."""

    step: int  # the number of completed steps
    loss: float  # of the last step's batch, before its update
    grad_norm: float  # of the last step's gradient, before clipping
    params: Params  # after the update
    optimizer_state: Tree
    state: State  # the layer's last state if it is carried over, else ()
    rng_state: Array | tuple[()]  # (6,) uint64, the state of dropout's generator; () without an rng
    best: Best | tuple[()] = ()  # Best if there is validation, else ()


class _Plan(NamedTuple):
    """The arguments that stay the same in all steps."""

    model: Model
    batches: Callable[[int], Batch | None]
    loss: LossFunction
    optimizer: Optimizer
    limit: float | None
    carry_state: bool
    validate: Callable[[Params], float] | None
    validate_every: int


def start(
    params: Params,
    optimizer: Optimizer,
    *,
    rng: np.random.Generator | None = None,
    state: State = (),
    validate: Callable[[Params], float] | None = None,
) -> Progress:
    """Give the Progress before the first step, also the ``like`` of ``load_checkpoint``.

    Parameters
    ----------
    params, optimizer, rng, validate
        As for ``fit``. One sample from ``rng`` seeds the random numbers of the whole training.
    state : optional
        For ``carry_state``: the layer's initial state, such as ``model.zero_state(params, xs)``.
    """
    for name, leaf in leaves(params):
        check_finite(f"params.{name}", leaf)
    rng_state: Array | tuple[()] = ()
    if rng is not None:
        check_generator(rng)
        rng_state = _pack(np.random.PCG64(rng.integers(2**63, size=4)))
    best = () if validate is None else Best(np.inf, 0, params, 0, np.nan)
    return Progress(0, np.nan, np.nan, params, optimizer.init(params), state, rng_state, best)


def fit(
    model: Model,
    params: Params,
    batches: Callable[[int], Batch | None],
    loss: LossFunction,
    optimizer: Optimizer,
    *,
    clip_norm: float | None = 1.0,
    rng: np.random.Generator | None = None,
    resume: Progress | None = None,
    carry_state: bool = False,
    validate: Callable[[Params], float] | None = None,
    patience: int | None = None,
    validate_every: int = 1,
) -> Iterator[Progress]:
    """Train a model and yield a Progress after every complete step.

    Parameters
    ----------
    model : Model
        The model to train.
    params : Params
        The initial weights; never written to.
    batches : function
        ``batches(step)`` gives the Batch after ``step`` complete steps, from 0, or None to end. For a resumed run to be
        equal, it must give the same batch for the same number, so let it seed its own generator:
        ``lambda step: adding.batch(np.random.default_rng([7, step]), 32, 10)``.
    loss : function
        ``losses.mse`` or ``losses.cross_entropy``.
    optimizer : Optimizer
        Such as ``adam(0.01)``.
    clip_norm : float or None
        The largest norm of a gradient; longer gradients are clipped to it. None sets no limit.
    rng : numpy.random.Generator, optional
        For dropout; without it nothing is dropped.
    resume : Progress, optional
        The Progress to continue from: call ``fit`` with the same arguments as before, and this. ``params`` and ``rng``
        then only define the expected structure.
    carry_state : bool
        Truncated backpropagation through time: every batch starts from the last state of the previous one, but
        gradients are cut between batches. All batches must hold the same sequences in the same order.
    validate : function, optional
        From params to a loss on other data, lower is better; called every ``validate_every`` steps.
    patience : int, optional
        End after this many validations in a row without a lower loss. ``progress.best.params`` are the best weights.

    Yields
    ------
    Progress
        The iterator has no end: leave the loop, or use ``train``. An interrupt (KeyboardInterrupt) during a step drops
        that step and ends the loop without an error.

    Raises
    ------
    ValueError
        If an argument or a batch does not fit.
    FloatingPointError
        If a loss, a gradient or a weight is no longer finite; the last Progress is complete.
    """
    options = clip_norm, rng, resume, carry_state, validate, patience, validate_every
    return _until_interrupted(steps_of(model, params, batches, loss, optimizer, *options))


def steps_of(
    model: Model,
    params: Params,
    batches: Callable[[int], Batch | None],
    loss: LossFunction,
    optimizer: Optimizer,
    clip_norm: float | None,
    rng: np.random.Generator | None,
    resume: Progress | None,
    carry_state: bool,
    validate: Callable[[Params], float] | None,
    patience: int | None,
    validate_every: int,
) -> Iterator[Progress]:
    """Check the arguments of ``fit`` and return its steps; an interrupt is passed on to the caller."""
    if clip_norm is not None and not 0 < clip_norm < np.inf:
        raise ValueError(f"clip_norm is {clip_norm!r}; expected a number above 0, or None for no limit")
    check_size("validate_every", validate_every)
    if patience is not None:
        check_size("patience", patience)
        if validate is None:
            raise ValueError("patience needs validate: a function from params to a loss on other data")
    if resume is None:
        progress = start(params, optimizer, rng=rng, validate=validate)
    else:
        _check_resume(resume, params, optimizer, rng, validate)
        progress = resume
    plan = _Plan(model, batches, loss, optimizer, clip_norm, carry_state, validate, validate_every)
    return _steps(plan, progress, np.inf if patience is None else patience)


def _steps(plan: _Plan, progress: Progress, patience: float) -> Iterator[Progress]:
    while not progress.best or progress.best.waited < patience:
        batch = plan.batches(progress.step)
        if batch is None:
            return
        progress = _whole_step(plan, progress, batch)
        yield progress


def _until_interrupted(steps: Iterator[Progress]) -> Iterator[Progress]:
    try:
        yield from steps
    except KeyboardInterrupt:
        return


def _whole_step(plan: _Plan, before: Progress, batch: Batch) -> Progress:
    step = before.step + 1
    rng = _unpack(before.rng_state)
    state = _carried(before, batch) if plan.carry_state else None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # reported below
        try:
            result = plan.model.loss_and_grads(before.params, batch, plan.loss, state, rng)
        except ValueError as error:
            error.add_note(f"This was in step {step}, with batches({before.step}).")
            raise
        loss = float(result.loss)
        if plan.limit is None:
            grads, norm = result.grads, tree_norm(result.grads)
        else:
            grads, norm = optimizers.clip_norm(result.grads, plan.limit)
        _check_finite_values(before, loss=loss, norm_of_the_gradient=norm)
        params, optimizer_state = plan.optimizer.update(grads, before.optimizer_state, before.params)
        _check_finite_values(before, norm_of_the_new_weights=tree_norm(params))
    after = Progress(
        step=step,
        loss=loss,
        grad_norm=norm,
        params=params,
        optimizer_state=optimizer_state,
        state=result.state if plan.carry_state else (),
        rng_state=() if rng is None else _pack(rng.bit_generator),
        best=before.best,
    )
    return _validated(plan, after)


def _validated(plan: _Plan, progress: Progress) -> Progress:
    if plan.validate is None or not progress.best or progress.step % plan.validate_every:
        return progress
    latest = float(plan.validate(progress.params))
    if np.isnan(latest):
        raise ValueError(f"validate returned nan after step {progress.step}; expected a loss, lower is better")
    best = progress.best._replace(latest=latest, waited=progress.best.waited + 1)
    if latest < best.loss:
        best = Best(latest, progress.step, progress.params, 0, latest)
    return progress._replace(best=best)


def _carried(before: Progress, batch: Batch) -> State | None:
    """Give the state to start from, None at the first step."""
    have = {len(leaf) for _, leaf in leaves(before.state)}
    want = np.shape(batch.xs)[1:2]
    if have and tuple(have) != want:
        raise ValueError(
            f"batches({before.step}) holds {want[0]} sequences but the carried state {have.pop()}; expected the same "
            "sequences in the same order in every batch: leave out an incomplete last one, or set carry_state=False"
        )
    return before.state if have else None


def _check_finite_values(before: Progress, **values: float) -> None:
    for name, value in values.items():
        if not np.isfinite(value):
            last = f"step {before.step} was fine, with loss {before.loss:.3g} and gradient norm {before.grad_norm:.3g}"
            raise FloatingPointError(
                f"the {name.replace('_', ' ')} is {value} in step {before.step + 1}"
                + (f" ({last})" if before.step else "")
                + ": most likely the steps are too large; try a smaller learning_rate, or a limit such as clip_norm=1. "
                "Nothing is lost: the last Progress that was yielded is complete"
            )


def _check_resume(resume: object, params: Params, optimizer: Optimizer, rng: object, validate: object) -> None:
    """Refuse a Progress of another training."""
    if not isinstance(resume, Progress):
        raise ValueError(f"resume is {describe(resume)}; expected a Progress, as fit yields it")
    for name, given, stored in (("rng", rng, resume.rng_state), ("validate", validate, resume.best)):
        if (given is None) != (len(stored) == 0):
            was = "without" if given is not None else "with"
            raise ValueError(f"resume was made {was} {name}; expected the same arguments as in the first call")
    like = (params, optimizer.init(params))
    for name, expected, found in zip(("params", "optimizer_state"), like, resume[3:5], strict=True):
        shapes, others = ([(path, a.shape, a.dtype) for path, a in leaves(tree)] for tree in (expected, found))
        if shapes != others:
            different = [f"{name}.{a[0]} {a[1]}" for a in others if a not in shapes] or [describe(found)]
            raise ValueError(f"resume.{name} is of another model or optimizer: it holds {', '.join(different)}")


# NumPy keeps a generator's state in a dictionary with 128-bit numbers; as an array it can be part of a tree and a file.


def _pack(bit_generator: np.random.BitGenerator) -> Array:
    stored = bit_generator.state
    state, inc = stored["state"]["state"], stored["state"]["inc"]
    words = [state >> 64, state & (2**64 - 1), inc >> 64, inc & (2**64 - 1), stored["has_uint32"], stored["uinteger"]]
    return np.array(words, np.uint64)


def _unpack(words: Array | tuple[()]) -> np.random.Generator | None:
    if isinstance(words, tuple):
        return None
    a, b, c, d, has_uint32, uinteger = (int(word) for word in words)
    bit_generator = np.random.PCG64(0)
    bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": a << 64 | b, "inc": c << 64 | d},
        "has_uint32": has_uint32,
        "uinteger": uinteger,
    }
    return np.random.Generator(bit_generator)
