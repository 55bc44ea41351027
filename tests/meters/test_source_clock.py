"""A source's own clock tells how old a report is, however it is set."""

from itertools import count

import pytest

from custom_components.amp_guard.meters import MeterResponseError
from custom_components.amp_guard.meters.source_clock import SourceClock


class Source:
    """Sends each 10 s, by a clock that is some seconds ahead; each takes 0.2 s."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.clock = SourceClock()
        self.ahead = ahead
        self.now = 1000.0

    def sends(self, *, late: float = 0.0, off: float = 0.0) -> float | None:
        """Return how old the next report seems, None where it is not used."""
        self.now += 10.0
        stamp, arrived = self.now + self.ahead + off, self.now + 0.2 + late
        if not self.clock.add(stamp, arrived):
            return None
        return arrived - self.clock.to_loop_time(stamp)

    def goes_on(self, reports: int) -> list[float | None]:
        return [self.sends() for _ in range(reports)]


YEARS = 20 * 365 * 86400.0
FRESH = pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("ahead", [0.0, -YEARS, YEARS])
def test_however_it_is_set_a_report_that_was_held_up_shows_its_age(
    ahead: float,
) -> None:
    source = Source(ahead)
    assert source.goes_on(3) == [FRESH] * 3
    assert source.sends(late=60.0) == pytest.approx(60.0)
    source.now += 60.0
    assert source.sends() == FRESH


def test_a_clock_that_goes_wrong_makes_nothing_old() -> None:
    for drift in (-0.001, 0.001):  # s each s
        source = Source()
        for _ in range(500):
            source.ahead += 10.0 * drift
            assert source.sends() == pytest.approx(0.0, abs=0.5)


def test_what_was_measured_before_it_was_sent_is_older() -> None:
    source = Source()
    source.goes_on(3)
    measured = source.now - 600.0
    assert source.now - source.clock.to_loop_time(measured) == pytest.approx(600 - 0.2)


def test_only_what_is_newer_than_all_before_is_used() -> None:
    source = Source()
    source.goes_on(3)
    assert not source.clock.add(source.now, source.now + 1.0)
    assert not source.clock.add(source.now - 1.0, source.now + 2.0)
    assert source.sends() == FRESH


def test_one_time_that_is_repeated_for_ever_is_never_new() -> None:
    source = Source()
    source.goes_on(3)
    stamp = source.now
    assert not any(source.clock.add(stamp, stamp + age) for age in range(1, 3600))


@pytest.mark.parametrize("off", [600.0, YEARS])
def test_one_report_of_the_future_is_refused_and_changes_nothing(off: float) -> None:
    source = Source()
    source.goes_on(3)
    with pytest.raises(MeterResponseError, match="future"):
        source.sends(off=off)
    assert source.goes_on(3) == [FRESH] * 3


@pytest.mark.parametrize("off", [-600.0, -30.0, 30.0, YEARS])
def test_one_wrong_time_costs_two_reports_at_most(off: float) -> None:
    """Also where it is the first, or too little ahead to be seen as wrong."""
    source = Source()
    source.clock.add(source.now + off, source.now)
    for _ in range(3):
        try:
            age = source.sends()
        except MeterResponseError:
            age = None
    assert age == FRESH


@pytest.mark.parametrize("step", [-YEARS, -120.0, -5.0, 5.0, 120.0, YEARS])
def test_a_clock_that_is_set_is_followed_from_the_third_report_on(step: float) -> None:
    source = Source()
    source.goes_on(40)
    source.ahead += step
    ages = []
    for _ in range(5):
        try:
            ages.append(source.sends())
        except MeterResponseError:
            ages.append(None)
    assert ages[2:] == pytest.approx([0.0] * 3, abs=6.0)


def test_a_clock_that_is_set_is_followed_though_each_report_is_sent_twice() -> None:
    source = Source()
    source.goes_on(3)
    used = []
    for _ in range(3):
        source.now += 10.0
        stamp = source.now - 120.0
        used += [source.clock.add(stamp, source.now + wait) for wait in (0.2, 2.2)]
    assert used == [False, False, False, False, True, False]


def test_old_reports_that_come_all_at_once_set_no_clock() -> None:
    source = Source()
    source.goes_on(3)
    behind = count(source.now - 100.0, 10.0)
    assert not any(
        source.clock.add(next(behind), source.now + 1.0 + n / 10) for n in range(9)
    )
    assert source.sends() == FRESH


def test_the_usual_interval_is_known_from_the_second_report_on() -> None:
    source = Source()
    assert source.clock.interval == 0.0
    source.goes_on(1)
    assert source.clock.interval == 0.0
    source.goes_on(9)
    source.now += 500.0  # a gap is not usual
    source.goes_on(1)
    assert source.clock.interval == 10.0
