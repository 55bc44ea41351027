"""Known, unknown and lost are three things: of a status, of a draw, of a limit."""

from dataclasses import replace

import pytest

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import (
    NO_CURRENT,
    SUPPLY_ID,
    ChargerReading,
    ChargerStatus,
    Commanded,
    Decision,
    Measurement,
    PhaseValues,
    Reason,
    Snapshot,
)

from .judge import judge
from .plant import Outlet, Plant
from .sites import charger, home


def house(plant: Plant, current: float) -> None:
    plant.loads[SUPPLY_ID] = PhaseValues(current, current, current)


def all_phases(current: float) -> PhaseValues:
    return PhaseValues(current, current, current)


def run(
    reading: ChargerReading,
    commanded: Commanded | None = None,
    *,
    flows: float = 5.0,
    seconds: int = 60,
) -> Decision:
    """Return the last decision on a home that says the same for so many s."""
    balancer = Balancer(home(charger("a")))
    for second in range(seconds):
        decision = balancer.decide(
            Snapshot(
                measurements={
                    SUPPLY_ID: Measurement(
                        time=float(second), current=all_phases(flows)
                    )
                },
                chargers={"a": reading},
                commands={} if commanded is None else {"a": commanded},
            ),
            float(second),
        )
    return decision


@pytest.mark.parametrize("seconds", [1, 60])
@pytest.mark.parametrize(
    ("limit", "may_hold", "kept"),
    [(10.0, 16.0, 10.0), (None, 12.0, 12.0), (None, None, 16.0)],
)
def test_one_of_unknown_status_keeps_what_it_may_draw_after_a_restart(
    limit: float | None, may_hold: float | None, kept: float, seconds: int
) -> None:
    """MQTT and OCPP know a status when the charger says its next one."""
    reading = ChargerReading(status=ChargerStatus.UNKNOWN, limit=limit)
    commanded = Commanded(may_hold=may_hold)
    allocation = run(reading, commanded, flows=24.0, seconds=seconds).allocations["a"]
    assert allocation.current == kept


@pytest.mark.parametrize("lost_for", [0.0, 20.0])
@pytest.mark.parametrize("unknown_for", [5.0, 33.0, 121.0])
@pytest.mark.parametrize("reports", [True, False])
@pytest.mark.parametrize("phases", [1, 3])
def test_a_restart_pauses_nobody_while_what_flows_fits(
    monkeypatch: pytest.MonkeyPatch,
    *,
    lost_for: float,
    unknown_for: float,
    reports: bool,
    phases: int,
) -> None:
    """24 of 25 A flow, and the chargers' status comes back when they say the next one."""
    plant = Plant(home(charger("a"), charger("b")), phases=(phases,), driven=True)
    house(plant, 2.0)
    plant.settle(200)
    drawn = {name: outlet.draw for name, outlet in plant.outlets.items()}
    house(plant, 24.0 - sum(drawn.values()))
    plant.step()
    restarted, reading = plant.now, Outlet.reading

    def after_restart(outlet: Outlet, now: float, shift: float) -> ChargerReading:
        said = reading(outlet, now, shift)
        if now - restarted < lost_for:
            return ChargerReading(status=ChargerStatus.LOST)
        if now - restarted < lost_for + unknown_for:
            current = said.current if reports else None
            return replace(said, status=ChargerStatus.UNKNOWN, current=current)
        return said

    monkeypatch.setattr(Outlet, "reading", after_restart)
    plant.restart()
    for _ in plant.run(300):
        for name, outlet in plant.outlets.items():
            assert outlet.draw >= drawn[name], (plant.now, name)
        assert max(plant.carried(0)) <= 25.05


def test_one_of_unknown_status_is_cut_where_it_does_not_fit() -> None:
    reading = ChargerReading(status=ChargerStatus.UNKNOWN)
    decision = run(reading, Commanded(may_hold=16.0), flows=27.0, seconds=1)
    assert decision.drawn["a"] == all_phases(16.0)
    assert decision.allocations["a"].send
    assert 12.0 <= decision.allocations["a"].current <= 14.0


def test_one_that_is_left_alone_and_of_unknown_status_draws_its_limit() -> None:
    balancer = Balancer(home(charger("a", active=False)))
    reading = ChargerReading(status=ChargerStatus.UNKNOWN, limit=10.0)
    decision = balancer.decide(Snapshot(chargers={"a": reading}), 0.0)
    assert decision.drawn["a"] == all_phases(10.0)


@pytest.mark.parametrize("current", [None, all_phases(16.0)])
def test_who_says_that_no_car_is_there_draws_nothing(
    current: PhaseValues | None,
) -> None:
    reading = ChargerReading(
        status=ChargerStatus.DISCONNECTED, current=current, limit=16.0
    )
    decision = run(reading, Commanded(may_hold=16.0), flows=22.0)
    assert decision.drawn["a"] == NO_CURRENT
    assert decision.nodes[SUPPLY_ID].base_load == all_phases(22.0)


def test_silence_is_no_loss() -> None:
    """Three minutes of an equal current are no news, and every cut goes out."""
    plant = Plant(home(charger("a")), driven=True)
    house(plant, 5.0)
    plant.settle(120)
    assert plant.outlets["a"].draw == 16.0
    plant.outlets["a"].report_age = None
    plant.settle(300)
    house(plant, 18.0)
    allocation = plant.step().decision.allocations["a"]
    assert allocation.send
    assert 6.0 <= allocation.current <= 7.0
    verdict = judge(plant, plant.run(660))
    assert verdict.seconds <= 1.0


@pytest.mark.parametrize(
    ("status", "limit", "may_hold", "allocated"),
    [
        (ChargerStatus.CHARGING, 10.0, 16.0, 10.0),
        (ChargerStatus.CHARGING, None, 12.0, 12.0),
        (ChargerStatus.CHARGING, None, None, 16.0),
        (ChargerStatus.WAITING, None, 12.0, 12.0),
        (ChargerStatus.WAITING, None, None, 0.0),
    ],
)
def test_at_a_start_it_has_what_may_be_in_force(
    status: ChargerStatus,
    limit: float | None,
    may_hold: float | None,
    allocated: float,
) -> None:
    reading = ChargerReading(status=status, limit=limit)
    decision = run(reading, Commanded(may_hold=may_hold), seconds=1)
    assert decision.allocations["a"].current == allocated


def test_what_is_in_force_above_the_shown_limit_is_kept_free_after_a_start() -> None:
    """A raise was in doubt when Home Assistant crashed."""
    reading = ChargerReading(status=ChargerStatus.CHARGING, limit=6.0)
    reading = replace(reading, current=all_phases(5.0))
    decision = run(reading, Commanded(current=6.0, may_hold=16.0), flows=23.9)
    assert decision.allocations["a"].reason is Reason.NOT_FOLLOWING
    assert decision.allocations["a"].current == 6.0
    assert decision.to_refresh == {"a"}


def test_figures_that_no_command_can_have_are_not_known() -> None:
    reading = ChargerReading(status=ChargerStatus.LOST)
    nonsense = Commanded(current=float("nan"), may_hold=float("inf"))
    decision = run(reading, nonsense, seconds=1)
    assert decision == run(reading, Commanded(), seconds=1)
