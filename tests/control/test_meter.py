"""What a meter is worth: seen from outside, by the trust and by what is allocated."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from random import Random

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.control.meter import MeterWatch, ReportedDraw
from custom_components.amp_guard.model import (
    NO_CURRENT,
    SUPPLY_ID,
    ChargerReading,
    Decision,
    Measurement,
    MeterTrust,
    PhaseValues,
    Snapshot,
)

from .plant import MeterMode, Outlet, Plant
from .sites import charger, group, home
from .strategies import examples

NAN = float("nan")


@dataclass
class Watched:
    """A balancer that is shown one meter."""

    balancer: Balancer = field(default_factory=lambda: Balancer(home()))
    measurements: dict[str, Measurement] = field(default_factory=dict)

    def show(self, time: float, *current: float) -> None:
        self.measurements[SUPPLY_ID] = Measurement(
            time=time, current=PhaseValues(*(current * 3)[:3])
        )

    def at(self, now: float) -> MeterTrust:
        snapshot = Snapshot(measurements=dict(self.measurements))
        decision = self.balancer.decide(snapshot, now)
        return decision.nodes[SUPPLY_ID].trust

    def run(self, start: float, stop: float, each: float) -> MeterTrust:
        """Show a sample each so many s; return the trust at the last one."""
        trust = MeterTrust.STARTING
        time = start
        while time <= stop:
            self.show(time, 5 + 0.1 * (round(time / each) % 7))
            trust = self.at(time)
            time += each
        return trust


def test_three_good_samples_make_a_meter_trusted() -> None:
    watched = Watched()
    assert watched.at(0) is MeterTrust.STARTING
    trusts = []
    for time in range(1, 5):
        watched.show(time, 5.0)
        trusts.append(watched.at(time))
    starting, online = MeterTrust.STARTING, MeterTrust.ONLINE
    assert trusts == [starting, starting, online, online]


@pytest.mark.parametrize("each", [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0])
def test_a_meter_of_any_cadence_comes_to_be_trusted(each: float) -> None:
    watched = Watched()
    assert watched.run(0, 10 * each, each) is MeterTrust.ONLINE


@pytest.mark.parametrize("each", [1.0, 10.0, 30.0])
def test_a_meter_stays_trusted_between_its_samples(each: float) -> None:
    watched = Watched()
    watched.run(0, 20 * each, each)
    for tenth in range(10):
        assert watched.at(20 * each + tenth * each / 10) is MeterTrust.ONLINE


@examples(50)
@given(each=st.sampled_from([1.0, 2.0, 5.0, 10.0, 30.0]))
def test_silence_is_stale_and_then_offline(each: float) -> None:
    """Stale at 15 s or 3 intervals; offline 15 s or an interval later."""
    watched = Watched()
    last = 20 * each
    watched.run(0, last, each)
    stale = max(15.0, 3 * each)
    offline = stale + max(15.0, each)
    assert watched.at(last + stale - 0.1) is MeterTrust.ONLINE
    assert watched.at(last + stale) is MeterTrust.STALE
    assert watched.at(last + offline - 0.1) is MeterTrust.STALE
    assert watched.at(last + offline) is MeterTrust.OFFLINE


def test_a_meter_that_never_spoke_is_offline_after_half_a_minute() -> None:
    watched = Watched()
    watched.at(0)
    assert watched.at(29.9) is MeterTrust.STARTING
    assert watched.at(30) is MeterTrust.OFFLINE


def test_after_a_silence_three_good_samples_are_asked_again() -> None:
    watched = Watched()
    watched.run(0, 20, 1)
    assert watched.at(60) is MeterTrust.OFFLINE
    trusts = []
    for time in range(61, 64):
        watched.show(time, 5 + time / 10)
        trusts.append(watched.at(time))
    assert trusts == [MeterTrust.STARTING, MeterTrust.STARTING, MeterTrust.ONLINE]


@pytest.mark.parametrize(
    "impossible",
    [NAN, float("inf"), float("-inf"), 1e6, -1e6],
    ids=["not a number", "infinite", "minus infinite", "absurd", "absurd export"],
)
def test_an_impossible_sample_is_silence(impossible: float) -> None:
    watched = Watched()
    watched.run(0, 20, 1)
    for time in range(21, 51):
        watched.show(time, 5.0, impossible, 5.0)
        trust = watched.at(time)
        silence = time - 20
        if silence >= 30:
            assert trust is MeterTrust.OFFLINE
        elif silence >= 15:
            assert trust is MeterTrust.STALE
        else:
            assert trust is MeterTrust.STARTING


def test_one_sample_shown_again_is_not_fresh() -> None:
    watched = Watched()
    watched.run(0, 20, 1)
    assert [watched.at(time) for time in (34, 36, 51)] == [
        MeterTrust.ONLINE,
        MeterTrust.STALE,
        MeterTrust.OFFLINE,
    ]


def test_a_sample_from_the_future_is_fresh_once() -> None:
    watched = Watched()
    watched.run(0, 20, 1)
    watched.show(1e6, 5.0)
    watched.at(21)
    trusts = [watched.at(time) for time in range(22, 60)]
    assert trusts[-1] is MeterTrust.OFFLINE


def test_a_dead_meter_is_not_brought_to_life_by_a_clock_that_steps_back() -> None:
    watched = Watched()
    watched.run(4000, 4020, 1)
    trusts = [watched.at(420 + second) for second in range(60)]
    assert trusts[-1] is MeterTrust.OFFLINE


def test_a_live_meter_stays_trusted_when_the_clock_steps_back() -> None:
    watched = Watched()
    watched.run(4000, 4020, 1)
    assert watched.run(400, 410, 1) is MeterTrust.ONLINE


def test_another_sample_is_heeded_though_the_clock_stepped_back_to_its_time() -> None:
    watched = Watched()
    watched.run(0, 20, 1)
    watched.at(19.5)  # the clock steps back by half a second ...
    watched.show(20, 9.0)  # ... and comes by the last sample's time again
    decision = watched.balancer.decide(
        Snapshot(measurements=watched.measurements), 20.0
    )
    assert decision.nodes[SUPPLY_ID].base_load == PhaseValues(9.0, 9.0, 9.0)


def frozen_plant(**changed: float) -> Plant:
    """Return a plant whose meter freezes just before its car takes 16 A."""
    plant = Plant(home(charger("a")))
    outlet = plant.outlets["a"]
    outlet.wants = 0.0
    for name, value in changed.items():
        setattr(outlet, name, value)
    for second in range(120):
        plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5 + 0.1 * (second % 3))
        plant.step()
    plant.modes[SUPPLY_ID] = MeterMode.FROZEN
    plant.settle(5)
    outlet.wants = 16.0
    return plant


def trust_of(decision: Decision) -> MeterTrust:
    return decision.nodes[SUPPLY_ID].trust


def test_a_meter_that_does_not_see_a_car_start_is_frozen() -> None:
    plant = frozen_plant()
    moments = list(plant.run(90))
    assert plant.outlets["a"].draw <= 10.0
    assert trust_of(moments[-1].decision) is MeterTrust.OFFLINE
    allocated = moments[-1].decision.allocations["a"].current
    assert allocated <= 10.0  # AG Offline


def test_a_frozen_meter_is_trusted_again_when_it_moves() -> None:
    plant = frozen_plant()
    plant.settle(90)
    plant.modes[SUPPLY_ID] = MeterMode.GOOD
    trusts = []
    for second in range(10):
        plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5 + 0.1 * (second % 3))
        trusts.append(trust_of(plant.step().decision))
    assert trusts[-1] is MeterTrust.ONLINE


@pytest.mark.parametrize("offline", [10.0, 0.0])
def test_a_quiet_house_does_not_lock_chargers_out(offline: float) -> None:
    """A meter that shows the same for an hour may be right: nothing contradicts it."""
    plant = Plant(home(charger("a"), groups=(group(max_current_offline=offline),)))
    plant.outlets["a"].connected = False
    for second in range(200):
        plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5 + 0.1 * (second % 3))
        plant.step()
    plant.loads[SUPPLY_ID] = PhaseValues(1.0, 1.0, 1.0)
    plant.settle(3600, each=5)
    plant.outlets["a"].connected = True
    plant.settle(300, each=5)
    assert plant.outlets["a"].draw == 16.0


# --- the margin ---------------------------------------------------------------------


def margin_of(samples: Iterable[PhaseValues], each: float) -> float:
    """Return the distance from a limit that a meter's samples earn, A."""
    watch = MeterWatch(25.0)
    for number, current in enumerate(samples):
        time = number * each
        sample = Measurement(time=time, current=current)
        watch.take(sample, 0.0, time, ReportedDraw(NO_CURRENT, time))
    return watch.rounding + watch.margin


