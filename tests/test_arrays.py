"""Trees of arrays: mapping, stacking, and files that are whole or refused."""

import io
import os
import re
import zipfile

import numpy as np
import pytest

from lstm_helpers import arrays
from lstm_helpers.cells import lstm

PARAMS = lstm.init(np.random.default_rng(0), 3, 2)
TREE = (PARAMS, (np.array(7), np.zeros((0, 4), np.float32)), np.array([1 + 2j]))


def same(a, b):
    pairs = list(zip(arrays.leaves(a), arrays.leaves(b), strict=True))
    return all(p == q and x.dtype == y.dtype and np.array_equal(x, y) for (p, x), (q, y) in pairs)


def test_leaves_name_their_paths():
    assert [name for name, _ in arrays.leaves(TREE)] == ["0.W_x", "0.W_h", "0.b", "1.0", "1.1", "2"]
    assert [name for name, _ in arrays.leaves(np.ones(2))] == [""]


def test_tree_map_keeps_types_and_joins_trees():
    doubled = arrays.tree_map(np.add, PARAMS, PARAMS)
    assert isinstance(doubled, lstm.Params)
    assert np.array_equal(doubled.W_h, 2 * PARAMS.W_h)
    with pytest.raises(ValueError, match=r"differ in structure: Params\(W_x, W_h, b\) against State\(h, c\)"):
        arrays.tree_map(np.add, PARAMS, lstm.zero_state(PARAMS, 1))
    with pytest.raises(ValueError, match="an array against a tuple of 1"):
        arrays.tree_map(np.add, np.ones(1), (np.ones(1),))


def test_stack_adds_an_axis_in_front():
    stacked = arrays.stack([lstm.zero_state(PARAMS, 4)] * 5)
    assert stacked.c.shape == (5, 4, 2)


@pytest.mark.parametrize("tree", [PARAMS, TREE, np.arange(3.0), np.asfortranarray(np.arange(6.0).reshape(2, 3))])
def test_saved_trees_are_loaded_bit_for_bit(tmp_path, tree):
    path = tmp_path / "weights.npz"
    arrays.save(path, tree)
    loaded = arrays.load(path, arrays.tree_map(np.zeros_like, tree))
    assert same(loaded, tree)
    assert all(leaf.flags.writeable and leaf.flags.c_contiguous for _, leaf in arrays.leaves(loaded))
    assert os.listdir(tmp_path) == ["weights.npz"]


