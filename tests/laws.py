"""What must hold for a cell and an engine, each as one function that asserts it.

The suite runs every law on the package's own code, and ``test_faults`` runs the same laws on wrong code.
"""

from inspect import signature
from math import log

import numpy as np

from lstm_helpers import gradcheck
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.cells.base import Cell
from lstm_helpers.gradcheck import relative_error

SIZES = [(1, 1, 1, 1), (3, 2, 2, 3), (4, 1, 3, 2), (2, 3, 1, 1), (6, 2, 1, 4), (1, 4, 2, 2)]  # T, B, D, H


def name_of(cell):
    """Name a cell for a table or a test: "gru", "Ablated('forget gate')"."""
    return cell.__name__.split(".")[-1] if hasattr(cell, "__name__") else repr(cell)


def case(cell, T, B, D, H, seed=0):
    """Draw weights, inputs, a starting state and the weights of a loss."""
    rng = np.random.default_rng([seed, T, B, D, H])
    params = cell.init(rng, D, H)
    params = type(params)(*params[:2], *[rng.normal(size=vector.shape) for vector in params[2:]])
    zero = cell.zero_state(params, B)
    xs = rng.normal(size=(T, B, D))
    state, d_state = (type(zero)(*[rng.normal(size=a.shape) for a in zero]) for _ in range(2))
    return params, xs, state, rng.normal(size=(T, B, H)), d_state


def assert_close(got, want, tol, note=""):
    """Assert that two trees are equal to a relative error of at most ``tol``, and say where they are not."""
    __tracebackhide__ = True
    error = relative_error(got, want)
    if error <= tol:
        return
    got, want = tree_map(np.asarray, got), tree_map(np.asarray, want)
    lines = [f"{note or 'got and want differ'}: relative error {error:.3g}, expected at most {tol:g}"]
    for (path, a), (_, b) in zip(leaves(got), leaves(want), strict=True):
        if (of_leaf := relative_error(a, b)) > tol:
            apart = np.abs(a - b)
            worst = np.unravel_index(np.argmax(np.where(np.isfinite(apart), apart, np.inf)), a.shape)
            where = f"{path or 'array'}{[int(k) for k in worst] if a.ndim else ''}"
            size = max(np.max(np.abs(x), where=np.isfinite(x), initial=0) for x in (a, b))
            far = np.count_nonzero(~(apart <= tol * size))
            lines.append(
                f"  {where} is {a[worst]}, want {b[worst]}: error {of_leaf:.3g}, {far} of {a.size} numbers apart"
            )
    raise AssertionError("\n".join(lines))


def loss_of(engine, cell, d_hs, d_state, mask=None, h_mask=None):
    """Make a loss of (params, xs, state) whose gradient is d_hs at the outputs and d_state at the end."""
    dropout = () if h_mask is None else (h_mask,)

    def loss(tree):
        params, xs, state = tree
        trace = engine.unroll(cell, params, xs, state, mask, *dropout)
        return (trace.h * d_hs).sum() + sum((a * b).sum() for a, b in zip(trace.state, d_state, strict=True))

    return loss


def hand_worked_step(cell, engine):
    """One LSTM step with one unit whose every number is a fraction one can check on paper.

    sigmoid(ln 3) = 3/4, sigmoid(0) = 1/2, sigmoid(-ln 3) = 1/4, tanh(ln 2) = 3/5.
    """
    params = lstm.Params(
        W_x=np.array([[log(3), 0.0, log(2), 0.0]]), W_h=np.zeros((1, 4)), b=np.array([0.0, 0.0, 0.0, -log(3)])
    )
    before = lstm.State(h=np.array([[0.0]]), c=np.array([[2 * log(2) - 0.9]]))  # so that c becomes ln 2
    step = engine.unroll(cell, params, np.ones((1, 1, 1)), before)[0]
    for name, value in dict(i=3 / 4, f=1 / 2, g=3 / 5, o=1 / 4, c=log(2), h=3 / 20).items():
        assert abs(getattr(step, name).item() - value) < 1e-15, name

    d_params, d_previous, d_x = cell.backward(params, step, lstm.State(h=np.array([[1.0]]), c=np.array([[0.0]])))
    dc = 1 / 4 * (1 - 9 / 25)  # o (1 - tanh^2 c) = 0.16
    d_z = [dc * 3 / 5 * 3 / 16, dc * (2 * log(2) - 0.9) * 1 / 4, dc * 3 / 4 * 16 / 25, 3 / 5 * 3 / 16]
    assert np.abs(d_params.b - d_z).max() < 1e-15
    assert np.abs(d_params.W_x - d_z).max() < 1e-15
    assert np.abs(d_params.W_h).max() == 0.0
    assert abs(d_previous.c.item() - dc / 2) < 1e-15
    assert d_previous.h.item() == 0.0
    assert abs(d_x.item() - (log(3) * d_z[0] + log(2) * d_z[2])) < 1e-15


