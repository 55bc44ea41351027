"""What each phase of a meter is worth, by what the chargers and the other phases say."""

from cmath import exp, pi
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from custom_components.amp_guard.model import (
    NO_CURRENT,
    SUPPLY_ID,
    Ceiling,
    Charger,
    ChargerReading,
    Decision,
    Doubt,
    EarthingSystem,
    Measurement,
    MeterTrust,
    Phase,
    PhaseValues,
    PhaseWorth,
    Site,
    Supply,
    Worth,
)

from .judge import Verdict, judge
from .plant import Moment, Outlet, Plant
from .sites import charger, group, home

L1, L2, L3 = Phase

type Damage = Callable[[Measurement], Measurement]


def worths(decision: Decision) -> tuple[PhaseWorth, ...]:
    return decision.nodes[SUPPLY_ID].worth


def doubts(decision: Decision) -> set[tuple[Phase, Doubt]]:
    return {
        (phase, worth.doubt)
        for phase, worth in zip(Phase, worths(decision), strict=True)
        if worth.doubt is not None
    }


def dead(sample: Measurement) -> Measurement:
    return replace(sample, current=NO_CURRENT)


def test_what_a_meter_that_was_wrong_shows_is_cut_on_before_it_is_believed() -> None:
    """It is right again, in the middle of an overload that its fallback does not end."""
    plant = Plant(home())
    plant.loads[SUPPLY_ID] = PhaseValues(6.0, 6.0, 6.0)
    plant.settle(120)
    plant.damage = dead
    moment = plant.settle(120)
    assert moment.decision.nodes[SUPPLY_ID].trust is MeterTrust.OFFLINE
    assert moment.decision.allocations["a"].current >= 6.0

    plant.loads[SUPPLY_ID] = PhaseValues(23.0, 23.0, 23.0)
    plant.damage = lambda sample: sample
    moment = plant.settle(2)
    assert moment.decision.nodes[SUPPLY_ID].trust is MeterTrust.OFFLINE
    assert moment.decision.allocations["a"].current == 0.0


# --- an IT net: loads hang between lines -------------------------------------------------

DIRECTIONS = {
    frozenset({L1, L2}): 1 + 0j,
    frozenset({L2, L3}): exp(-2j * pi / 3),
    frozenset({L3, L1}): exp(2j * pi / 3),
}
"""Of the current from the first line to the second, with nothing but resistance."""


class BetweenLines(Plant):
    """A plant whose own load is between L1 and L2, L2 and L3, L3 and L1."""

    def flow(self, index: int) -> PhaseValues:
        between = dict(zip(DIRECTIONS, self.loads[SUPPLY_ID], strict=True))
        for outlet in self.outlets.values():
            between[frozenset(outlet.charger.wiring)] += outlet.draw
        a, b, c = (between[pair] * way for pair, way in DIRECTIONS.items())
        return PhaseValues(abs(a - c), abs(b - a), abs(c - b))

    def carried(self, index: int) -> PhaseValues:
        return self.flow(index)


def norway(*chargers: Charger, **supply: object) -> Site:
    supplied = Supply(
        supply_max_current=25.0, earthing_system=EarthingSystem.IT, **supply
    )
    garage = group(max_current_online=25.0)
    some = chargers or (charger(wiring=(L1, L2)),)
    return Site(supply=supplied, groups=(garage,), chargers=some)


def without(*lines: Phase) -> Damage:
    def damage(sample: Measurement) -> Measurement:
        current = PhaseValues(
            *(
                0.0 if p in lines else v
                for p, v in zip(Phase, sample.current, strict=True)
            )
        )
        measured = tuple(line for line in Phase if line not in lines)
        return replace(sample, current=current, measured=measured)

    return damage


def shows(phase: Phase, figure: Callable[[float], float]) -> Damage:
    """Return the damage by which a phase shows another figure than the true one."""

    def damage(sample: Measurement) -> Measurement:
        values = list(sample.current)
        values[phase] = figure(values[phase])
        return replace(sample, current=PhaseValues(*values))

    return damage


