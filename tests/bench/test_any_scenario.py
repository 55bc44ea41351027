"""Whatever scenario the schema allows is run to its end, or refused by name."""

import json
from math import isfinite

from hypothesis import HealthCheck, given, settings, strategies as st

from bench.report import run_scenario
from bench.scenario import ScenarioError
from bench.scenario_file import load
from custom_components.amp_guard.model import SiteError

DURATION = 240

amps = st.integers(0, 40)
times = st.integers(0, DURATION)
phase = st.sampled_from(["l1", "l2", "l3"])
phases = st.lists(phase, min_size=1, max_size=3, unique=True)
spells = st.lists(st.tuples(times, times).map(sorted), max_size=2)
groups = st.sampled_from(["a", "b"])


def some(**fields):
    """Draw any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


houses = some(
    steps=st.lists(
        st.tuples(times, *[st.integers(-30, 40)] * 3),
        min_size=1,
        max_size=4,
        unique_by=lambda step: step[0],
    ).map(sorted),
    kettles=st.lists(
        st.fixed_dictionaries({"phase": phase, "starts": st.lists(times, max_size=2)}),
        max_size=1,
    ),
    pumps=st.lists(
        st.fixed_dictionaries(
            {"phase": phase, "current": amps, "intervals": spells},
        ),
        max_size=1,
    ),
    daily_appliances=st.booleans(),
)
meters = some(
    interval=st.sampled_from([0.5, 1, 10, 30]),
    delay=st.integers(0, 5),
    resolution=st.sampled_from([0, 0.1, 1]),
    noise=st.sampled_from([0, 1]),
    signed=st.booleans(),
    timestamped=st.booleans(),
    dropouts=spells,
    frozen=spells,
)
group_settings = some(
    phases=phases,
    max_current_online=st.integers(6, 40),
    max_current_offline=amps,
    min_current=st.integers(0, 10),
    chargers_included_in_measurements=st.booleans(),
    metered=st.booleans(),
    active=st.booleans(),
    meter=meters,
    house=houses,
)
charger_settings = some(
    group=groups,
    wiring=phases,
    min_current=st.integers(0, 10),
    max_current=st.integers(10, 32),
    resolution=st.sampled_from([0.1, 0.5, 1]),
    priority=st.integers(1, 3),
    offline_current=st.integers(0, 16),
    offline_phase=phase,
    expiring_limit=st.booleans(),
    command_lag=st.integers(0, 10),
    limit=amps,
    rounds_to=st.sampled_from([0.5, 1, 2]),
    user_limit=st.integers(1, 20),
    lost=spells,
    reports=some(
        interval=st.sampled_from([0.5, 1, 10]),
        offset=st.integers(0, 10),
        delay=st.integers(0, 60),
        only_changes=st.booleans(),
        silent_after=st.sampled_from([30, 180]),
        draw=st.booleans(),
        draw_interval=st.sampled_from([0.5, 1, 60]),
        draw_delay=st.integers(0, 20),
        timestamped=st.booleans(),
        limit=st.booleans(),
    ),
)
car_settings = some(
    arrival=st.integers(0, DURATION // 2),
    departure=st.integers(DURATION // 2 + 1, DURATION),
    energy_kwh=st.sampled_from([0.01, 0.1, 10]),
    phases=st.integers(1, 3),
    min_current=st.integers(6, 10),
    max_current=st.integers(10, 32),
    start_delay=st.integers(0, 30),
    one_phase_first=st.integers(0, 10),
    raise_delay=st.integers(0, 10),
    ramp_up=st.sampled_from([0.5, 2, 1000]),
    follow_down=st.integers(0, 5),
    charges_for=st.sampled_from([20, 60.5]),
    interrupts_for=st.integers(0, 30),
)
scenarios = st.fixed_dictionaries(
    {
        "duration": st.just(DURATION),
        "supply": some(
            fuse_type=st.sampled_from(["gg", "breaker"]),
            net=st.sampled_from(["tn", "it"]),
            metered=st.booleans(),
        ).map(lambda supply: {"supply_max_current": 25, **supply}),
        "chargers": st.lists(charger_settings, min_size=2, max_size=4).map(
            lambda all_: [{"id": f"c{n}", **each} for n, each in enumerate(all_)]
        ),
        "cars": st.lists(car_settings, max_size=3).map(
            lambda all_: [{"charger": f"c{n}", **each} for n, each in enumerate(all_)]
        ),
        "groups": st.builds(
            lambda a, b, parent: [{"id": "a", **a}, {"id": "b", "parent": parent, **b}],
            group_settings,
            group_settings,
            st.sampled_from(["supply", "a", "b"]),
        ),
    },
    optional={
        "house": houses,
        "meter": meters,
        "restarts": st.lists(
            st.fixed_dictionaries({"at": times}, optional={"down": times}), max_size=2
        ),
        "ceilings": st.lists(
            st.fixed_dictionaries(
                {
                    "target": st.sampled_from(["supply", "a", "c0"]),
                    "current": amps,
                    "from": times,
                    "until": times,
                }
            ),
            max_size=2,
        ),
        "balancer_type": st.sampled_from(
            ["fair_share", "priority_order", "first_come"]
        ),
        "resume_from": times,
        "turn": st.integers(1, 100),
    },
)


def figures(value):
    """Return every number in a report."""
    if isinstance(value, dict):
        return [figure for each in value.values() for figure in figures(each)]
    return [value] if isinstance(value, int | float) else []


@given(scenarios)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_runs_to_its_end_or_is_refused(tmp_path, data):
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(data))

    try:
        report = run_scenario(load(path))
    except ScenarioError, SiteError:
        return

    assert all(isfinite(figure) for figure in figures(report.as_dict()))
    assert len(report.energy_kwh) == len(data["cars"])