def two_steps_by_hand(cell, engine):
    """The cell state after two steps, with gates whose biases set known values: c_2 = f (i g) + i g."""
    params = lstm.Params(np.zeros((1, 4)), np.zeros((1, 4)), np.array([log(3), 0.0, log(2), 0.0]))
    trace = engine.unroll(cell, params, np.zeros((2, 1, 1)))
    assert np.abs(trace.c.ravel() - [0.45, 0.5 * 0.45 + 0.45]).max() < 1e-15
    assert np.abs(trace.h.ravel() - 0.5 * np.tanh([0.45, 0.675])).max() < 1e-15


def gradients_equal_complex_step(cell, engine):
    """Every gradient, of every parameter, input and state, for all sizes, to 1e-12."""
    for T, B, D, H in SIZES:
        params, xs, state, d_hs, d_state = case(cell, T, B, D, H)
        trace = engine.unroll(cell, params, xs, state)
        got = engine.backpropagate(cell, params, trace, d_hs, d_state)
        want = gradcheck.complex_step(loss_of(engine, cell, d_hs, d_state), (params, xs, state))
        assert_close((got.params, got.xs, got.state), want, 1e-12, f"gradients for (T, B, D, H) = {(T, B, D, H)}")


def gradients_under_a_mask_equal_complex_step(cell, engine):
    """The same with holes, a sequence without any input, and outputs asked for at masked steps."""
    params, xs, state, d_hs, d_state = case(cell, 6, 4, 2, 3)
    mask = np.random.default_rng(5).random((6, 4)) < 0.6
    mask[:, 1] = False
    trace = engine.unroll(cell, params, xs, state, mask)
    got = engine.backpropagate(cell, params, trace, d_hs, d_state)
    want = gradcheck.complex_step(loss_of(engine, cell, d_hs, d_state, mask), (params, xs, state))
    assert_close((got.params, got.xs, got.state), want, 1e-12, "gradients under a mask")
    assert np.all(got.xs[~mask] == 0.0)


def state_gradients_equal_complex_step(cell, engine):
    """``Backward.states`` at t is the gradient of the rest of the run with respect to the state it starts from."""
    params, xs, state, d_hs, d_state = case(cell, 5, 2, 2, 3)
    trace = engine.unroll(cell, params, xs, state)
    got = engine.backpropagate(cell, params, trace, d_hs, d_state).states
    for t in range(1, 6):
        rest = loss_of(engine, cell, d_hs[t:], d_state)

        def loss(here, t=t, rest=rest):
            return (here.h * d_hs[t - 1]).sum() + rest((params, xs[t:], here))

        want = gradcheck.complex_step(loss, trace[t - 1].state)
        assert_close(tree_map(lambda a, t=t: a[t - 1], got), want, 1e-12, f"Backward.states at t = {t}")


def chunks_equal_the_whole(cell, engine):
    """Carrying the state from one call to the next changes no bit."""
    params, xs, state, _, _ = case(cell, 7, 2, 3, 4)
    whole = engine.unroll(cell, params, xs, state)
    first = engine.unroll(cell, params, xs[:3], state)
    second = engine.unroll(cell, params, xs[3:], first.state)
    assert np.array_equal(np.concatenate([first.h, second.h]), whole.h)
    assert all(np.array_equal(a, b) for a, b in zip(second.state, whole.state, strict=True))


def state_reaches_the_output(cell, engine):
    """Different earlier inputs give different outputs."""
    params, xs, state, _, _ = case(cell, 4, 1, 2, 3)
    changed = xs.copy()
    changed[0] += 1.0
    a, b = engine.unroll(cell, params, xs, state), engine.unroll(cell, params, changed, state)
    assert np.abs(a.h[-1] - b.h[-1]).max() > 1e-4


def calls_are_independent(cell, engine):
    """The same call twice gives the same bits, forward and back."""
    params, xs, _, d_hs, _ = case(cell, 3, 2, 2, 3)
    first, second = (engine.unroll(cell, params, xs) for _ in range(2))
    assert np.array_equal(first.h, second.h)
    back, again = (engine.backpropagate(cell, params, first, d_hs) for _ in range(2))
    assert_close(back, again, 0.0, "the second call")


def carousel_keeps_every_bit(cell, engine):
    """With f = 1 and i = 0 the cell state keeps every bit for 1000 steps."""
    H = 3
    params = lstm.Params(np.zeros((2, 4 * H)), np.zeros((H, 4 * H)), np.repeat([-100.0, 100.0, 0.3, 0.0], H))
    rng = np.random.default_rng(3)
    start = lstm.State(rng.normal(size=(2, H)), 5 * rng.normal(size=(2, H)))
    trace = engine.unroll(cell, params, rng.normal(size=(1000, 2, 2)), start)
    assert np.array_equal(trace.c, np.broadcast_to(start.c, trace.c.shape))
    assert np.abs(trace.h - 0.5 * np.tanh(start.c)).max() < 1e-15


def batch_equals_one_at_a_time(cell, engine):
    """The sequences of a batch do not affect each other."""
    params, xs, state, _, _ = case(cell, 5, 3, 2, 4)
    together = engine.unroll(cell, params, xs, state).h
    for b in range(3):
        alone = engine.unroll(cell, params, xs[:, b : b + 1], tree_map(lambda a, b=b: a[b : b + 1], state)).h
        assert_close(together[:, b : b + 1], alone, 1e-12, f"sequence {b} in a batch, and alone")


