"""A shipped file that is missing or broken is named, with what is wrong and how to fix it."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import arrays
from lstm_helpers.data import measured, recorded, shipped, trained
from lstm_helpers.data.tasks import co2, elnino, sunspots, text

READERS = {
    "measured/latch.npz": measured.latch,
    "measured/both_ways.npz": measured.both_ways,
    "measured/speed.csv": measured.speed,
    "recorded/lstm.npz": recorded.lstm_cases,
    "recorded/onnx.npz": recorded.onnx_cases,
    "trained/agreement.npz": trained.agreement,
    "trained/brackets.npz": trained.brackets,
    "trained/dates.npz": trained.dates,
    "sources/sunspots.csv": sunspots.load,
    "sources/elnino.csv": elnino.load,
    "sources/co2.csv": co2.load,
    "sources/book.txt": text.book,
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of what ships, to be broken."""
    for name in READERS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(Path(str(shipped.FOLDER.joinpath(name))), tmp_path / name)
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    return tmp_path


def refused(name):
    said = rf"^lstm_helpers/data/{re.escape(name)} is not as it was shipped: .+; install lstm_helpers again, or in a "
    return pytest.raises(ValueError, match=said)


@pytest.mark.parametrize("name", READERS)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"^lstm_helpers/data/{name} is missing.*: install lstm_helpers again"):
        READERS[name]()


@pytest.mark.parametrize("name", [name for name in READERS if name.endswith("npz")])
@pytest.mark.parametrize("part", [0.0, 0.5, 0.99])
def test_a_truncated_archive_is_named(folder, name, part):
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: int(part * len(whole))])
    with refused(name):
        READERS[name]()


@pytest.mark.parametrize("name", [name for name in READERS if name.endswith("npz")])
def test_a_damaged_archive_is_named(folder, name):
    whole = bytearray((folder / name).read_bytes())
    whole[len(whole) // 3 : len(whole) // 3 + 200] = bytes(200)
    (folder / name).write_bytes(whole)
    with refused(name):
        READERS[name]()


@pytest.mark.parametrize("name", [name for name in READERS if not name.endswith("npz")])
def test_a_text_that_is_no_utf_8_is_named(folder, name):
    (folder / name).write_bytes(b"\xff\xfe\xff" + (folder / name).read_bytes())
    with refused(name):
        READERS[name]()


@pytest.mark.parametrize("name", [name for name in READERS if name.startswith("sources") and name.endswith("csv")])
def test_a_series_without_its_last_value_is_named(folder, name):
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    (folder / name).write_text("\n".join(lines[:-1]), encoding="utf-8")
    with refused(name):
        READERS[name]()


def test_a_table_of_another_shape_or_dtype_is_named(folder):
    table = measured.latch()
    for wrong in (table[:-1], table.astype(np.float32), table.swapaxes(0, 2)):
        arrays.save(folder / "measured" / "latch.npz", wrong)
        with refused("measured/latch.npz"):
            measured.latch()


def test_a_recording_without_one_of_its_arrays_is_named(folder):
    file = folder / "recorded" / "onnx.npz"
    whole = dict(np.load(file))
    lost = next(name for name in whole if name.endswith("/hs"))
    np.savez(file, **{name: array for name, array in whole.items() if name != lost})
    with pytest.raises(ValueError, match=r"recorded/onnx\.npz is not as it was shipped: it has no 'hs'; install"):
        recorded.onnx_cases()


def test_every_file_is_read_in_this_one_way():
    for path in Path(str(shipped.FOLDER)).rglob("*.py"):
        if path.name != "shipped.py":
            assert not re.search(r"resources|np\.load|arrays\.load", path.read_text(encoding="utf-8")), path.name


def test_what_ships_is_read():
    held = {path.relative_to(str(shipped.FOLDER)).as_posix() for path in Path(str(shipped.FOLDER)).rglob("*.npz")}
    code = "\n".join(path.read_text(encoding="utf-8") for path in Path(str(shipped.FOLDER)).rglob("*.py"))
    assert not [name for name in held if f'"{Path(name).stem}"' not in code and f"{Path(name).name}" not in code]