def at_rest(plant: Plant, seconds: float = 600) -> tuple[Verdict, Decision]:
    verdict = judge(plant, plant.run(seconds))
    assert plant.last is not None
    return verdict, plant.last.decision


ZERO = shows(L2, lambda _: 0.0)
CONSTANT = shows(L2, lambda _: 5.0)
SCALED = shows(L2, lambda amps: amps / 10)


def test_a_line_that_is_not_sent_is_bounded_by_the_two_others() -> None:
    plant = BetweenLines(norway())
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 14.0, 0.0)
    plant.damage = without(L2)
    verdict, decision = at_rest(plant)
    assert worths(decision)[L2] == PhaseWorth(
        worth=Worth.BOUNDED, doubt=Doubt.NOT_SENT, since=1.0
    )
    assert decision.nodes[SUPPLY_ID].trust is MeterTrust.ONLINE
    assert verdict.seconds <= 3.0
    assert plant.outlets["a"].draw >= 7.0


@pytest.mark.parametrize("damage", [ZERO, SCALED])
def test_a_line_that_the_two_others_contradict_is_bounded_by_them(
    damage: Damage,
) -> None:
    plant = BetweenLines(norway())
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 14.0, 0.0)
    plant.damage = damage
    verdict, decision = at_rest(plant)
    assert worths(decision)[L2].worth is Worth.BOUNDED
    assert decision.nodes[SUPPLY_ID].trust is MeterTrust.ONLINE
    assert verdict.amp_seconds <= 100
    assert plant.outlets["a"].draw >= 7.0


@pytest.mark.parametrize(
    "loads", [(5.0, 14.0, 0.0), (14.0, 14.0, 0.0), (2.0, 20.0, 1.0)]
)
@pytest.mark.parametrize("damage", [ZERO, CONSTANT, SCALED, without(L2)])
def test_no_damage_of_a_line_overloads_it_for_long(
    damage: Damage, loads: tuple[float, float, float]
) -> None:
    plant = BetweenLines(norway())
    plant.damage = damage
    random = Random(1)
    verdict = Verdict()

    def evening() -> Iterator[Moment]:
        for _ in range(60):
            flicker = random.uniform(-1, 1)
            a, b, c = loads
            plant.loads[SUPPLY_ID] = PhaseValues(a, b + flicker, c)
            yield from plant.run(30)

    verdict = judge(plant, evening())
    assert verdict.trips == 0
    assert verdict.amp_seconds <= 600


def test_where_something_feeds_in_the_bound_is_the_sum() -> None:
    plant = BetweenLines(norway(generates=True))
    plant.loads[SUPPLY_ID] = PhaseValues(8.0, 8.0, 0.0)
    plant.outlets["a"].connected = False
    plant.damage = without(L2)
    _, decision = at_rest(plant, 60)
    assert decision.nodes[SUPPLY_ID].base_load.l2 == pytest.approx(16.0)


def test_two_lines_that_are_not_sent_are_too_many() -> None:
    plant = BetweenLines(norway())
    plant.damage = without(L2, L3)
    decision = plant.settle(60).decision
    assert decision.nodes[SUPPLY_ID].trust is MeterTrust.OFFLINE
    assert doubts(decision) == {(L2, Doubt.NOT_SENT), (L3, Doubt.NOT_SENT)}