def test_the_path_is_taken_as_given_and_bytes_repeat(tmp_path):
    for name in ("a", "b.weights"):
        arrays.save(str(tmp_path / name), PARAMS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b.weights").read_bytes()


def test_numpy_reads_the_file_too(tmp_path):
    arrays.save(tmp_path / "w.npz", PARAMS)
    with np.load(tmp_path / "w.npz", allow_pickle=False) as archive:
        assert sorted(archive) == ["W_h", "W_x", "b"]
        assert np.array_equal(archive["W_h"], PARAMS.W_h)


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "w.npz"
    arrays.save(path, PARAMS)
    before = path.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    for broken in ("os.fsync", "os.replace"):
        with monkeypatch.context() as patch:
            patch.setattr(broken, fail)
            with pytest.raises(OSError, match="disk full"):
                arrays.save(path, arrays.tree_map(np.zeros_like, PARAMS))
    with pytest.raises(ValueError, match="W_x has dtype object; expected numbers"):
        arrays.save(path, PARAMS._replace(W_x=np.array([None])))
    with pytest.raises(ValueError, match="b is a list; expected an array"):
        arrays.save(path, PARAMS._replace(b=[1.0]))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["w.npz"]


def rewritten(path, member, data, compression=zipfile.ZIP_STORED):
    """Replace one member of a good file, keeping the mark of ``save``."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
        comment = archive.comment
    held[member] = data
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.comment = comment
        for name, content in held.items():
            archive.writestr(name, content)


def npy(array, **kwargs):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **kwargs)
    return buffer.getvalue()


def a_header_that_promises(shape, data):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return buffer.getvalue() + bytes(data)


HOSTILE = {
    "b has shape (9, 9)": lambda path: rewritten(path, "b.npy", npy(np.zeros((9, 9)))[: 128 + 64]),
    "b has 8000128 bytes; expected 64": lambda path: rewritten(path, "b.npy", npy(np.zeros(10**6))),
    "b has shape (1000000000000,)": lambda path: rewritten(path, "b.npy", a_header_that_promises((10**12,), 64)),
    "b has 72 bytes of numbers; expected 64": lambda path: rewritten(path, "b.npy", a_header_that_promises((8,), 72)),
    "magic string is not correct": lambda path: rewritten(path, "b.npy", b"x" * 192),
    "dtype object": lambda path: rewritten(path, "b.npy", npy(np.array([{}]), allow_pickle=True).ljust(192, b"\0")),
    "dtype float32": lambda path: rewritten(path, "b.npy", npy(np.zeros(8, np.float32)).ljust(192, b"\0")),
    "and a header, not compressed": lambda path: rewritten(path, "b.npy", npy(np.zeros(8)), zipfile.ZIP_DEFLATED),
    "holds W_h, W_x, b, evil; expected W_h, W_x, b": lambda path: rewritten(path, "evil.npy", b""),
    "not a zip file": lambda path: path.write_bytes(b""),
    "w.npz cannot be loaded: not a file that": lambda path: np.savez(path, W_x=PARAMS.W_x, W_h=PARAMS.W_h, b=PARAMS.b),
    "Bad CRC-32": lambda path: path.write_bytes(
        path.read_bytes().replace(PARAMS.W_x.tobytes(), (PARAMS.W_x + 1.0).tobytes())
    ),
}


@pytest.mark.parametrize("message", HOSTILE)
def test_a_bad_file_is_refused_by_name(tmp_path, message):
    path = tmp_path / "w.npz"
    arrays.save(path, PARAMS)
    HOSTILE[message](path)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        arrays.load(path, PARAMS)
    assert "w.npz" in str(caught.value)


def test_another_tree_is_refused(tmp_path):
    path = tmp_path / "w.npz"
    arrays.save(path, PARAMS)
    with pytest.raises(ValueError, match=r"holds W_h, W_x, b; expected c, h"):
        arrays.load(path, lstm.zero_state(PARAMS, 1))
    wider = lstm.init(np.random.default_rng(0), 3, 4)
    with pytest.raises(ValueError, match=r"W_x has \d+ bytes; expected 384"):
        arrays.load(path, wider)
    with pytest.raises(ValueError, match=r"W_x has shape \(3, 8\).*expected \(8, 3\)"):
        arrays.load(path, PARAMS._replace(W_x=PARAMS.W_x.T))
    with pytest.raises(FileNotFoundError):
        arrays.load(tmp_path / "none.npz", PARAMS)


def test_no_truncation_passes(tmp_path):
    """Whatever the length at which a file was cut, it is refused and never half-loaded."""
    path = tmp_path / "w.npz"
    arrays.save(path, PARAMS)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"w\.npz"):
            arrays.load(path, PARAMS)


def test_no_flipped_byte_goes_unnoticed(tmp_path):
    """One byte changed anywhere is refused, or lies where nothing is stored and the numbers are the same."""
    path = tmp_path / "w.npz"
    arrays.save(path, PARAMS)
    whole = path.read_bytes()
    for place in range(0, len(whole), 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            loaded = arrays.load(path, PARAMS)
        except ValueError:
            continue
        assert same(loaded, PARAMS), place


def test_check_shape_says_which_axis():
    with pytest.raises(ValueError, match=re.escape("x has shape (3, 5); expected (B, D) with D=8")):
        arrays.check_shape("x", np.zeros((3, 5)), B=None, D=8)
    with pytest.raises(ValueError, match=re.escape("x has shape (0, 8); expected (B, D) with D=8 (an empty axis")):
        arrays.check_shape("x", np.zeros((0, 8)), B=None, D=8)


def test_tree_norm_is_the_norm_over_all_numbers():
    assert arrays.tree_norm((np.array([3.0]), (np.array([[0.0], [4.0]]), ()))) == 5.0
    assert arrays.tree_norm(np.array([3 + 4j])) == 5.0
    assert arrays.tree_norm(()) == arrays.tree_norm(np.zeros((0, 2))) == arrays.tree_norm(np.zeros(3)) == 0.0


@pytest.mark.parametrize("size", [1e200, 1e-200, 5e-324])
def test_tree_norm_neither_overflows_nor_underflows(size):
    assert arrays.tree_norm((np.full(2, size), np.full((1, 2), size))) == 2 * size
    assert arrays.tree_norm(np.full(4, 1e30, np.float32)) == pytest.approx(2e30, rel=1e-6)


@pytest.mark.parametrize("leaves", [([1.0], [np.nan, 2.0]), ([np.nan], [1.0]), ([np.nan], [np.inf])])
def test_tree_norm_hides_no_nan(leaves):
    assert np.isnan(arrays.tree_norm(tuple(np.array(leaf) for leaf in leaves)))
    assert arrays.tree_norm((np.array([1.0]), np.array([-np.inf]))) == np.inf


def test_check_finite_reads_where_the_mask_is_true():
    value = np.zeros((2, 3, 1))
    value[1, 2] = np.nan
    with pytest.raises(ValueError, match=r"xs\[1, 2, 0\] is nan: expected finite numbers; fill it"):
        arrays.check_finite("xs", value, hint="fill it")
    mask = np.ones((2, 3), bool)
    mask[1, 2] = False
    arrays.check_finite("xs", value, mask)


def test_check_finite_reports_every_unmasked_position():
    """All masks of two sequences of three steps: in front, behind, holed, empty."""
    for bits in range(2**6):
        mask = np.array([bits >> k & 1 for k in range(6)], bool).reshape(3, 2)
        for t, b in np.ndindex(3, 2):
            value = np.where(mask[:, :, None], 1.0, np.inf) * np.ones((3, 2, 2))
            value[t, b, 1] = np.nan
            if mask[t, b]:
                with pytest.raises(ValueError, match=rf"xs\[{t}, {b}, 1\] is nan"):
                    arrays.check_finite("xs", value, mask)
            else:
                arrays.check_finite("xs", value, mask)


FLOATS = [np.float16, np.float32, np.float64, np.complex64, np.complex128]


@pytest.mark.parametrize("first", FLOATS)
@pytest.mark.parametrize("second", FLOATS)
def test_arrays_of_two_precisions_are_refused_whichever_comes_first(first, second):
    a, b = np.zeros(2, first), (np.zeros(1, first), np.zeros(3, second))
    if np.zeros(0, first).real.dtype == np.zeros(0, second).real.dtype:
        arrays.check_same_dtype(a=a, b=b)
    else:
        with pytest.raises(ValueError, match=rf"b\.1 has dtype {np.dtype(second)} but a has"):
            arrays.check_same_dtype(a=a, b=b)
