"""Faults, alone and two at once: the fuse stays where a charger could still be told.

The judge is the simulated fuse. `scripts/faults` runs many more.
"""

from random import Random

import pytest

from bench.faults import real
from bench.faults.__main__ import main
from bench.faults.agenda import Agenda
from bench.faults.driver import Driver
from bench.faults.home import FaultyHome, draw_place
from bench.faults.kinds import (
    KINDS,
    AssistantFault,
    ChargerFault,
    Fault,
    MeterFault,
    NetworkFault,
    draw_faults,
)
from bench.faults.link import DEAF, Link, Manner
from bench.faults.matrix import Run, by_home, run_home, runs
from bench.faults.meter import FaultyMeter
from bench.faults.real import RealOutcome, run_real
from bench.faults.real_faults import REAL_FAULTS, RealFault
from bench.faults.real_table import real_table
from custom_components.amp_guard.chargers.attempt import Order, Outcome
from custom_components.amp_guard.model import ChargerStatus, PhaseValues
from simulator.car import Car, CarModel
from simulator.charger import ChargerModel

SOME = list(by_home(runs(pairs=6, seed=1)))
FLOWS = PhaseValues(1.0, 2.0, 3.0)


# --- what must hold -------------------------------------------------------------------


@pytest.mark.parametrize("together", SOME, ids=lambda some: str(some[0].home))
def test_no_fuse_goes_where_a_charger_can_still_be_told(together: list[Run]) -> None:
    for outcome in run_home(together):
        assert not outcome.failed, outcome.run