def household(
    resolution: float, noise: float = 0.0, seed: int = 1
) -> Iterable[PhaseValues]:
    """Yield a house that steps now and then, as a meter shows it, A."""
    random = Random(seed)
    load = [5.0, 3.0, 1.0]
    for _ in range(2000):
        if random.random() < 0.05:
            load[random.randrange(3)] = random.uniform(0, 15)
        shown = (value + random.gauss(0, noise) if noise else value for value in load)
        yield PhaseValues(*(round(v / resolution) * resolution for v in shown))


def test_a_fine_meter_each_second_needs_no_margin() -> None:
    assert margin_of(household(0.1), 1.0) == pytest.approx(0.0, abs=0.15)


def test_whole_amps_each_ten_seconds_need_about_one() -> None:
    assert margin_of(household(1.0), 10.0) == pytest.approx(1.0, abs=0.3)


@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_noise_is_kept_at_about_one_deviation(noise: float) -> None:
    assert margin_of(household(0.1, noise), 1.0) == pytest.approx(noise, rel=0.5)


@examples(100)
@given(
    currents=st.lists(st.floats(0, 25), min_size=2, max_size=80),
    each=st.sampled_from([1.0, 5.0, 10.0, 30.0]),
)
def test_a_margin_is_never_below_zero_nor_absurd(
    currents: list[float], each: float
) -> None:
    samples = [PhaseValues(value, value, value) for value in currents]
    margin = margin_of(samples, each)
    spread = max(currents) - min(currents)
    assert 0 <= margin <= 0.5 + 0.05 * each + spread / 0.954


