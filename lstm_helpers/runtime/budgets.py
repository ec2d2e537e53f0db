"""How much work is allowed: in a browser, Python computes a few times more slowly than on a machine.

A page asks here for the size of a slow step, and prints the size that it used.
"""

import sys

from lstm_helpers.arrays import check_size


def in_browser() -> bool:
    """Return whether this Python runs inside a browser (Pyodide, as in the browser edition)."""
    return sys.platform == "emscripten"


def budget(usual: int, browser: int, what: str) -> int:
    """Give the amount of work, smaller inside a browser, and print it there.

    Parameters
    ----------
    usual, browser : int
        The amount on a machine, and inside a browser; the second must not be larger.
    what : str
        The thing counted, such as ``"seeds"``.

    Returns
    -------
    int
        ``browser`` inside a browser, else ``usual``.

    Raises
    ------
    ValueError
        If they are not whole numbers from 1, or ``browser`` is larger than ``usual``.
    """
    check_size("usual", usual)
    check_size("browser", browser)
    if browser > usual:
        raise ValueError(f"browser is {browser} and usual {usual}; expected at most {usual}: a browser computes slowly")
    if not in_browser():
        return usual
    print(f"In the browser: {what} = {browser}, elsewhere {usual}.")
    return browser
