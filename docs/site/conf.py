"""How Sphinx builds the web edition; `tools/build_site.py` (`make site`) gathers the sources and then calls it."""

import os
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

import lstm_helpers

BOOK = tomllib.loads((HERE / "book.toml").read_text(encoding="utf-8"))

project = BOOK["site"]["title"]
author = "The lstm_helpers authors"
copyright = "The lstm_helpers authors. Code: BSD 3-Clause; text and figures: CC BY 4.0"
version = release = lstm_helpers.__version__
language = "en"
exclude_patterns = ["carried"]
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "tools.extensions.docstrings",
    "tools.extensions.code_lines",
    "tools.extensions.page_header",
    "tools.extensions.unset_formulas",
]
html_math_renderer = "unset"

# Pages: the stored outputs, nothing is run.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "attrs_inline"]
myst_heading_anchors = 4
# As JupyterLab names them, which is how the pages link to each other.
myst_heading_slug_func = "tools.extensions.page_header.anchor"
suppress_warnings: list[str] = []

# The package: what its docstrings say.
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "no-value": True}
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
default_role = "py:obj"
highlight_language = "none"  # set-in blocks of docstrings are equations
python_use_unqualified_type_names = True
add_module_names = False
toc_object_entries_show_parents = "hide"
viewcode_line_numbers = False

# The house.
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static", str(ROOT / "build" / "site-source" / "carried")]
html_css_files = ["book.css", "finding.css", "projector.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("book.js", "keys.js", "projector.js")]
html_copy_source = True
html_show_sphinx = False
html_last_updated_fmt = None
html_permalinks_icon = "#"
html_baseurl = os.environ.get("SITE_URL", "")
html_favicon = str(ROOT / "build" / "site-source" / "carried" / "favicon.svg")
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_persistent": [],  # the search stands in the sidebar
    "home_page_in_toc": False,
    "show_navbar_depth": 1,
    "use_download_button": False,  # page_header has its own, which offers the notebook as it is in the repository
    "use_fullscreen_button": False,
    "navigation_with_keys": False,
    "secondary_sidebar_items": [],  # page_header puts the open page's sections below its name in the list of chapters
    "search_bar_text": "Search the book",
    "pygments_light_style": "github-light-high-contrast",
    "pygments_dark_style": "github-dark-high-contrast",
    "back_to_top_button": False,
}
