"""Dates are written as promised, translated to ISO, and exactly as ambiguous as the page says."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import numpy as np
import pytest

from lstm_helpers.data.tasks import dates, pairs
from lstm_helpers.seq2seq import END, START

RNG = np.random.default_rng
EVERY_DAY = [dates.FIRST + timedelta(days=k) for k in range(dates.DAYS)]


def test_a_day_in_all_formats():
    day = date(1997, 9, 3)
    assert [dates.write(day, form) for form in dates.FORMATS] == [
        "3 September 1997",
        "Sep 3, 1997",
        "the 3rd of September 1997",
        "Wednesday, 3 September 1997",
        "3 Sep '97",
        "3.9.1997",
        "3/9/1997",
        "9/3/1997",
    ]
    assert dates.write(date(2004, 2, 29), "short year") == "29 Feb '04"
    ends = [dates.write(date(2000, 1, d), "the day of month").split()[1] for d in range(1, 32)]
    assert ends[:4] == ["1st", "2nd", "3rd", "4th"] and ends[10:13] == ["11th", "12th", "13th"]
    assert ends[20:24] == ["21st", "22nd", "23rd", "24th"] and ends[30] == "31st"


def test_ceiling_and_lower_bound_over_every_day_in_every_format():
    """Brute force over all 292,200 pairs: the best answer to a text is the commonest of its meanings."""
    meanings = defaultdict(Counter)
    for form in dates.FORMATS:
        for day in EVERY_DAY:
            meanings[dates.write(day, form)][day] += 1
    total = len(dates.FORMATS) * dates.DAYS
    assert dates.DAYS == 36_525 and sum(sum(counts.values()) for counts in meanings.values()) == total
    best = sum(max(counts.values()) for counts in meanings.values())
    assert dates.ceiling() == pytest.approx(best / total, abs=1e-15)
    nats = sum(-n * np.log(n / sum(counts.values())) for counts in meanings.values() for n in counts.values())
    assert dates.lower_bound() == pytest.approx(nats / total / dates.ANSWER_LENGTH, abs=1e-15)
    doubtful = [text for text, counts in meanings.items() if len(counts) > 1]
    assert all(re.fullmatch(r"\d+/\d+/\d{4}", text) and len(meanings[text]) == 2 for text in doubtful)
    assert abs(dates.ceiling() - 0.955) < 5e-4  # as the docstring says
    assert set(dates.SOURCE_LETTERS) == {letter for text in meanings for letter in text}
    assert {letter for day in EVERY_DAY for letter in day.isoformat()} == set(dates.TARGET_LETTERS[2:])
    assert (dates.SOURCE_SIZE, dates.TARGET_SIZE) == (45, 13)


def test_all_days_and_formats_are_equally_likely():
    drawn = [dates.pair(RNG([1, k])) for k in range(8000)]
    years = Counter("".join(pair.answer)[:3] for pair in drawn)
    assert len(years) == 10 and max(years.values()) < 1.35 * min(years.values())
    shapes = Counter("".join(re.sub("[a-z]", "a", re.sub(r"\d", "0", "".join(pair.source)))) for pair in drawn)
    slashes = sum(n for shape, n in shapes.items() if "/" in shape)
    assert abs(slashes / len(drawn) - 2 / 8) < 0.02
    for pair in drawn[:300]:
        day = date.fromisoformat("".join(pair.answer))
        assert "".join(pair.source) in {dates.write(day, form) for form in dates.FORMATS}


def test_a_batch_is_its_pairs():
    drawn = [dates.pair(rng := RNG(4))] + [dates.pair(rng) for _ in range(4)]
    batch = dates.batch(RNG(4), 5)
    assert batch.targets.shape == batch.target_mask.shape == (11, 5) and batch.target_mask.all()
    assert np.all(batch.targets[-1] == END)
    for b, pair in enumerate(drawn):
        assert dates.decode(batch.targets[:, b]) == "".join(pair.answer)
        assert np.array_equal(batch.xs[batch.mask[:, b], b], dates.encode("".join(pair.source)))
        assert batch.mask[:, b].sum() == len(pair.source)
    assert not np.any(batch.xs[~batch.mask])
    only = dates.batch(RNG(0), 20, "dots")
    assert np.all((only.xs == dates.encode(".")).sum(axis=0) == 2)


def test_tokens_and_text():
    assert dates.decode(np.array([3, 4, END, 5])) == "01" and dates.decode(np.array([2, 12])) == "-9"
    assert dates.TARGET_LETTERS[START] == "<start>" and dates.TARGET_LETTERS[END] == "<end>"


def test_right_means_right_to_the_end():
    batch = dates.batch(RNG(1), 4)
    tokens, mask = batch.targets.copy(), batch.target_mask.copy()
    tokens[3, 1] += 1
    mask[-1, 2] = False  # it never ended
    longer = np.concatenate([tokens, np.full((2, 4), END)]), np.concatenate([mask, np.zeros((2, 4), bool)])
    assert pairs.right(*longer, batch).tolist() == [True, False, False, True]
    with pytest.raises(ValueError, match="tokens holds 2 answers and the batch 4"):
        pairs.right(tokens[:, :2], mask[:, :2], batch)


BAD = {
    "form is 'long'; expected one of 'day month year'": lambda: dates.write(date(2000, 1, 1), "long"),
    "day is 1949-12-31; expected one from 1950-01-01": lambda: dates.write(date(1949, 12, 31), "dots"),
    "words[2] is '!'; expected one of": lambda: dates.encode("3 !"),
    "words is empty": lambda: dates.encode(""),
    "batch_size is 0": lambda: dates.batch(RNG(0), 0),
    "rng is 0; expected a numpy Generator": lambda: dates.pair(0),
    "pairs is empty": lambda: pairs.batch_of([], {}, {}),
}


@pytest.mark.parametrize("words", BAD)
def test_errors_name_what_was_wrong(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        BAD[words]()


class Extreme(np.random.Generator):
    """A generator whose whole numbers are always the least, or always the greatest."""

    greatest = False

    def integers(self, high):
        return high - 1 if self.greatest else 0


@pytest.mark.parametrize(("greatest", "day", "form"), [(False, dates.FIRST, 0), (True, dates.LAST, -1)])
def test_the_first_and_the_last_day_and_format_can_be_drawn(greatest, day, form):
    rng = Extreme(np.random.PCG64(0))
    rng.greatest = greatest
    drawn = dates.pair(rng)
    assert "".join(drawn.answer) == day.isoformat()
    assert "".join(drawn.source) == dates.write(day, list(dates.FORMATS)[form])