def test_the_judge_sees_where_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A charger that had refused was told again after a minute: too late for a fuse."""
    kinds = (ChargerFault.REFUSING, AssistantFault.KILLED)
    run = Run(kinds=kinds, home=1058, number=232)
    [helped] = run_home([run])
    monkeypatch.setattr(Driver, "hurry", lambda _driver, **_: None)
    [not_helped] = run_home([run])

    assert helped.trips == 0
    assert not_helped.failed


def test_where_nobody_is_left_the_fuse_goes_and_nobody_is_blamed() -> None:
    place = draw_place(1004)
    never = Fault(kind=AssistantFault.KILLED, start=place.start - 10.0, end=place.start)
    home = FaultyHome(place, [never])
    home.agenda.at(never.end + 1.0, lambda: home.assistant and home.assistant.kill())
    story = home.run()

    assert story.trips
    assert not any(trip.could_be_helped for trip in story.trips)


def test_what_is_wrong_is_told_at_once_where_it_overloads_a_fuse() -> None:
    place = draw_place(3)
    refuses = (ChargerFault.REFUSING,)
    story = FaultyHome(place, draw_faults(refuses, place.start, Random(1))).run()

    assert story.told["overload not obeyed"] - place.comes_on < 5.0
    assert story.seconds_over > 10.0


def test_a_controllable_load_keeps_the_fuse_beside_a_charger_that_refuses() -> None:
    run = Run(kinds=(ChargerFault.REFUSING,), home=1002, number=9)
    [without] = run_home([run], heater=False)
    [outcome] = run_home([run], heater=True)

    assert without.trips
    assert outcome.trips == 0
    assert outcome.story.amp_seconds < 0.5 * without.story.amp_seconds


def test_what_a_home_does_not_get_over_is_a_row_and_the_others_have_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    homes = []

    def breaks(faults: list[RealFault]) -> list[RealOutcome]:
        homes.append(len(faults))
        return [RealOutcome(name=faults[0].name, trouble="not at rest")]

    monkeypatch.setattr(real, "_at_a_home", breaks)
    names = [fault.name for fault in REAL_FAULTS[:3]]
    outcomes = run_real(names)

    assert homes == [3, 2, 1]
    assert [outcome.name for outcome in outcomes] == names
    assert all(outcome.failed for outcome in outcomes)
    assert real_table(outcomes).count("**not at rest**") == 3


def test_every_fault_is_run_alone_and_the_same_again_by_its_name() -> None:
    every = runs(pairs=220, seed=1)

    assert [run.kinds for run in every[: len(KINDS)]] == [(kind,) for kind in KINDS]
    assert len({run.kinds for run in every}) == len(every) == len(KINDS) + 220
    assert every == runs(pairs=220, seed=1)


def test_the_command_shows_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "1003.12", "--processes", "1"]) == 0

    shown = capsys.readouterr().out
    assert f"| {KINDS[12]} | 1 |" in shown


# --- that each fault is as named --------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (None, [FLOWS] * 20),
        (MeterFault.SILENT, []),
        (MeterFault.SLOW, [FLOWS] * 2),
        (MeterFault.LATE, [FLOWS] * 12),
        (MeterFault.ZERO, [PhaseValues(0.0, 0.0, 0.0)] * 20),
        (MeterFault.CUT_OFF, []),
    ],
)
def test_a_meter(fault: MeterFault | None, heard: list[PhaseValues]) -> None:
    agenda, samples = Agenda(), []
    meter = FaultyMeter(agenda, lambda sample, _true: samples.append(sample), seed=1)
    meter.faults = {fault} - {None}
    agenda.each(1.0, lambda: meter.measure(FLOWS))
    agenda.run(20.0, lambda _until: None)

    assert [sample.current for sample in samples] == heard


def test_a_meter_that_was_cut_off_catches_up_and_one_that_is_wrong_is_not_true() -> (
    None
):
    agenda, told = Agenda(), []
    meter = FaultyMeter(agenda, lambda _sample, true: told.append(true), seed=1)
    agenda.each(1.0, lambda: meter.measure(FLOWS))
    meter.faults.add(MeterFault.CUT_OFF)
    agenda.at(9.5, meter.faults.clear)
    agenda.run(10.5, lambda _until: None)
    assert told == [True] * 11

    meter.faults.add(MeterFault.CORRUPT)
    agenda.run(111.5, lambda _until: None)
    assert 30 < told[11:].count(False) < 70


def charger() -> ChargerModel:
    model = ChargerModel(id="garage", limit=16.0)
    model.plug_in(Car(CarModel(start_delay=0.0, one_phase_first=0.0)))
    return model


@pytest.mark.parametrize("fault", [None, *ChargerFault])
def test_a_charger(fault: ChargerFault | None) -> None:
    """Told a cut: one that is deaf does not have it; all others have within 9 s."""
    agenda, model = Agenda(), charger()
    manner = Manner(interval=1.0, reports_current=True, expires=False)
    link = Link(agenda, model, manner)
    if fault is not None:
        link.begin(fault)
    fate = link.take(Order(current=7.0))
    agenda.run(9.5, model.settle)
    before_pause = model.limit if not model.paused else 16.0

    assert (before_pause == 7.0) is (fault not in DEAF)
    refused = fate.outcome is not Outcome.TAKEN
    lies = fault is ChargerFault.LIES_OF_LIMIT
    assert refused is (
        fault is ChargerFault.REPORTS_LOST or (fault in DEAF and not lies)
    )
    link.read()
    mute = (
        ChargerFault.CUT_OFF,
        ChargerFault.REPORTS_LOST,
        ChargerFault.REBOOTING,
    )
    assert (link.reading().status is ChargerStatus.LOST) is (fault in mute)
    shown = {ChargerFault.SILENT: 16.0, ChargerFault.LIES_OF_LIMIT: 7.0}
    if fault not in mute:
        assert link.reading().limit == shown.get(fault, model.limit)


def test_one_that_reboots_comes_back_at_its_maximum() -> None:
    agenda, model = Agenda(), charger()
    link = Link(
        agenda, model, Manner(interval=1.0, reports_current=True, expires=False)
    )
    model.set_limit(7.0, 0.0)
    agenda.run(2.0, model.settle)
    link.begin(ChargerFault.REBOOTING)
    agenda.run(4.0, model.settle)
    assert model.limit == 0.0

    link.end(ChargerFault.REBOOTING)
    agenda.run(6.0, model.settle)
    assert model.limit == model.max_current


def test_who_is_frozen_does_nothing_and_then_what_waited() -> None:
    """The load comes on while it stands; it is cut within seconds of its waking."""
    place = draw_place(1000)
    begins = place.comes_on - 1.0
    frozen = Fault(kind=AssistantFault.BLOCKED, start=begins, end=begins + 15.0)
    well, stood = (
        FaultyHome(place, []).run(frozen.end),
        FaultyHome(place, [frozen]).run(),
    )

    assert well.seconds_over + 5.0 < stood.seconds_over < well.seconds_over + 15.0


def test_home_assistant_alone_cuts_nobody() -> None:
    place = draw_place(1000)
    alone = Fault(
        kind=NetworkFault.ALL_CUT_OFF,
        start=place.comes_on - 5.0,
        end=place.comes_on + 40.0,
    )
    home = FaultyHome(place, [alone])
    before = []
    home.agenda.at(alone.start + 1.0, lambda: before.append(commands(home)))
    home.agenda.at(alone.end - 1.0, lambda: before.append(commands(home)))
    home.run()

    assert before[0] == before[1]


def commands(home: FaultyHome) -> list[int]:
    return [each.commands for each in home.world.chargers.values()]
