"""Every page of the book, opened and run by a reader's browser."""

from pathlib import Path

import pytest

NOTEBOOKS = sorted(path.name for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_pages_to_open():
    assert NOTEBOOKS, "notebooks/ holds no page"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_page_opens_and_runs(lab, name):
    page = lab.open(name)
    lab.run_all(page)
    assert not lab.problems(page), "\n".join(lab.problems(page))
