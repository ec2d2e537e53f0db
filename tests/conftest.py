"""For all tests: one thread for the matrix products, so that runs repeat bit for bit and share a machine kindly."""

import os
from collections import Counter

import pytest

GRADIENT_TABLE = "gradient table"  # the property under which tests leave lines to be shown at the end
ALONE = ("tests/browser/test_browser_notebooks.py", "tests/browser/test_every_widget.py", "tests/site/")

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last: what is quick and precise speaks first."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Share the tests among processes (`-n 2 --dist loadscope`) by files: the cells of a page need those before.

    In a browser the tests of a file use one page. Those of ``ALONE`` open their own, and go where there is room.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
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