def test_a_line_is_believed_again_when_it_moves_with_the_others() -> None:
    plant = BetweenLines(norway())
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 14.0, 0.0)
    plant.damage = ZERO
    plant.settle(60)
    assert doubts(plant.step().decision) == {(L2, Doubt.IMPOSSIBLE)}
    plant.damage = lambda sample: sample
    for second in range(200):
        plant.loads[SUPPLY_ID] = PhaseValues(5.0, 8.0 + second // 20 % 2 * 4, 0.0)
        plant.step()
    assert doubts(plant.step().decision) == set()


# --- a phase that shows less than the chargers on it --------------------------------


def evening_with(
    damage: Damage, *, at: float = 300.0, site: Site | None = None, phases: int = 3
) -> Plant:
    """Return a home with 4 A of base load whose meter is damaged while a car charges."""
    plant = Plant(site or home(charger()), phases=(phases,))
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 4.0, 4.0)
    plant.settle(at)
    plant.damage = damage
    return plant


NOISE = Random(5)
DAMAGES = {
    "zero": ZERO,
    "noise": shows(L2, lambda _: NOISE.uniform(0, 0.3)),
    "a tenth": SCALED,
    "turned": shows(L2, lambda amps: -amps),
    "all zero": lambda sample: replace(sample, current=PhaseValues(0.0, 0.0, 0.0)),
}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("phases", [1, 3])
def test_a_phase_that_shows_less_than_its_chargers_is_not_measured(
    name: str, phases: int
) -> None:
    one = charger(wiring=(L2, L3, L1))
    plant = evening_with(DAMAGES[name], site=home(one), phases=phases)
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 4.0, 4.0)
    decision = plant.settle(100).decision
    assert decision.nodes[SUPPLY_ID].trust is MeterTrust.OFFLINE
    assert (L2, Doubt.BELOW_CHARGERS) in doubts(decision)
    # What the house does on that phase from now on is not seen, nor needs it be.
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 15.0, 4.0)
    verdict, _ = at_rest(plant)
    assert verdict.trips == 0
    assert verdict.amp_seconds <= 100


def test_nothing_is_raised_on_the_word_of_a_phase_in_question() -> None:
    """A car stops by itself and its report is late: the house is not at -12 A."""
    plant = Plant(home(charger("a"), charger("b"), fuse=32.0))
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 4.0, 4.0)
    plant.outlets["a"].report_age = 25.0
    plant.settle(300)
    assert plant.outlets["b"].draw >= 12.0
    before = plant.outlets["b"].draw
    plant.outlets["a"].wants = 0.0
    for moment in plant.run(24):
        assert min(moment.decision.nodes[SUPPLY_ID].base_load) >= 0.0
        assert plant.outlets["b"].limit <= before + 1.0
    _, decision = at_rest(plant)
    assert doubts(decision) == set()
    assert plant.outlets["b"].draw == 16.0


def test_a_phase_is_measured_again_when_it_shows_what_chargers_draw() -> None:
    plant = evening_with(ZERO)
    plant.settle(100)
    assert doubts(plant.step().decision)
    plant.damage = lambda sample: sample
    plant.settle(60)
    assert doubts(plant.step().decision) == set()
    plant.settle(100)
    assert plant.outlets["a"].draw == 16.0


@pytest.mark.parametrize("damage", [without(L2), ZERO])
def test_a_car_that_comes_while_a_phase_is_not_measured_gets_the_offline_maximum(
    damage: Damage,
) -> None:
    plant = evening_with(damage)
    plant.settle(200)
    plant.outlets["a"].connected = False
    plant.settle(10)
    plant.outlets["a"].connected = True
    decision = plant.settle(200).decision
    assert decision.nodes[SUPPLY_ID].trust is MeterTrust.OFFLINE
    assert plant.outlets["a"].draw == 10.0


def test_the_cut_that_a_doubt_brings_does_not_end_it() -> None:
    """A meter of another house shows more than chargers that were cut draw."""
    other_house = iter(8.0 + n // 20 % 3 for n in range(10_000))
    plant = evening_with(shows(L2, lambda _: next(other_house)))
    plant.settle(200)
    assert doubts(plant.step().decision) == {(L2, Doubt.BELOW_CHARGERS)}
    assert plant.outlets["a"].draw <= 10.0  # its group's offline maximum
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 15.0, 4.0)
    verdict, decision = at_rest(plant, 1800)
    assert doubts(decision) == {(L2, Doubt.BELOW_CHARGERS)}
    assert verdict.amp_seconds <= 100


