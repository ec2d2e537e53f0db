# The book's commands. PYTHON names another Python, DEPS another set of versions (locked, oldest, newest):
#   make test PYTHON=python3.13 DEPS=newest      runs in a folder of its own, .venv-3.13-newest
# WITH=frameworks adds PyTorch and Keras, without which some cells and tests are skipped (for lab, test and notebooks).
PYTHON = python3
DEPS = locked
SOAK = 5
VENV = .venv$(patsubst python%,-%,$(filter-out python python3,$(notdir $(PYTHON))))$(patsubst %,-%,$(filter-out locked,$(DEPS)))
RUN = $(VENV)/bin/python
ONE_THREAD = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 VECLIB_MAXIMUM_THREADS=1
# Shared among one process more than processors (conftest.py), four at most, each with a JupyterLab and a browser of its own.
# One after the other: make test SHARED=
SHARED = -n auto --maxprocesses=4 --dist=loadscope --no-loadscope-reorder
AS_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)
FOUND = command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON) here. This book needs Python 3.11 or newer:" \
	"install it, or name the one you have: make $(or $(MAKECMDGOALS),lab) PYTHON=python3.13" >&2; exit 1; };
PREPARE = $(FOUND) $(PYTHON) -m tools.environment --venv $(VENV) --deps $(DEPS)

.PHONY: help lab test soak check notebooks baselines gallery readme bench lock clean read-set test-set

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1@/p' Makefile | tr '@' '\t'

# One Ctrl-C ends it; in place of the shell (exec), so that make has nothing to complain of.
lab: read-set  ## open the book in JupyterLab
	exec $(RUN) -m jupyterlab --ServerApp.root_dir="$(CURDIR)" --ServerApp.answer_yes=True $(AS_ROOT) $(LAB) \
		notebooks/00_start_here.ipynb

test: test-set  ## run all tests: the package, every page, a browser
	$(ONE_THREAD) $(RUN) -m pytest --nbval --nbval-cell-timeout=120 $(SHARED) $(ARGS)

soak: test-set  ## move every widget again and again in a browser (SOAK=5 rounds)
	$(ONE_THREAD) SOAK=$(SOAK) $(RUN) -m pytest tests/browser --ignore=tests/browser/test_browser_notebooks.py $(SHARED) $(ARGS)

# JavaScript and CSS
SCRIPTS = docs lstm_helpers tests tools

check: test-set  ## look at the code: ruff, mypy, the import order of the package; oxlint and oxfmt on scripts and styles
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check --quiet .
	$(RUN) -m mypy
	$(RUN) -c "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"
	$(VENV)/bin/oxlint --quiet $(SCRIPTS)
	$(VENV)/bin/oxfmt --check $(SCRIPTS:=/**/*.js) $(SCRIPTS:=/**/*.css)

notebooks: test-set  ## run the pages again and store their outputs (ONLY=03 for one)
	$(ONE_THREAD) $(RUN) -m tools.notebooks $(ONLY)

baselines: test-set  ## store the pictures that tests/figures/test_pictures.py compares again (ONLY=draw_cell for some)
	rm -f tests/figures/baseline/$(or $(ONLY),draw_)*.png
	$(ONE_THREAD) $(RUN) -m pytest -q tests/figures/test_pictures.py --mpl-generate-path=tests/figures/baseline \
		$(if $(ONLY),-k $(ONLY))

gallery: test-set  ## show all figures on one page, also as colour-blind people see them: build/gallery/index.html
	$(ONE_THREAD) $(RUN) -m tools.gallery

readme: test-set  ## write the lists of pages and modules in README.md, from the cover and the docstrings
	$(RUN) -m tools.readme

bench: test-set  ## measure speed and memory beside other libraries, and the widgets beside interact (ARGS=--quick: in minutes)
	$(RUN) -m benchmarks $(ARGS)
	$(RUN) -m benchmarks.widgets $(if $(findstring --quick,$(ARGS)),--keys 10)

lock:  ## find the newest versions again and write them into locks/
	@$(FOUND) $(PYTHON) -m tools.lock

clean:  ## remove the environments and caches that make has made
	@$(FOUND) $(PYTHON) -m tools.environment clean

read-set:
	@$(PREPARE) $(or $(WITH),read)

test-set:
	@$(PREPARE) $(or $(WITH),test)

# --- the web edition: REPOSITORY=https://… and LITE=lite for the buttons that open a page elsewhere
SITE_VENV = $(subst .venv,.venv-site,$(VENV))
SITE_RUN = $(SITE_VENV)/bin/python
export REPOSITORY LITE SITE_URL BRANCH
.PHONY: site site-test site-set

site: site-set  ## build the web edition into build/site
	$(ONE_THREAD) $(SITE_RUN) -m tools.build_site

site-test: site-set  ## build it and read every page: links, words, a browser, axe
	REPOSITORY= LITE= $(ONE_THREAD) $(SITE_RUN) -m tools.build_site
	$(ONE_THREAD) SITE_TEST=built $(SITE_RUN) -m pytest tests/site $(SHARED) $(ARGS)

site-set:
	@$(FOUND) $(PYTHON) -m tools.environment site --venv $(SITE_VENV) --deps $(DEPS)

# --- the browser edition, in environments of its own: lite-check's JupyterLite is older, for all of its Pyodide can be had
LITE_VENV = $(subst .venv,.venv-lite,$(VENV))
LITE_CHECK_VENV = $(subst .venv,.venv-lite-check,$(VENV))
.PHONY: lite lite-check student manifest dist dist-check

lite:  ## build the edition that runs in the browser into build/lite
	@$(FOUND) $(PYTHON) -m tools.environment lite --venv $(LITE_VENV) --deps $(DEPS)
	$(LITE_VENV)/bin/python -m tools.lite build/lite

lite-check:  ## run every page of it in Chromium, where Pyodide can be had (ONLY=03 for one)
	@$(FOUND) $(PYTHON) -m tools.environment lite-check --venv $(LITE_CHECK_VENV)
	$(LITE_CHECK_VENV)/bin/python -m tools.lite_check $(ARGS) $(ONLY)

# --- a class
student: test-set  ## write the pages without solutions into build/student (ARGS=--run: and run them)
	$(ONE_THREAD) $(RUN) -m tools.student $(ARGS)

# --- a release: TAG=v0.2.0 refuses unless that is the tag of what is here
manifest: test-set  ## compare what a release would hold with what git knows
	$(RUN) -m check_manifest --no-build-isolation

dist: manifest  ## build wheel and sdist into dist/, if the tables of speed say what was measured
	$(RUN) -m benchmarks --fresh
	$(RUN) -m tools.release build $(TAG)

dist-check: dist  ## install the wheel in an environment of its own, and run the sdist's tests there
	$(ONE_THREAD) $(PYTHON) -m tools.release try
