"""The gradient checkers against gradients that are known exactly, and against misuse."""

from typing import NamedTuple

import numpy as np
import pytest

from lstm_helpers.gradcheck import central_difference, complex_step, relative_error


class Pair(NamedTuple):
    a: np.ndarray
    b: tuple


TREE = Pair(np.array([[1.0, -2.0], [0.5, 3.0]]), (np.array([2.0]), np.array(0.25)))


def cubic(tree):
    return (tree.a**3).sum() * tree.b[0][0] + tree.b[1] ** 2


EXACT = Pair(3 * TREE.a**2 * 2.0, (np.array([(TREE.a**3).sum()]), np.array(0.5)))


def test_complex_step_is_exact():
    assert relative_error(complex_step(cubic, TREE), EXACT) < 1e-15


def test_central_difference_is_close_and_has_its_own_optimum():
    errors = {eps: relative_error(central_difference(cubic, TREE, eps), EXACT) for eps in (1e-2, 1e-5, 1e-11)}
    assert errors[1e-5] < 1e-9
    assert errors[1e-2] > 1e-6  # truncation
    assert errors[1e-11] > 1e-7  # rounding
    assert relative_error(central_difference(cubic, TREE), central_difference(cubic, TREE, 1e-5)) == 0.0


@pytest.mark.parametrize("check", [complex_step, central_difference])
def test_structure_dtype_and_input_are_kept(check):
    tree = Pair(np.ones((2, 1), np.float32), (np.zeros((0,)), np.array(2.0)))
    for leaf in (tree.a, *tree.b):
        leaf.flags.writeable = False
    grads = check(lambda t: (t.a * t.b[1]).sum(), tree)
    assert isinstance(grads, Pair)
    assert grads.a.dtype == np.float32 and grads.a.shape == (2, 1)
    assert grads.b[0].shape == (0,)


def test_a_lone_array_is_a_tree():
    assert np.abs(complex_step(lambda w: (w * w).sum(), np.array([3.0, -1.0])) - [6, -2]).max() < 1e-15


def test_a_loss_that_drops_the_imaginary_part_is_reported():
    with pytest.raises(ValueError, match=r"loss returned a real number.*abs, max, \.real"):
        complex_step(lambda w: np.abs(w).sum(), np.ones(2))


@pytest.mark.parametrize("check", [complex_step, central_difference])
def test_misuse_is_named(check):
    with pytest.raises(ValueError, match=r"loss returned shape \(2,\); expected one number"):
        check(lambda w: w, np.ones(2))
    with pytest.raises(ValueError, match="tree has dtype int64; expected floats"):
        check(lambda w: w.sum(), np.ones(2, np.int64))
    with pytest.raises(ValueError, match=r"b.1 has dtype complex128; expected real floats"):
        check(lambda t: t.a.sum(), Pair(np.ones(1), (np.ones(1), np.ones(1) * 1j)))
    with pytest.raises(ValueError, match="b is a list; expected an array or a tuple"):
        check(lambda t: t.a.sum(), Pair(np.ones(1), [1.0]))


@pytest.mark.parametrize("eps", [0.0, -1e-5, np.nan])
def test_central_difference_refuses_a_bad_eps(eps):
    with pytest.raises(ValueError, match=r"eps is .*expected a small positive number"):
        central_difference(lambda w: w.sum(), np.ones(1), eps)


def test_relative_error_by_its_definition():
    for a, b, error in (
        (np.array([1.0, 10.0]), np.array([1.5, 10.0]), 0.05),
        (np.array([1.0, -8.0]), np.array([1.0, 4.0]), 1.5),
        (np.array([1.0]), np.array([0.0]), 1.0),
        (np.array([3.0]), np.array([-3.0]), 2.0),
        ((np.ones(2), np.array([4.0])), (np.ones(2), np.array([3.0])), 0.25),
    ):
        assert relative_error(a, b) == relative_error(b, a) == error
    assert relative_error((np.array([1.0]), np.array([1e-9])), (np.array([1.0]), np.array([2e-9]))) == 0.5
    assert relative_error(np.zeros(3), np.zeros(3)) == 0.0
    assert relative_error(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0
    assert relative_error(np.array([0.0]), np.array([1e-300])) == 1.0
    assert relative_error(np.array([np.nan]), np.array([np.nan])) == np.inf
    assert relative_error(np.array([np.inf]), np.array([1.0])) == np.inf
    assert relative_error((np.array([np.nan]), np.ones(1)), (np.ones(1), np.ones(1))) == np.inf


def test_relative_error_refuses_what_differs_in_structure():
    with pytest.raises(ValueError, match=r"a and b differ in shape: \(2,\) against \(3,\)"):
        relative_error(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match=r"differ in structure: Pair\(a, b\) against a tuple of 2"):
        relative_error(TREE, tuple(TREE))
    with pytest.raises(ValueError, match="differ in structure"):
        relative_error(np.ones(2), (np.ones(2),))


def test_the_error_of_the_complex_step_falls_with_its_square_and_never_rises() -> None:
    errors = [abs(float(complex_step(lambda w: np.exp(w).sum(), np.array([1.0]), eps)[0]) - np.e) for eps in STEPS]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)
    assert max(errors[2:]) < 1e-15
    with pytest.raises(ValueError, match="eps is 0"):
        complex_step(lambda w: w.sum(), np.ones(1), 0.0)


STEPS = (1e-1, 1e-2, 1e-9, 1e-15, 1e-100)