@pytest.mark.parametrize("late", [0.0, 15.0, 30.0, 60.0])
def test_a_report_that_is_only_late_freezes_no_meter(
    monkeypatch: pytest.MonkeyPatch, late: float
) -> None:
    """A quiet house, a meter each 10 s, and all that is known is when a report came."""
    reading = Outlet.reading

    def arrives_late(outlet: Outlet, now: float, shift: float) -> ChargerReading:
        return replace(reading(outlet, now, shift), current_time=now)

    monkeypatch.setattr(Outlet, "reading", arrives_late)
    plant = Plant(home(charger("a")))
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 0.0, 8.0)
    plant.outlets["a"].report_age = late
    plant.outlets["a"].wants = 0.0
    for moment in plant.run(300, each=10.0):
        assert trust_of(moment.decision) in {MeterTrust.STARTING, MeterTrust.ONLINE}
    plant.outlets["a"].wants = 7.0
    for moment in plant.run(300, each=10.0):
        assert trust_of(moment.decision) is MeterTrust.ONLINE


def switching(
    phases: int, on: float, off: float, each: float, resolution: float = 0.1
) -> Iterable[PhaseValues]:
    """Yield a quiet house with 9 A that come and go, as a meter of no noise shows it."""
    for number in range(2000):
        load = 9.1 if (number * each) % (on + off) < on else 0.0
        loads = (3.2 + (load if phase < phases else 0.0) for phase in range(3))
        yield PhaseValues(*(round(v / resolution) * resolution for v in loads))


@pytest.mark.parametrize("phases", [1, 2, 3])
@pytest.mark.parametrize(("on", "off"), [(20.0, 20.0), (3.0, 5.0), (30.0, 40.0)])
@pytest.mark.parametrize("each", [1.0, 3.0, 10.0])
def test_what_the_house_switches_is_no_noise_of_the_meter(
    phases: int, on: float, off: float, each: float
) -> None:
    creep = 0.05 * (each - 1)
    samples = switching(phases, on, off, each)
    assert margin_of(samples, each) == pytest.approx(creep, abs=0.1)


@examples(100)
@given(seed=st.integers(0, 10**6), each=st.sampled_from([1.0, 10.0, 30.0]))
def test_a_house_that_never_rests_is_never_taken_for_more_noise_than_meters_have(
    seed: int, each: float
) -> None:
    random = Random(seed)
    samples = [
        PhaseValues(*(random.uniform(0.0, 20.0) for _ in range(3))) for _ in range(100)
    ]
    assert margin_of(samples, each) <= 1.0


def test_a_car_starts_beside_what_is_always_free() -> None:
    """3 A of house, and 9 A that come and go each 20 s: 13 A are free at any time."""
    plant = Plant(home(charger("a")))
    plant.outlets["a"].connected = False
    for second in range(900):
        on = 9.1 if second % 40 < 20 else 0.0
        plant.loads[SUPPLY_ID] = PhaseValues(3.2 + on, 3.2 + on, 3.2 + on)
        plant.outlets["a"].connected = second >= 600
        plant.step()
    assert plant.outlets["a"].draw >= 12.0