def padding_changes_nothing(cell, engine):
    """Fifty padding steps with any content, NaN included, change no bit of outputs, last state or gradients."""
    params, xs, state, d_hs, d_state = case(cell, 4, 3, 2, 3)
    plain = engine.unroll(cell, params, xs, state)
    want = engine.backpropagate(cell, params, plain, d_hs, d_state)
    for filler in (0.0, np.nan, np.inf, 1e300):
        padded = np.concatenate([xs, np.full((50, 3, 2), filler)])
        mask = np.arange(54)[:, None] < np.full(3, 4)
        trace = engine.unroll(cell, params, padded, state, mask)
        assert np.array_equal(trace.h[:4], plain.h)
        assert np.array_equal(trace.h[4:], np.broadcast_to(plain.h[-1], (50, 3, 3)))
        assert all(np.array_equal(a, b) for a, b in zip(trace.state, plain.state, strict=True))
        got = engine.backpropagate(cell, params, trace, np.concatenate([d_hs, np.zeros((50, 3, 3))]), d_state)
        assert_close(
            (got.params, got.xs[:4], got.state),
            (want.params, want.xs, want.state),
            0.0,
            f"gradients padded by {filler}",
        )
        assert np.all(got.xs[4:] == 0.0)


def initial_weights_are_as_documented(cell, engine):
    """Uniform ±1/√H and different in every block; biases 0 but the forget gate's."""
    params = cell.init(np.random.default_rng(1), 30, 25, forget_bias=2.5)
    for W in (params.W_x, params.W_h):
        assert 0.99 * 0.2 < np.abs(W).max() <= 0.2
        assert abs(W.std() - 0.2 / np.sqrt(3)) < 0.004
        blocks = np.split(W, 4, axis=1)
        assert all(np.abs(a - b).max() > 0.1 for k, a in enumerate(blocks) for b in blocks[:k])
    assert np.array_equal(params.b, np.repeat([0.0, 2.5, 0.0, 0.0], 25))


TAKES_H_MASK = (
    "forward(params, state, x, h_mask=1.0) and backward(params, step, d_state, h_mask=1.0), for recurrent dropout "
    f"(see {Cell.__module__})"
)
FORWARD_H_MASK = (
    "forward must multiply h by h_mask where it enters W_h, and nowhere else: (h_mask * state.h) @ params.W_h, while "
    f"a path that carries h past W_h, such as z * state.h, is not masked (see {Cell.__module__})"
)
BACKWARD_H_MASK = (
    "backward must use h_mask as forward did: ∂L/∂W_h from (h_mask * step.previous.h).T, and in ∂L/∂h_{t-1} the part "
    f"that comes through W_h, and no other, times h_mask (see {Cell.__module__})"
)


def h_mask_scales_the_rows_of_W_h(cell, engine):
    """Recurrent dropout: W_h multiplies h_mask ⊙ h, which scales its rows, for each sequence by its own mask.

    A path that carries h past W_h is not masked, and each step stores h without the mask.
    """
    for function in (cell.forward, cell.backward):
        assert "h_mask" in signature(function).parameters, f"the cell takes no h_mask; expected {TAKES_H_MASK}"
    params, xs, state, d_hs, d_state = case(cell, 6, 4, 2, 3)
    h_mask = np.array([[0.0, 2.0, 2.0], [1.5, 0.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    mask = np.random.default_rng(5).random((6, 4)) < 0.6
    for real in (None, mask):
        trace = engine.unroll(cell, params, xs, state, real, h_mask)
        for b, row in enumerate(h_mask):
            alone = params._replace(W_h=row[:, None] * params.W_h)
            start, own = tree_map(lambda a, b=b: a[b : b + 1], state), None if real is None else real[:, b : b + 1]
            want = engine.unroll(cell, alone, xs[:, b : b + 1], start, own)
            assert_close(trace.h[:, b : b + 1], want.h, 1e-14, FORWARD_H_MASK)
        assert np.array_equal(trace.previous.h[1:], trace.h[:-1]), "step.previous must hold h without h_mask"
        got = engine.backpropagate(cell, params, trace, d_hs, d_state)
        loss = loss_of(engine, cell, d_hs, d_state, real, h_mask)
        want = gradcheck.complex_step(loss, (params, xs, state))
        assert_close((got.params, got.xs, got.state), want, 1e-12, BACKWARD_H_MASK)


FOR_ANY_CELL = (
    gradients_equal_complex_step,
    gradients_under_a_mask_equal_complex_step,
    state_gradients_equal_complex_step,
    chunks_equal_the_whole,
    state_reaches_the_output,
    calls_are_independent,
    batch_equals_one_at_a_time,
    padding_changes_nothing,
)
IN_A_LAYER = (h_mask_scales_the_rows_of_W_h,)  # what layers need besides, of cells that a reader need not write
FOR_THE_LSTM = (
    hand_worked_step,
    two_steps_by_hand,
    carousel_keeps_every_bit,
    initial_weights_are_as_documented,
)
