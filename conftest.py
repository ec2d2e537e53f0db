"""For tests and pages alike: what needs a framework that is not installed is skipped, and says so.

A test module says ``pytestmark = pytest.mark.needs("torch")``, a page's cell carries the tag ``needs-torch``. Where the
environment variable FRAMEWORKS is ``required`` they fail instead: that is how one run knows that nothing was skipped.
"""

import os
from collections.abc import Iterator

import pytest

TAG = "needs-"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "needs(name): skipped where this framework is not installed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Use one process more than there are processors: a browser's test waits for a good part of its time."""
    return (os.cpu_count() or 1) + 1


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail, before a test is run or a cell is sent to its kernel."""
    from lstm_helpers import frameworks  # not before tests/conftest.py has set the number of threads

    for name in needs(item):
        absent = " and ".join(frameworks.missing(name))
        if absent and os.environ.get("FRAMEWORKS") == "required":
            pytest.fail(f"{absent} is not installed, and FRAMEWORKS=required", pytrace=False)
        if absent:
            pytest.skip(f'need {absent}, which is not installed: pip install "lstm_helpers[frameworks]"')


def needs(item: pytest.Item) -> Iterator[str]:
    """Name the frameworks that a test or a cell asks for."""
    for marker in item.iter_markers("needs"):
        yield from marker.args
    cell = getattr(item, "cell", None)  # nbval's items have one
    for tag in cell.metadata.get("tags", []) if cell is not None else []:
        if tag.startswith(TAG):
            yield tag.removeprefix(TAG)
