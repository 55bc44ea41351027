"""Damaged signals: that they are damaged as named, and that the judge sees what flows."""

from dataclasses import replace

import pytest

from bench.__main__ import main
from bench.damage.matrix import DAMAGES, run_kind
from bench.damage.signals import (
    METER_FAULTS,
    REPORT_FAULTS,
    DamagedMeter,
    DamagedReport,
    MeterDamage,
    ReportDamage,
)
from bench.damage.sites import DURATION, Kind, draw_place, kinds
from bench.damage.watch import Watch
from bench.damage.weeks import run_week
from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import (
    MEASURED,
    SUPPLY_ID,
    Charger,
    ChargerReading,
    ChargerStatus,
    Doubt,
    EarthingSystem,
    Group,
    Measurement,
    Phase,
    PhaseValues,
    PhaseWorth,
    Site,
    Snapshot,
    Supply,
    Worth,
)
from simulator.car import Car, CarModel
from simulator.charger import ChargerModel
from simulator.house import House, constant
from simulator.world import World

START = 100.0
OTHER = House(constant(PhaseValues(0.0, 0.7, 0.0)))


# --- a meter --------------------------------------------------------------------------


def measured(fault, *, before=95.0, after=130.0):
    """Return what is measured of L2 around a fault; each second brings 0.1 A more."""
    damage = MeterDamage(fault=fault, phase=Phase.L2, start=START, other=OTHER)
    meter = DamagedMeter(damage, seed=1)
    seen = {}
    for second in range(0, 200, 5):
        truth = PhaseValues(1.0, 10.0 + second / 10, -3.0)
        seen[second] = meter.apply(truth, float(second))
    return seen[before], seen[after]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("none", (1.0, 23.0, -3.0)),
        ("missing", None),
        ("zero", (1.0, 0.0, -3.0)),
        ("constant", (1.0, 20.0, -3.0)),
        ("× 1/1000", (1.0, 0.023, -3.0)),
        ("× 1/10", (1.0, 2.3, -3.0)),
        ("× 10", (1.0, 230.0, -3.0)),
        ("× 1000", (1.0, 23_000.0, -3.0)),
        ("sign turned", (1.0, -23.0, -3.0)),
        ("swapped", (1.0, -3.0, 23.0)),
        ("10 s late", (1.0, 22.0, -3.0)),
        ("60 s late", (1.0, 17.0, -3.0)),
        ("half-updated", (1.0, 22.5, -3.0)),
        ("in steps of 1 A", (1.0, 23.0, -3.0)),
        ("in steps of 5 A", (1.0, 25.0, -3.0)),
        ("of another day", (1.0, 0.7, -3.0)),
        ("all 0 for 45 s", (0.0, 0.0, 0.0)),
    ],
)
def test_a_meter_is_damaged_as_named_and_only_from_its_moment_on(fault, expected):
    before, after = measured(fault)

    assert before == (1.0, 19.5, -3.0)
    assert after == (expected if expected is None else pytest.approx(expected))


def test_a_sensor_that_fell_off_shows_noise():
    _, (l1, l2, l3) = measured("noise of 0-0.3 A")

    assert (l1, l3) == (1.0, -3.0)
    assert 0.0 < l2 < 0.3


def test_a_meter_that_restarts_is_back_after_45_s():
    assert measured("all 0 for 45 s", after=140)[1] == (0.0, 0.0, 0.0)
    assert measured("all 0 for 45 s", after=145)[1] == (1.0, 24.5, -3.0)


# --- a charger ------------------------------------------------------------------------


def read(fault, *, ends=125):
    """Return what is read 30 s after a fault of a charger whose session ends then."""
    report = DamagedReport(ReportDamage(fault=fault, start=START))
    for second in range(0, 131, 5):
        charging = second < ends
        amps = 10.0 + second / 10 if charging else 0.0
        reading = report.apply(
            ChargerReading(
                status=ChargerStatus.CHARGING if charging else ChargerStatus.FULL,
                current=PhaseValues(amps, 0.0, 0.0),
                current_time=float(second),
                limit=16.0,
            ),
            float(second),
        )
    return reading


@pytest.mark.parametrize(
    ("fault", "ends", "status", "amps"),
    [
        ("current missing", 999, ChargerStatus.CHARGING, None),
        ("current left over", 125, ChargerStatus.FULL, 22.0),
        ("current × 1/1000", 999, ChargerStatus.CHARGING, 0.023),
        ("current × 1/10", 999, ChargerStatus.CHARGING, 2.3),
        ("current × 10", 999, ChargerStatus.CHARGING, None),  # no charger draws 230 A
        ("60 s late", 125, ChargerStatus.CHARGING, 17.0),
        ("status stuck", 125, ChargerStatus.CHARGING, 0.0),
    ],
)
def test_a_report_is_damaged_as_named(fault, ends, status, amps):
    reading = read(fault, ends=ends)

    assert reading.status is status
    assert (reading.current and reading.current.l1) == (
        amps if amps is None else pytest.approx(amps)
    )
    assert reading.limit == 16.0


def test_what_is_late_is_as_young_as_its_arrival():
    assert read("60 s late").current_time == 130.0


