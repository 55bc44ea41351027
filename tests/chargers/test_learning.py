"""What is learned of a charger from what it reports after its commands."""

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.chargers.learning import Learned, Learning
from custom_components.amp_guard.model import ChargerReading, ChargerStatus, PhaseValues

LARGEST_LAG = 30.0


def charging(time: float, *current: float) -> ChargerReading:
    return ChargerReading(
        status=ChargerStatus.CHARGING,
        current=PhaseValues(*current),
        current_time=time,
    )


class Bench:
    """One charger whose commands and reports a test makes up."""

    def __init__(self) -> None:
        self.learned = Learned()
        self.kept = 0
        self.learning = Learning(self.learned, self._keep)

    def _keep(self, _soon: bool) -> None:
        self.kept += 1

    def command(self, at: float, begin: float, target: float) -> None:
        self.learning.tell(charging(at, begin, begin, begin), target, at)

    def report(self, at: float, *current: float) -> None:
        self.learning.see(charging(at, *current), at)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_lag_of_a_cut(bench) -> None:
    bench.command(100.0, 16.0, 8.0)
    bench.report(102.0, 16.0, 16.0, 16.0)
    bench.report(107.0, 8.2, 8.2, 8.2)
    bench.report(120.0, 8.0, 8.0, 8.0)

    assert bench.learned.lag == 7.0
    assert list(bench.learned.lags) == [7.0]
    assert bench.kept == 1


def test_the_ramp_of_a_raise(bench) -> None:
    bench.command(100.0, 6.0, 16.0)
    bench.report(105.0, 11.0, 11.0, 11.0)
    assert bench.learned.ramp is None
    bench.report(110.0, 16.0, 16.0, 16.0)

    assert bench.learned.ramp == 1.0


def test_a_report_of_before_the_command_is_no_answer(bench) -> None:
    bench.command(100.0, 16.0, 8.0)
    bench.learning.see(charging(99.0, 8.0, 8.0, 8.0), 103.0)

    assert bench.learned.lag is None


def test_a_small_step_a_late_one_and_an_overtaken_one_teach_nothing(bench) -> None:
    bench.command(100.0, 16.0, 14.5)
    bench.report(103.0, 14.5, 14.5, 14.5)
    bench.command(200.0, 16.0, 8.0)
    bench.report(270.0, 8.0, 8.0, 8.0)
    bench.command(300.0, 16.0, 8.0)
    bench.command(301.0, 16.0, 14.5)
    bench.report(303.0, 8.0, 8.0, 8.0)

    assert bench.learned.lag is None
    assert bench.learned.ramp is None


@pytest.mark.parametrize(
    ("current", "phases"), [((16.0, 0.0, 0.0), 1), ((8.0, 8.0, 8.0), 3)]
)
def test_the_phases_of_the_car_once_it_uses_them_all(bench, current, phases) -> None:
    bench.report(0.0, 6.0, 0.0, 0.0)
    bench.report(10.0, *current)
    assert bench.learned.phases is None
    bench.report(40.0, *current)

    assert bench.learned.phases == phases


@given(st.lists(st.floats(min_value=0.1, max_value=59.0), min_size=1))
def test_the_lag_is_the_middle_of_the_last_and_bounded(lags: list[float]) -> None:
    bench = Bench()
    for number, lag in enumerate(lags):
        at = 100.0 * number
        bench.command(at, 16.0, 6.0)
        bench.report(at + lag, 6.0, 6.0, 6.0)

    last = sorted(lags[-5:])
    assert last[0] - 1e-6 <= max(bench.learned.lag, last[0]) <= last[-1] + 1e-6
    assert bench.learned.lag <= LARGEST_LAG


def test_what_is_stored_is_what_is_restored(bench) -> None:
    bench.command(100.0, 16.0, 8.0)
    bench.report(107.0, 8.0, 8.0, 8.0)
    bench.learning.keep_user_limit(9.0)
    bench.learning.keep_may_hold(16.0)

    assert Learned.restored(bench.learned.as_dict()) == bench.learned


def test_what_a_crash_must_not_forget_is_kept_at_once() -> None:
    soon: list[bool] = []
    learning = Learning(on_learned=soon.append)

    for may_hold in (8.0, 16.0, 16.0, 7.0):
        learning.keep_may_hold(may_hold)

    assert soon == [True, True, False]