def test_where_nobody_may_draw_a_phase_that_lives_is_tried_again() -> None:
    garage = group(max_current_offline=0.0)
    plant = evening_with(ZERO, site=home(charger(), groups=(garage,)))
    plant.settle(100)
    assert plant.outlets["a"].draw == 0.0
    plant.damage = lambda sample: sample
    for second in range(300):
        plant.loads[SUPPLY_ID] = PhaseValues(4.0, 2.0 + second // 10 % 2 * 6, 4.0)
        plant.step()
    assert doubts(plant.step().decision) == set()
    assert plant.outlets["a"].draw > 0.0


@pytest.mark.parametrize("generates", [True, False])
def test_where_something_feeds_in_a_phase_may_show_less(generates: bool) -> None:
    supply = Supply(supply_max_current=25.0, generates=generates)
    plant = Plant(home(charger(), supply=supply))
    plant.loads[SUPPLY_ID] = PhaseValues(-5.0, -5.0, -5.0)
    plant.settle(300)
    plant.loads[SUPPLY_ID] = PhaseValues(-10.0, -10.0, -10.0)
    _, decision = at_rest(plant)
    assert doubts(decision) == set()
    assert plant.outlets["a"].draw == 16.0


def test_a_phase_that_the_property_lacks_has_no_charger() -> None:
    one = charger(wiring=(L1,))
    plant = Plant(home(one, charger("b", wiring=(L1,))))
    plant.damage = without(L2, L3)
    assert doubts(plant.settle(60).decision) == set()
    plant = Plant(home(charger(wiring=(L1, L2))))
    plant.damage = without(L2, L3)
    assert doubts(plant.settle(60).decision) == {(L2, Doubt.NOT_SENT)}


def test_what_is_left_over_from_a_session_convicts_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant = evening_with(lambda sample: sample)
    reading = Outlet.reading

    def left_over(outlet: Outlet, now: float, shift: float) -> ChargerReading:
        current = PhaseValues(16.0, 16.0, 16.0)
        return replace(reading(outlet, now, shift), current=current, current_time=now)

    monkeypatch.setattr(Outlet, "reading", left_over)
    plant.outlets["a"].full = True
    decision = plant.settle(600).decision
    assert doubts(decision) == set()
    assert decision.drawn["a"] == PhaseValues(0.0, 0.0, 0.0)
    assert decision.nodes[SUPPLY_ID].base_load == PhaseValues(4.0, 4.0, 4.0)
    # It is not taken from the house's next load, either.
    plant.loads[SUPPLY_ID] = PhaseValues(20.0, 20.0, 20.0)
    base_load = plant.step().decision.nodes[SUPPLY_ID].base_load
    assert base_load == PhaseValues(20.0, 20.0, 20.0)


def only_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let chargers report what changes, and nothing of what goes on as it did."""
    reading, said = Outlet.reading, {}

    def changed(outlet: Outlet, now: float, shift: float) -> ChargerReading:
        fresh = reading(outlet, now, shift)
        before = said.get(outlet.charger.id)
        if before is None or before.current != fresh.current:
            before = said[outlet.charger.id] = replace(fresh, current_time=now)
        return replace(fresh, current=before.current, current_time=before.current_time)

    monkeypatch.setattr(Outlet, "reading", changed)


@pytest.mark.parametrize("phases", [1, 3])
def test_a_charger_that_tells_only_changes_is_made_to_tell(
    monkeypatch: pytest.MonkeyPatch, phases: int
) -> None:
    only_changes(monkeypatch)
    one = charger(wiring=(L2, L3, L1))
    plant = evening_with(ZERO, site=home(one), phases=phases)
    decision = plant.settle(180).decision
    assert doubts(decision) == {(L2, Doubt.BELOW_CHARGERS)}


def test_who_is_at_its_minimum_tells_by_the_cut_that_brought_it_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It need not be lowered to tell: what shows a cut followed is newer than that."""
    only_changes(monkeypatch)
    plant = evening_with(ZERO, site=home(charger()), phases=3)
    plant.settle(30)
    ceiling = Ceiling(target="a", current=6.0, expires=plant.now + 3600.0)
    plant.ceilings["a"] = ceiling
    given = [m.decision.allocations["a"].current for m in plant.run(300)]
    assert doubts(plant.step().decision) == {(L2, Doubt.BELOW_CHARGERS)}
    assert min(given) >= 6.0


def at_its_minimum(phase: Phase = L2) -> Plant:
    """Return a home whose car started at the minimum, where a phase shows nothing."""
    plant = Plant(home(charger(max_current=6.0)))
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 4.0, 4.0)
    plant.damage = shows(phase, lambda _: 0.0)
    return plant


