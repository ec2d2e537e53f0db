"""The README's lists of pages and modules are written from the cover and the docstrings, and none is missing."""

import shutil

import pytest

from tools import readme

TEXT = readme.README.read_text(encoding="utf-8")


def test_the_readme_lists_every_page_and_every_module():
    assert readme.written(TEXT) == TEXT, "run `make readme`"


@pytest.mark.parametrize("lost", ["| [09 watch gradients vanish]", "| [`losses`]"])
def test_a_row_that_is_missing_is_written_again(lost):
    without = "".join(line for line in TEXT.splitlines(keepends=True) if not line.startswith(lost))
    assert without != TEXT and readme.written(without) == TEXT


def test_a_page_that_the_cover_does_not_name_is_refused(tmp_path):
    shutil.copy(readme.ROOT / "notebooks" / readme.COVER, tmp_path)
    for name in ("01_why_sequences_need_memory", "20_read_trees"):
        (tmp_path / f"{name}.ipynb").touch()
    with pytest.raises(ValueError, match=r"has no row for \['20_read_trees\.ipynb'\], and rows for pages that are not"):
        readme.pages(tmp_path)


def test_a_readme_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="has not the two lines <!-- pages: from make readme -->"):
        readme.written("# The LSTM")
