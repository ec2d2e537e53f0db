"""Formulas stay TeX while Sphinx builds, and no page asks for MathJax: tools/formulas.py sets them afterwards."""

from typing import Any

from sphinx.ext.mathjax import html_visit_displaymath, html_visit_math


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx, as the way to write formulas that conf.py names."""
    app.add_html_math_renderer("unset", (html_visit_math, None), (html_visit_displaymath, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
