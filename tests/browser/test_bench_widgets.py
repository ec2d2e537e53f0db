"""The benchmark of the widgets measures every one of them; how fast they are is not asserted here."""

from benchmarks import widgets as bench
from tests.browser.every_widget import EXAMPLES


def test_every_key_press_that_is_timed_gives_a_new_picture(lab):
    lab.write("latency", *bench.sources())
    page = lab.open("latency", height=4000)
    lab.run_all(page)
    listed = bench.cases()
    assert {case.name for case in listed[2:]} | set(bench.NOT_TIMED) == set(EXAMPLES)
    assert {case.how for case in listed} == {"plain", *bench.WANTED}
    for case in listed:
        (took,) = bench.measure(page, case, keys=1, warm_up=0)
        assert took > 0, case.name
    assert not lab.problems(page)
