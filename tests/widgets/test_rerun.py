"""A widget stays open as long as the latest run of some cell made it or showed it."""

import pytest

from lstm_helpers.widgets import GateSliders, rerun


class Events:
    def __init__(self):
        self.registered = []

    def register(self, name, function):
        assert name == "post_run_cell"
        self.registered.append(function)


class Shell:
    """A stand-in for a kernel's shell: it names the running cell, and calls back when the cell has run."""

    def __init__(self):
        self.events, self.parent, self.count = Events(), {}, 0

    def get_parent(self):
        return self.parent

    def run(self, cell, *actions):
        """Run a cell whose lines are functions; return what they returned."""
        self.count += 1
        metadata = {} if cell is None else {"cellId": cell}
        self.parent = {"header": {"msg_id": f"request {self.count}"}, "metadata": metadata}
        results = [action() for action in actions]
        for function in self.events.registered:
            function(object())
        return results


class Thing:
    """A stand-in for a widget."""

    def __init__(self):
        self.closed = 0
        rerun.remember(self)

    def show(self):
        assert not self.closed, "shown after it was closed"
        rerun.remember(self)

    def close(self):
        self.closed += 1


@pytest.fixture
def shell(monkeypatch):
    shell = Shell()
    monkeypatch.setattr(rerun, "get_ipython", lambda: shell)
    for name, empty in (("_latest", {}), ("_left", []), ("_watched", [])):
        monkeypatch.setattr(rerun, name, empty)
    return shell


def test_a_cell_that_runs_again_closes_what_it_made(shell):
    made = [shell.run("a", Thing)[0] for _ in range(20)]
    assert [thing.closed for thing in made] == [1] * 19 + [0]
    assert len(shell.events.registered) == 1 and sum(len(run.widgets) for run in rerun._latest.values()) == 1


def test_all_widgets_of_one_run_stay_open(shell):
    first = shell.run("a", Thing, Thing, Thing)
    other = shell.run("b", Thing)
    assert not any(thing.closed for thing in (*first, *other))
    shell.run("a", Thing)
    assert [thing.closed for thing in first] == [1, 1, 1] and not other[0].closed


def test_a_widget_that_another_cell_shows_stays_open(shell):
    (thing,) = shell.run("a", Thing)
    shell.run("b", thing.show)
    shell.run("a", Thing)
    assert not thing.closed
    shell.run("b", thing.show, thing.show)
    assert not thing.closed
    shell.run("b", Thing)
    assert thing.closed == 1


def test_a_widget_that_is_shown_again_is_not_closed_in_between(shell):
    (thing,) = shell.run("a", Thing)
    shell.run("a", Thing, thing.show)
    assert not thing.closed


def test_a_cell_that_no_longer_makes_a_widget_closes_the_old_one(shell):
    (thing,) = shell.run("a", Thing)
    shell.run("b")
    assert not thing.closed
    shell.run("a")
    assert thing.closed == 1 and not rerun._latest


def test_without_a_cells_name_nothing_is_closed(shell, monkeypatch):
    things = [shell.run(None, Thing)[0] for _ in range(3)]
    monkeypatch.setattr(rerun, "get_ipython", lambda: None)
    things += [Thing(), Thing()]
    rerun.sweep()
    assert not any(thing.closed for thing in things) and not rerun._latest


def test_a_widgets_layout_is_closed_with_it(shell):
    (widget,) = shell.run("a", GateSliders)
    layout = widget.layout
    assert widget in rerun._latest["a"].widgets
    shell.run("a", GateSliders)
    assert widget.comm is None and layout.comm is None
    shell.run("b", lambda: GateSliders()._repr_mimebundle_())
    assert len(rerun._latest["b"].widgets) == 1  # made and shown, and kept once
