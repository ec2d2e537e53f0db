"""Wrap long lines, so that printed output is not cut off on a page."""

import textwrap

COLUMNS = 88  # the width beside JupyterLab's file browser and of the web edition's column, at 1280 pixels


def wrap(text: str) -> str:
    """Wrap lines longer than ``COLUMNS`` between words; continuation lines keep the indentation.

    Parameters
    ----------
    text : str
        Any number of lines; short ones do not change.

    Returns
    -------
    str
    """
    return "\n".join(_wrapped(line) for line in text.split("\n"))


def _wrapped(line: str) -> str:
    if len(line) <= COLUMNS:
        return line
    start = line[: len(line) - len(line.lstrip(" -"))]
    return textwrap.fill(
        line, COLUMNS, subsequent_indent=" " * len(start), break_long_words=False, break_on_hyphens=False
    )