@pytest.mark.parametrize("age", [0.0, 30.0, 60.0])
def test_who_has_never_had_more_than_its_minimum_is_paused_once_to_tell(
    monkeypatch: pytest.MonkeyPatch, age: float
) -> None:
    only_changes(monkeypatch)
    plant = at_its_minimum()
    plant.outlets["a"].report_age = age
    given = [m.decision.allocations["a"].current for m in plant.run(1800)]
    pauses = sum(after < before for before, after in pairwise(given))
    assert pauses == 1
    assert [phase for phase, _ in doubts(plant.step().decision)] == [L2]
    assert plant.outlets["a"].draw == 6.0


def test_who_is_paused_to_tell_and_says_nothing_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has stopped long ago, and is said to charge at its minimum for ever."""
    plant = Plant(home(charger(max_current=6.0), charger("b"), fuse=32.0))
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 4.0, 4.0)
    plant.settle(300)
    reading = Outlet.reading
    last = plant.outlets["a"].reading(plant.now, 0.0)
    monkeypatch.setattr(
        Outlet,
        "reading",
        lambda outlet, now, shift: (
            last if outlet.charger.id == "a" else reading(outlet, now, shift)
        ),
    )
    plant.outlets["a"].full = True
    plant.loads[SUPPLY_ID] = PhaseValues(1.0, 1.0, 1.0)
    plant.outlets["b"].connected = False
    given = [m.decision.allocations["a"].current for m in plant.run(1800)]
    assert doubts(plant.step().decision) == set()
    assert sum(after < before for before, after in pairwise(given)) == 1
    assert given[-1] == 6.0


def test_a_current_that_follows_no_limit_is_not_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its last current stays, and it says that it charges, for ever."""
    plant = Plant(home(charger("a"), charger("b"), fuse=32.0))
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 4.0, 4.0)
    plant.settle(300)
    reading = Outlet.reading
    last = plant.outlets["a"].reading(plant.now, 0.0)

    def stale(outlet: Outlet, now: float, shift: float) -> ChargerReading:
        fresh = reading(outlet, now, shift)
        return replace(last, limit=fresh.limit) if outlet.charger.id == "a" else fresh

    monkeypatch.setattr(Outlet, "reading", stale)
    plant.outlets["a"].full = True
    decision = plant.settle(900).decision
    assert doubts(decision) == set()
    assert max(decision.drawn["a"]) < 1.0
    assert plant.outlets["b"].draw >= 14.0


