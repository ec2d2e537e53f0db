"""For all tests: one thread for the matrix products, so that runs repeat bit for bit and share a machine kindly."""

import os
from collections import Counter

import pytest

GRADIENT_TABLE = "gradient table"  # the property under which tests leave lines to be shown at the end
ALONE = ("tests/browser/test_browser_notebooks.py", "tests/site/")
TOGETHER = tuple(f"tests/browser/test_{name}.py" for name in ("every_widget", "paint", "undo"))  # on one page of all

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last: what is quick and precise speaks first. Of them, the longest go first."""

    def place(item: pytest.Item) -> int:
        if "browser" not in item.path.parts:
            return 0
        return 1 if item.nodeid.startswith(TOGETHER) else 3 if item.nodeid.startswith(ALONE) else 2

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Share the tests among processes (`-n 2 --dist loadscope`) by files: the cells of a page need those before.

    In a browser the tests of a file use one page, those of ``TOGETHER`` one for all. Those of ``ALONE`` open their own,
    and go where there is room.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(TOGETHER):
                return TOGETHER[0]
            return nodeid if nodeid.startswith(ALONE) else nodeid.split("::")[0]

    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter) -> None:
    """Show the table of gradient errors if it was made, and say once, at the end, why tests were skipped."""
    properties = (pair for report in terminalreporter.stats.get("passed", []) for pair in report.user_properties)
    for line in dict.fromkeys(line for name, line in properties if name == GRADIENT_TABLE):
        terminalreporter.write_line(line)
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", []))
    for reason, count in reasons.items():
        terminalreporter.write_line(f"{count} {reason}")
