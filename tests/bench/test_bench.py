"""The bench's own parts: what it refuses, what meters and chargers let be known."""

import json

from hypothesis import given, strategies as st
import pytest

from bench.__main__ import main
from bench.closed_loop import ClosedLoop
from bench.compute import SIZES
from bench.meter import MeterModel, VirtualMeter
from bench.optimum import optimum_kwh
from bench.report import run_scenario
from bench.reporting import Reporter, ReportModel
from bench.scenario import ScenarioError
from bench.scenario_file import SCENARIOS, load
from custom_components.amp_guard.model import ChargerStatus, PhaseValues, Supply
from simulator.car import Car, CarModel
from simulator.charger import ChargerModel
from simulator.house import House
from simulator.world import World

QUICK = {"start_delay": 0, "one_phase_first": 0, "ramp_up": 1000, "raise_delay": 0}
SMALL = {
    "duration": 120,
    "supply": {"supply_max_current": 25},
    "chargers": [{"id": "charger-1"}],
    "cars": [{"charger": "charger-1"}],
}


@pytest.fixture
def write(tmp_path):
    """Write a small scenario with some of it changed, and return its path."""

    def write(**changes):
        path = tmp_path / "scenario.json"
        path.write_text(json.dumps(SMALL | changes))
        return path

    return write


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"duration": 0}, r"\$\.duration"),
        ({"duration": float("nan")}, "NaN is no number"),
        ({"supply": {}}, "supply_max_current"),
        ({"houses": {}}, "houses"),
        ({"meter": {"interval": "1 s"}}, r"\$\.meter\.interval"),
        ({"chargers": []}, r"\$\.chargers"),
        ({"chargers": [{}]}, "id"),
        ({"chargers": [{"id": "a"}, {"id": "a"}]}, "a is there twice"),
        ({"chargers": [{"id": "a", "group": "b"}]}, "there is no b"),
        ({"chargers": [{"id": "charger-1", "wiring": ["l4"]}]}, r"wiring\[0\]"),
        ({"cars": [{"charger": "charger-9"}]}, "there is no charger-9"),
        ({"cars": [{"charger": "charger-1", "arrival": 500}]}, "must arrive before"),
        (
            {"cars": [{"charger": "charger-1"}, {"charger": "charger-1"}]},
            "car-1 still stands at charger-1",
        ),
        (
            {"cars": [{"charger": "charger-1", "min_current": 17}]},
            "min_current is above max_current",
        ),
        (
            {"groups": [{"id": "a", "parent": "b"}, {"id": "b", "parent": "a"}]},
            "lies within itself",
        ),
        ({"groups": [{"id": "supply"}]}, "supply is there twice"),
        ({"groups": [{"id": "a", "parent": "b"}]}, "there is no b"),
        ({"house": {"trace": "nowhere.csv"}}, "nowhere.csv: cannot be read"),
        ({"house": {"steps": [[0, 1], [0, 2]]}}, "times must rise"),
        ({"house": {"steps": [[0, 1, 2]]}}, r"house\.steps\[0\]"),
        ({"meter": {"dropouts": [[20, 10]]}}, "ends before it begins"),
        (
            {"ceilings": [{"target": "x", "current": 1, "from": 0, "until": 9}]},
            "there is no x",
        ),
        (
            {"supply": {"supply_max_current": 25, "net": "it"}, "chargers": [
                {"id": "charger-1", "wiring": ["l1"]}
            ]},
            "two or three lines",
        ),
        ({"expect": {"speed": {"min": 1}}}, r"\$\.expect: 'speed'"),
        ({"expect": {"energy_kwh.car-7": {"min": 1}}}, "there is no car-7"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_what_to_mend(write, changes, mend):
    with pytest.raises(ScenarioError, match=mend):
        load(write(**changes))


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", '"scenario"'])
def test_what_is_no_scenario_is_refused(tmp_path, text):
    path = tmp_path / "scenario.json"
    path.write_text(text)

    with pytest.raises(ScenarioError, match=r"scenario\.json"):
        load(path)


def test_the_command_says_what_to_mend_and_fails(write, capsys):
    status = main(["closed-loop", "--scenario", str(write(turn=-1))])

    assert status == 2
    assert "$.turn" in capsys.readouterr().err


def test_the_command_refuses_a_site_that_cannot_be_balanced(write, capsys):
    charger = {"id": "charger-1", "min_current": 20, "max_current": 16}
    status = main(["closed-loop", "--scenario", str(write(chargers=[charger]))])

    assert status == 2
    assert "charger-1" in capsys.readouterr().err


def test_the_command_reports_as_json_and_fails_where_a_bound_is_missed(write, capsys):
    path = write(expect={"energy_total_kwh": {"min": 99}})
    status = main(["closed-loop", "--scenario", str(path), "--json"])
    report = json.loads(capsys.readouterr().out)

    assert status == 1
    assert report["duration_s"] == 120
    assert len(report["misses"]) == 1


def test_the_compute_command_prints_every_size(capsys):
    main(["compute", "--decisions", "3"])

    rows = capsys.readouterr().out.splitlines()[2:]
    assert [tuple(map(int, row.split()[:2])) for row in rows] == list(SIZES)


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_picture_command_draws_the_same_run_the_same(write, tmp_path, suffix):
    pictures = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for picture in pictures:
        main(["picture", "--scenario", str(write()), "--out", str(picture)])

    one, two = (picture.read_bytes() for picture in pictures)
    assert one == two
    assert len(one) > 1000


# --- the edges ------------------------------------------------------------------------

currents = st.builds(PhaseValues, *[st.floats(-60, 60)] * 3)


@given(currents, st.sampled_from([0, 0.1, 1]), st.sampled_from([0, 1]))
def test_a_meter_is_off_by_its_noise_and_its_resolution(current, resolution, noise):
    meter = VirtualMeter(MeterModel(resolution=resolution, noise=noise), seed=1)

    measured = meter.sample(current, 0)

    assert measured == pytest.approx(current, abs=noise + resolution / 2 + 1e-6)


def test_a_meter_falls_silent_and_freezes_and_comes_back():
    meter = VirtualMeter(MeterModel(dropouts=((10, 20),), frozen=((30, 40),)), seed=1)
    truth = [PhaseValues(float(time), 0.0, -1.0) for time in range(50)]

    measured = [meter.sample(each, time) for time, each in enumerate(truth)]

    assert measured[:10] == truth[:10]
    assert measured[10:20] == [None] * 10
    assert measured[20:30] == truth[20:30]
    assert measured[30:40] == [truth[29]] * 10
    assert measured[40:] == truth[40:]


def test_a_meter_without_direction_shows_export_as_import():
    meter = VirtualMeter(MeterModel(signed=False), seed=1)

    assert meter.sample(PhaseValues(1, -2, 3), 0) == (1, 2, 3)


@pytest.mark.parametrize("timestamped", [False, True])
def test_a_late_draw_is_known_late(timestamped):
    charger = ChargerModel(id="c", limit=16)
    world = World(House(), [charger], Supply(supply_max_current=25))
    world.plug_in("c", Car(CarModel(start_delay=9.5, one_phase_first=0)))
    reporter = Reporter(charger, ReportModel(draw_delay=15, timestamped=timestamped))

    readings = {}
    for second in range(40):
        world.advance(second)
        readings[second] = reporter.read(second)

    assert readings[10].status is ChargerStatus.CHARGING
    assert readings[14].current is None
    assert readings[24].current == (0, 0, 0)
    assert readings[25].current.l1 == pytest.approx(7, abs=0.3)
    assert readings[25].current_time == (10 if timestamped else 25)


def test_a_lost_charger_says_nothing_but_that():
    charger = ChargerModel(id="c")
    reporter = Reporter(charger, ReportModel(lost=((5, 10),), user_limit=8))

    readings = [reporter.read(second) for second in range(12)]

    assert [each.status for each in readings[4:11]] == [
        ChargerStatus.DISCONNECTED,
        *[ChargerStatus.LOST] * 5,
        ChargerStatus.DISCONNECTED,
    ]
    assert (readings[4].limit, readings[4].user_limit) == (6, 8)
    assert (readings[5].limit, readings[5].user_limit) == (None, None)


# --- the loop -------------------------------------------------------------------------


def test_the_same_scenario_gives_the_same_report():
    scenario = load(SCENARIOS / "three-cars-25a-noise-1a.json")

    first, second = (run_scenario(scenario).as_dict() for _ in range(2))

    first.pop("decide_us"), second.pop("decide_us")
    assert first == second


def test_a_lost_charger_hears_nothing(write):
    path = write(
        chargers=[{"id": "charger-1", "limit": 8, "lost": [[0, 120]]}],
        cars=[{"charger": "charger-1", **QUICK}],
    )

    report = run_scenario(load(path))

    assert report.commands == {"charger-1": 0}
    assert report.energy_total_kwh == pytest.approx(8 * 690 * 120 / 3.6e6, rel=0.01)


def test_a_users_limit_holds_whatever_the_charger_is_told(write):
    path = write(
        chargers=[{"id": "charger-1", "limit": 16, "user_limit": 8}],
        cars=[{"charger": "charger-1", **QUICK}],
    )

    assert run_scenario(load(path)).peak_a == pytest.approx(8)


def test_a_charger_of_an_inactive_group_is_left_alone(write):
    path = write(
        groups=[{"id": "a", "active": False}],
        chargers=[{"id": "charger-1", "limit": 16}],
        house={"steps": [[0, 20]]},
    )

    assert run_scenario(load(path)).commands == {"charger-1": 0}


def test_nobody_decides_while_the_balancer_is_down(write):
    decided = []
    scenario = load(write(restarts=[{"at": 40, "down": 30}]))

    ClosedLoop(scenario, lambda world, _: decided.append(world.now)).run()

    assert not [time for time in decided if 40 < time < 70]
    assert 70 in decided


# --- the optimum ----------------------------------------------------------------------


def optimum(path):
    """Return the optimum as A of one phase, averaged over the time."""
    scenario = load(path)
    return optimum_kwh(scenario) * 3.6e6 / 230 / scenario.duration


@pytest.mark.parametrize(
    ("changes", "amps"),
    [
        # Its own maximum, on three phases and on one.
        ({}, 3 * 16),
        ({"cars": [{"charger": "charger-1", "phases": 1, **QUICK}]}, 16),
        # What the house leaves on the phase with the least.
        ({"house": {"steps": [[0, 5, 15, 10]]}}, 3 * 10),
        # Less than the minimum is nothing.
        ({"house": {"steps": [[0, 0, 20, 0]]}}, 0),
        ({"house": {"steps": [[0, 0, 20, 0], [60, 0, 17, 0]]}}, 3 * 8 / 2),
        # A group's limit, and a ceiling for half the time.
        ({"groups": [{"id": "a", "max_current_online": 8}]}, 3 * 8),
        (
            {
                "ceilings": [
                    {"target": "charger-1", "current": 6, "from": 0, "until": 60}
                ]
            },
            3 * 11,
        ),
        # No more than until it is full.
        ({"cars": [{"charger": "charger-1", "energy_kwh": 0.1, **QUICK}]}, 100 / 7.667),
        # An IT net: a load of 15 A between L1 and L2 adds in full.
        (
            {
                "supply": {"supply_max_current": 25, "net": "it"},
                "house": {"steps": [[0, 15, 0, 0]]},
                "chargers": [{"id": "charger-1", "wiring": ["l1", "l2"]}],
            },
            10,
        ),
        # Three phases in an IT net carry two loads and the root of 3 on one line.
        (
            {
                "supply": {"supply_max_current": 20, "net": "it"},
                "chargers": [{"id": "charger-1", "wiring": ["l1", "l2", "l3"]}],
            },
            2 * 20 / 3**0.5,
        ),
    ],
)
def test_the_optimum_of_plain_cases(write, changes, amps):
    quick = {"cars": [{"charger": "charger-1", **QUICK}]}

    assert optimum(write(**quick | changes)) == pytest.approx(amps, rel=0.002)


def test_the_optimum_keeps_the_ramp_and_the_first_start(write):
    slow = QUICK | {"start_delay": 20, "ramp_up": 0.1}
    path = write(cars=[{"charger": "charger-1", **slow}])

    assert optimum(path) == pytest.approx(3 * 100 / 120 * (6 + 16) / 2, rel=0.01)


def test_the_optimum_of_the_published_scenario():
    # 20 A for 61 s, 7 A until 600 s, 20 A again: 3.26 kWh, less the first start's 5 s.
    kwh = optimum_kwh(load(SCENARIOS / "three-cars-25a.json"))

    assert kwh == pytest.approx(690 / 3.6e6 * (56 * 20 + 539 * 7 + 600 * 20), rel=1e-3)