def test_who_was_paused_beside_one_that_is_stuck_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both are made to tell; what is missing is what the stuck one says."""
    only_changes(monkeypatch)
    plant = Plant(home(charger("a"), charger("b", max_current=6.0), fuse=32.0))
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 4.0, 4.0)
    plant.settle(300)
    reading = Outlet.reading
    last = plant.outlets["a"].reading(plant.now, 0.0)

    def stuck(outlet: Outlet, now: float, shift: float) -> ChargerReading:
        fresh = reading(outlet, now, shift)
        return replace(last, limit=fresh.limit) if outlet.charger.id == "a" else fresh

    monkeypatch.setattr(Outlet, "reading", stuck)
    plant.outlets["a"].full = True
    given = []
    for moment in plant.run(900):
        assert doubts(moment.decision) == set()
        given.append(moment.decision.allocations["b"].current)
    assert sum(after < before for before, after in pairwise(given)) == 1
    assert plant.outlets["b"].draw == 6.0


# --- a phase that does not answer ------------------------------------------------------


def sessions(plant: Plant, times: int, each: float = 120.0) -> Iterable[Moment]:
    """Let the cars charge and pause so many times."""
    for time in range(2 * times):
        for outlet in plant.outlets.values():
            outlet.wants = 32.0 if time % 2 else 0.0
        yield from plant.run(each)


def flickering(damage: Damage) -> Damage:
    """Let L1 flicker: the meter as a whole does not stand still."""

    def damaged(sample: Measurement) -> Measurement:
        flicker = 0.1 * (int(sample.time) % 3)
        return shows(L1, lambda amps: amps + flicker)(damage(sample))

    return damaged


SUN = Supply(supply_max_current=25.0, generates=True)


@pytest.mark.parametrize("phases", [1, 3])
@pytest.mark.parametrize(
    ("damage", "doubt"),
    [
        (CONSTANT, Doubt.STANDS_STILL),
        (ZERO, Doubt.STANDS_STILL),
        (shows(L2, lambda amps: -amps), Doubt.TURNED),
    ],
)
def test_a_phase_that_does_not_answer_is_found_where_something_feeds_in(
    damage: Damage, doubt: Doubt, phases: int
) -> None:
    one = charger(wiring=(L2, L3, L1))
    plant = Plant(home(one, supply=SUN), phases=(phases,))
    plant.loads[SUPPLY_ID] = PhaseValues(3.0, 3.0, 3.0)
    plant.settle(120)
    plant.damage = flickering(damage)
    for _ in sessions(plant, 4):
        pass
    assert plant.last is not None
    assert doubts(plant.last.decision) == {(L2, doubt)}
    plant.damage = lambda sample: sample
    for _ in sessions(plant, 2):
        pass
    assert doubts(plant.last.decision) == set()


def swapped(sample: Measurement) -> Measurement:
    a, b, c = sample.current
    return replace(sample, current=PhaseValues(b, a, c))


def test_swapped_phases_are_found_by_a_one_phase_car() -> None:
    plant = Plant(home(charger(), supply=SUN), phases=(1,))
    plant.loads[SUPPLY_ID] = PhaseValues(3.0, 5.0, 1.0)
    plant.damage = swapped
    for _ in sessions(plant, 4):
        pass
    assert plant.last is not None
    assert doubts(plant.last.decision) == {(L1, Doubt.SWAPPED)}
    assert worths(plant.last.decision)[L1].on is L2


def test_the_wiring_of_a_charger_is_seen_by_a_one_phase_car(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is wired to L2, L3, L1, and was set up as L1, L2, L3."""
    plant = Plant(
        home(charger("a"), charger("b", wiring=(L3,)), fuse=50.0), phases=(1,)
    )
    plant.loads[SUPPLY_ID] = PhaseValues(3.0, 5.0, 1.0)
    plant.outlets["b"].connected = False
    car = plant.outlets["a"]
    car.weights = PhaseValues(0.0, 1.0, 0.0)
    reading = Outlet.reading

    def on_its_own_l1(outlet: Outlet, now: float, shift: float) -> ChargerReading:
        said = reading(outlet, now, shift)
        if outlet is not car or said.current is None:
            return said
        return replace(said, current=PhaseValues(car.draw, 0.0, 0.0))

    monkeypatch.setattr(Outlet, "reading", on_its_own_l1)
    (*_, last) = sessions(plant, 4)
    assert last.decision.seen_wiring == {"a": (L2, L3, L1)}
