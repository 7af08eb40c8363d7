"""What is usual, mixed into a forecast: heaps at the beds, the forecast's own word in a wave, short histories."""

import pytest

from assistant.plan.risk.counts import PAST_DAYS, Counts

LEVELS = {0.05: 16.0, 0.25: 18.5, 0.5: 20.0, 0.75: 21.6, 0.95: 24.0}
FULL = 24
_HEAPED = [20.0] * 40 + [22.0] * 30 + [float(FULL)] * 42


def test_a_heap_at_the_beds_is_seen_where_even_quantiles_leave_little() -> None:
    bare, pooled = Counts.of(LEVELS, FULL), Counts.of(LEVELS, FULL, _HEAPED)
    assert bare.at_least(FULL) < 0.08
    assert pooled.at_least(FULL) == pytest.approx(0.4 * bare.at_least(FULL) + 0.6 * 42 / 112)
    assert pooled.at_most(FULL) == 1 and pooled.at_most(-1) == 0
    chances = [pooled.at_most(count) for count in range(30)]
    assert chances == sorted(chances)
    assert pooled.at_most(pooled.enough_for(0.8) - 1) < 0.8 <= pooled.at_most(pooled.enough_for(0.8))


def test_in_a_wave_that_was_never_seen_only_the_forecast_speaks() -> None:
    bare = Counts.of(LEVELS)
    for level in (5.0, 60.0):
        assert Counts.of(LEVELS, history=[level] * 112).at_most(19) == bare.at_most(19)


def test_the_usual_fades_as_the_forecast_leaves_what_was_seen() -> None:
    bare = Counts.of(LEVELS)
    seldom = [12.0] * 106 + [21.0] * 6  # one day in twenty was as high as the median
    often = [12.0] * 56 + [21.0] * 56
    pull = [Counts.of(LEVELS, history=past).at_most(15) - bare.at_most(15) for past in (seldom, often)]
    assert pull[0] == pytest.approx(0.6 * 6 / 112 / 0.1 * (106 / 112 - bare.at_most(15)))
    assert pull[1] == pytest.approx(0.6 * (0.5 - bare.at_most(15)))


def test_only_the_last_days_count_and_few_days_say_nothing() -> None:
    assert Counts.of(LEVELS, history=[20.0] * 27).past == ()
    long_ago = Counts.of(LEVELS, history=[5.0] * 300 + [20.0] * PAST_DAYS)
    assert set(long_ago.past) == {20.0}


def test_past_counts_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="sort them"):
        Counts(tuple(LEVELS.items()), past=(3.0, 1.0))
