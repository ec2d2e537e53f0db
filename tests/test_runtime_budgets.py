"""Where the code runs: work is smaller in a browser, and its size is printed there."""

import sys

import pytest

from lstm_helpers import frameworks, runtime


@pytest.fixture
def in_browser(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")


def test_on_a_machine_sizes_are_the_usual_ones_and_nothing_is_printed(capsys):
    assert not runtime.in_browser()
    assert runtime.budget(10, 2, "seeds") == 10 and runtime.budget(3, 3, "seeds") == 3
    assert capsys.readouterr().out == ""


def test_in_the_browser_sizes_are_smaller_and_printed(in_browser, capsys):
    assert runtime.in_browser()
    assert runtime.budget(10, 2, "seeds") == 2
    assert capsys.readouterr().out == "In the browser: seeds = 2, elsewhere 10.\n"


@pytest.mark.parametrize(
    ("usual", "browser", "why"), [(3, 4, "at most 3"), (0, 0, "usual"), (3, 0, "browser"), (3, 1.5, "browser")]
)
def test_sizes_that_make_no_sense_are_refused_everywhere(usual, browser, why):
    with pytest.raises(ValueError, match=why):
        runtime.budget(usual, browser, "seeds")


def test_in_the_browser_a_framework_is_reported_as_unavailable(in_browser, monkeypatch, capsys):
    monkeypatch.setattr(frameworks.presence, "missing", lambda name: ("torch",))
    assert frameworks.optional("torch") is None
    said = capsys.readouterr().out
    assert said.startswith("Skipped: torch does not run in the browser") and "pip" not in said
