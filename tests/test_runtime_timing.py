"""Times are taken in turns, by a clock that the test can set; ratios, quartiles and memory are the right numbers."""

import gc
import tracemalloc

import numpy as np
import pytest

from lstm_helpers.runtime import in_turns, peak_memory, quartiles, ratios


class Workshop:
    """A clock that stands still but for what the workers do; each call is written down."""

    def __init__(self):
        self.now, self.calls = 0.0, []

    def worker(self, name, *seconds):
        """Make a function that takes so long, then so long, and then so long ever after."""
        left = list(seconds)

        def work():
            self.calls.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return work

    def clock(self):
        return self.now


@pytest.fixture
def shop():
    return Workshop()


def test_quartiles_are_those_of_the_definition():
    assert quartiles([4, 1, 3, 2, 5]) == (2.0, 3.0, 4.0)
    assert quartiles([1.0, 2.0]) == (1.25, 1.5, 1.75)
    assert quartiles([7.0]) == (7.0, 7.0, 7.0)


@pytest.mark.parametrize("bad", [[], [1.0, np.nan], [np.inf], [[1.0, 2.0]], 3.0])
def test_quartiles_of_what_has_none_are_refused(bad):
    with pytest.raises(ValueError, match=r"values is .* expected a list of finite numbers"):
        quartiles(bad)


def test_all_take_turns_and_each_round_starts_with_a_different_one(shop):
    calls = {name: shop.worker(name, 1.0) for name in "abc"}
    in_turns(calls, rounds=4, clock=shop.clock, shortest=0.5)
    warm, turns = shop.calls[:6], shop.calls[6:]
    assert sorted(warm) == list("aabbcc")
    assert "".join(turns) == "abc" + "bca" + "cab" + "abc"


def test_seconds_are_those_of_the_clock_round_by_round(shop):
    calls = {"a": shop.worker("a", 9.0, 9.0, 1.0, 2.0, 4.0), "b": shop.worker("b", 3.0)}  # nine: before the first round
    seconds = in_turns(calls, rounds=3, clock=shop.clock, shortest=0.0)
    assert seconds["a"].tolist() == [1.0, 2.0, 4.0] and seconds["b"].tolist() == [3.0, 3.0, 3.0]


def test_fast_calls_are_repeated_and_divided(shop):
    calls = {"short": shop.worker("short", 0.25), "long": shop.worker("long", 2.0)}
    seconds = in_turns(calls, rounds=2, clock=shop.clock, shortest=1.0)
    assert shop.calls.count("short") == 2 + 2 * 4 and shop.calls.count("long") == 2 + 2
    assert seconds["short"].tolist() == [0.25, 0.25]


def test_what_does_not_divide_the_shortest_time_is_repeated_until_that_has_passed(shop):
    in_turns({"a": shop.worker("a", 0.375)}, rounds=1, clock=shop.clock, shortest=1.0)
    assert len(shop.calls) == 2 + 3 and shop.now == 5 * 0.375


def test_a_clock_that_is_too_coarse_stops_nothing(shop):
    seconds = in_turns({"nothing": shop.worker("nothing", 0.0)}, rounds=1, clock=shop.clock)
    assert seconds["nothing"].tolist() == [0.0] and len(shop.calls) == 2 + 1000


def test_a_pause_is_not_counted(shop, monkeypatch):
    monkeypatch.setattr(
        "lstm_helpers.runtime.timing.time.sleep", lambda rest: setattr(shop, "now", shop.now + 100 * rest)
    )
    seconds = in_turns({"a": shop.worker("a", 1.0)}, rounds=3, clock=shop.clock, pause=5.0)
    assert seconds["a"].tolist() == [1.0, 1.0, 1.0] and shop.now == 5.0 + 3 * 500.0


@pytest.mark.parametrize("collecting", [True, False])
def test_the_garbage_collector_is_disabled_and_restored(shop, collecting):
    seen = []

    def fail():
        seen.append(gc.isenabled())
        if len(seen) == 3:
            raise KeyboardInterrupt

    (gc.enable if collecting else gc.disable)()
    try:
        with pytest.raises(KeyboardInterrupt):
            in_turns({"a": fail}, rounds=2, clock=shop.clock, shortest=0.0)
        assert seen[2] is False and gc.isenabled() is collecting
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("bad", "message"),
    [(dict(calls={}), "calls is empty"), (dict(rounds=0), "rounds is 0"), (dict(rounds=1.5), "rounds is 1.5")],
)
def test_nothing_to_time_is_refused(bad, message):
    with pytest.raises(ValueError, match=message):
        in_turns(**(dict(calls={"a": int}) | bad))


def test_ratios_compare_within_a_round():
    """The machine was half as fast in the second round; the ratios do not notice, medians of seconds would."""
    seconds = {"ours": np.array([1.0, 2.0, 1.0]), "theirs": [3.0, 6.0, 3.0]}
    assert ratios(seconds, "ours") == {"ours": (1.0, 1.0, 1.0), "theirs": (3.0, 3.0, 3.0)}
    assert ratios({"a": [1.0, 1.0, 1.0], "b": [4.0, 1.0, 2.0]}, "a")["b"] == (1.5, 2.0, 3.0)
    with pytest.raises(ValueError, match="ours is 'mine'; expected one of 'ours', 'theirs'"):
        ratios(seconds, "mine")


def test_peak_memory_counts_what_was_held_at_once():
    def two_after_each_other():
        np.zeros(1_000_000)
        np.zeros(1_000_000)

    def two_at_once():
        first, second = np.zeros(1_000_000), np.zeros(1_000_000)
        return first[0] + second[0]

    held = np.zeros(1_000_000)  # noqa: F841  what is there already is not counted
    assert 8_000_000 <= peak_memory(two_after_each_other) < 8_100_000
    assert 16_000_000 <= peak_memory(two_at_once) < 16_100_000
    assert 8_000_000 <= peak_memory(lambda: np.zeros(1_000_000)) < 8_100_000
    assert not tracemalloc.is_tracing()


def test_what_was_held_before_the_call_is_not_counted_even_if_it_was_let_go():
    tracemalloc.start()
    try:
        np.zeros(2_000_000)
        held = np.zeros(500_000)  # noqa: F841  this one stays
        assert 8_000_000 <= peak_memory(lambda: np.zeros(1_000_000)) < 8_100_000
    finally:
        tracemalloc.stop()


def test_peak_memory_leaves_tracing_as_it_was():
    tracemalloc.start()
    try:
        with pytest.raises(MemoryError):
            peak_memory(lambda: (_ for _ in ()).throw(MemoryError()))
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()
