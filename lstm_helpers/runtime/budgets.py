"""Where the code runs: with a Python of its own, or inside a page of a browser, which computes a few times more slowly.

What takes long on a page of the book asks here how large it may be. So the page says what it did, wherever it runs.
"""

import sys

from lstm_helpers.arrays import check_size


def in_browser() -> bool:
    """Tell whether this Python runs inside a browser (Pyodide, as in the browser edition)."""
    return sys.platform == "emscripten"


def budget(usual: int, browser: int, what: str) -> int:
    """Give how many there are to be, fewer inside a browser, and print there what was made smaller.

    Parameters
    ----------
    usual, browser : int
        How many there are elsewhere, and how many inside a browser; the second is not the larger one.
    what : str
        What is counted, such as ``"seeds"``.

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