def test_every_fault_is_tried():
    assert set(REPORT_FAULTS) == {
        name.removeprefix("charger: ") for name in DAMAGES if name not in METER_FAULTS
    }
    assert len({kind.name for kind in kinds()}) == len(kinds()) == 72


# --- the judge ------------------------------------------------------------------------


def decision(doubt=None):
    """Return a decision on a car that is taken to draw nothing."""
    site = Site(
        supply=Supply(supply_max_current=25.0),
        groups=(Group(id="g", max_current_online=25.0, max_current_offline=6.0),),
        chargers=(Charger(id="c", group="g"),),
    )
    balancer = Balancer(site)
    for second in range(5):
        snapshot = Snapshot(
            measurements={
                SUPPLY_ID: Measurement(
                    time=float(second), current=PhaseValues(9.0, 9.0, 9.0)
                )
            },
            chargers={"c": ChargerReading(status=ChargerStatus.DISCONNECTED)},
        )
        decided = balancer.decide(snapshot, float(second))
    if doubt is None:
        return decided
    worth = PhaseWorth(worth=Worth.NOT_MEASURED, doubt=Doubt.STANDS_STILL, since=0.0)
    phases = tuple(worth if phase is doubt else MEASURED for phase in Phase)
    node = replace(decided.nodes[SUPPLY_ID], worth=phases)
    return replace(decided, nodes={**decided.nodes, SUPPLY_ID: node})


@pytest.fixture
def world():
    """16 A of car and 15 A of house behind 25 A: 6 A too many."""
    charger = ChargerModel(id="c", limit=16)
    world = World(
        House(constant(PhaseValues(15.0, 0.0, 0.0))),
        [charger],
        Supply(supply_max_current=25),
    )
    quick = CarModel(start_delay=0, one_phase_first=0, ramp_up=1000, energy_wh=1e6)
    world.plug_in("c", Car(quick))
    return world


def test_what_flows_is_counted_from_the_damage_to_when_it_is_noticed(world):
    watch = Watch(start=10.0, damaged=(Phase.L1,))
    for second in range(40):
        world.advance(float(second))
        watch.note(world, decision(doubt=Phase.L1 if second >= 20 else None))

    assert watch.detected == 20.0
    assert watch.over_until_detected == pytest.approx(11 * 6.0)
    assert watch.over(world) == pytest.approx(30 * 6.0)
    assert watch.misjudged == pytest.approx(29.0)
    assert not watch.blamed


def test_a_phase_that_is_well_is_blamed_and_not_noticed(world):
    watch = Watch(start=10.0, damaged=(Phase.L1,))
    for second in range(30):
        world.advance(float(second))
        watch.note(world, decision(doubt=Phase.L2 if second >= 20 else None))

    assert watch.blamed
    assert watch.detected is None


def test_what_was_doubted_before_is_no_news(world):
    watch = Watch(start=10.0, damaged=(Phase.L1,))
    for second in range(30):
        world.advance(float(second))
        watch.note(world, decision(doubt=Phase.L1))

    assert watch.detected is None


def test_a_fuse_that_goes_is_counted(world):
    world.chargers["c"].max_current = 32.0
    world.chargers["c"].set_limit(32.0, 0.0)
    world.chargers["c"].plug_in(Car(CarModel(start_delay=0, max_current=32.0)))
    watch = Watch(start=10.0, damaged=())
    for second in range(60):
        world.advance(float(second))
        watch.note(world, decision())

    assert watch.trips(world) == world.record.fuse_trips > 0


# --- a part of the matrix -------------------------------------------------------------

KIND = Kind(
    net=EarthingSystem.TN,
    meter="10 s, 1 A, unsigned",
    reports="polled each 10 s",
    phases=1,
)


def test_the_same_seed_gives_the_same_outcome():
    one, two = (run_kind(KIND, 7, ["none", "× 1/10"]) for _ in range(2))

    assert one == two
    assert one[0].before == one[0].undamaged
    assert one[0].detected_after is None


def test_a_meter_of_which_a_phase_is_missing_is_offline_in_time():
    (missing,) = run_kind(KIND, 7, ["missing"])

    assert missing.detected_after is not None
    assert missing.detected_after < 50.0


def test_the_damage_begins_while_cars_draw_on_its_phase():
    for kind in kinds()[::9]:
        place = draw_place(kind, 3)
        used = {
            phase for setup in place.scenario.chargers for phase in setup.charger.wiring
        }
        assert place.phase in used
        assert 0.0 < place.start < DURATION / 2


def test_a_day_without_damage_brings_no_alarm():
    week = run_week(2, seed=1, duration=86_400.0)

    assert week.alarms == []
    assert week.doubted == 0.0


def test_the_command_prints_its_tables(capsys):
    where = ["--only", "zero", "--site", KIND.name]
    status = main(["damage", *where, "--weeks", "0", "--processes", "1"])

    assert status == 0
    damages, meters = capsys.readouterr().out.split("\n\n")
    assert damages.splitlines()[2].startswith("| zero | 1 |")
    assert meters.splitlines()[2].startswith("| tn, 10 s, 1 A, unsigned | 1 |")
