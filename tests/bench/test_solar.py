"""Some hours of sun and of clouds through the law, beside a plain loop."""

from dataclasses import replace
from functools import cache

import pytest

from bench.__main__ import main
from bench.solar import HOUR, SKIES, Outcome, day, ours, plain, run, solar_table
from custom_components.amp_guard.model import PhaseValues
from custom_components.amp_guard.plans.surplus import SolarMode
from simulator.house import House, constant

BEGINS, LASTS = 11 * HOUR, 1.5 * HOUR


@cache
def hours(
    sky: str,
    mode: SolarMode = SolarMode.SURPLUS,
    *,
    phases: int = 3,
    report: str = "polled each 10 s",
    meter: str = "1 s, 0.1 A, signed",
    by_loop: bool = False,
) -> Outcome:
    scenario = day(
        SKIES[sky],
        mode,
        phases=phases,
        start=BEGINS,
        seconds=LASTS,
        report=report,
        meter=meter,
    )
    return run("", scenario, plain(phases, mode) if by_loop else ours)


def test_nearly_all_of_a_clear_sky_is_used() -> None:
    outcome = hours("sunny")
    assert outcome.share > 0.85
    assert outcome.from_grid < 0.3
    assert outcome.stops == 0
    assert outcome.seconds_over == 0


def test_clouds_stop_a_car_less_often_than_a_plain_loop_does() -> None:
    ours_, loops = hours("cloudy"), hours("cloudy", by_loop=True)
    assert ours_.stops < loops.stops
    assert ours_.share > 0.6
    assert ours_.from_grid < 2.0


def test_the_minimum_is_never_paused() -> None:
    outcome = hours("cloudy", SolarMode.MINIMUM_AND_SURPLUS)
    assert outcome.stops == 0
    assert outcome.share > 0.8


def test_a_car_on_one_phase_charges_with_less() -> None:
    outcome = hours("cloudy", phases=1)
    assert outcome.stops <= 1
    assert outcome.used > 2.5  # of 5.5 kWh that it can take
    assert outcome.from_grid < 0.5


@pytest.mark.parametrize("report", ["30 s late", "none", "on change"])
def test_however_a_charger_reports(report: str) -> None:
    outcome = hours("sunny", report=report)
    assert outcome.share > 0.8
    assert outcome.stops == 0


def test_with_a_meter_that_measures_each_5_s() -> None:
    outcome = hours("sunny", meter="5 s, W and V, signed")
    assert outcome.share > 0.8
    assert outcome.stops == 0


@pytest.mark.parametrize(("phases", "stops"), [(1, 0), (3, 1)])
def test_with_enough_for_one_phase_it_is_tried_once_whether_a_car_uses_one(
    phases: int, stops: int
) -> None:
    scenario = day(None, SolarMode.SURPLUS, phases=phases, start=BEGINS, seconds=HOUR)
    exported = PhaseValues(-3.6, -3.6, -3.6)
    outcome = run("", replace(scenario, house=House(constant(exported))), ours)
    assert outcome.stops == stops
    assert outcome.from_grid < 0.1
    assert (outcome.share > 0.8) is (phases == 1)


@pytest.mark.parametrize(("switches", "used"), [(False, 0.0), (True, 0.75)])
def test_with_enough_for_one_phase_a_charger_that_can_is_set_to_one(
    switches: bool, used: float
) -> None:
    scenario = day(
        None, SolarMode.SURPLUS, switches=switches, start=BEGINS, seconds=HOUR
    )
    exported = PhaseValues(-3.6, -3.6, -3.6)
    outcome = run("", replace(scenario, house=House(constant(exported))), ours)
    assert outcome.share >= used
    assert (outcome.share > 0.1) is switches
    assert outcome.from_grid < 0.1


def test_the_table_has_a_row_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    table = solar_table([hours("sunny"), hours("cloudy")])
    assert len(table.splitlines()) == 4
    with pytest.raises(SystemExit):
        main(["solar", "--help"])
    assert "--seed" in capsys.readouterr().out
