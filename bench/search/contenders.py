"""Who is held beside the law: a plain loop, and those that know the truth of now.

All cut at once and share what there is equally. The plain loop raises after some time of
headroom, 30 s at first hand; the ideal one at once, or after as long. None knows the
future, and their commands take as long as ours. With a neutral only.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, inf

from custom_components.amp_guard.model import (
    NO_CURRENT,
    SUPPLY_ID,
    Allocation,
    Charger,
    ChargerReading,
    ChargerStatus,
    Decision,
    MeterTrust,
    NodeState,
    Phase,
    PhaseValues,
    Reason,
    Snapshot,
)
from simulator.world import World

from ..scenario import Scenario

HEADROOM_FOR = 30.0
"""s of headroom before the plain loop raises."""
DRAWING = 1.0
"""A above which a phase is in use."""
_IDLE = {ChargerStatus.DISCONNECTED, ChargerStatus.FULL}
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What one charger can have: from `least` to `most` A on each of `phases`."""

    charger: Charger
    phases: tuple[Phase, ...]
    least: float
    most: float
    charging: bool


class PlainLoop:
    """Cuts at once, raises after `patience` s; it believes its meter and chargers.

    Base load is what the meter shows less what the chargers report, or were given where
    they report nothing.
    """

    def __init__(
        self, scenario: Scenario, _world: World, patience: float = HEADROOM_FOR
    ) -> None:
        self._site = scenario.site
        self._given = {charger.id: 0.0 for charger in self._site.chargers}
        self._phases = {charger.id: charger.wiring for charger in self._site.chargers}
        self._base = LastingBase(patience)
        self._sampled: float | None = None

    def decide(self, snapshot: Snapshot, now: float) -> Decision:
        """Return what each charger is given now."""
        sample = snapshot.measurements.get(SUPPLY_ID)
        if sample is not None and sample.time != self._sampled:
            self._sampled = sample.time
            self._look(sample.current, snapshot.chargers, now)
        before = self._given
        self._given = give(
            list(self._claims(snapshot.chargers)),
            self._site.supply.supply_max_current,
            self._base,
            before,
        )
        return _decision(self._given, before, now)

    def _look(
        self,
        current: PhaseValues,
        readings: Mapping[str, ChargerReading],
        now: float,
    ) -> None:
        """Take a sample: what of it is the house's, and whose phases are in use."""
        drawn = [0.0, 0.0, 0.0]
        for charger in self._site.chargers:
            reading = readings.get(charger.id)
            if reading is None or reading.status is not ChargerStatus.CHARGING:
                continue
            reported = reading.current
            if reported is not None and max(reported) > DRAWING:
                self._phases[charger.id] = tuple(
                    phase
                    for phase, amps in zip(charger.wiring, reported, strict=False)
                    if amps > DRAWING
                )
            for own, phase in enumerate(charger.wiring):
                given = self._given[charger.id]
                drawn[phase] += given if reported is None else reported[own]
        base = (
            max(0.0, amps - taken) for amps, taken in zip(current, drawn, strict=True)
        )
        self._base.note(PhaseValues(*base), now)

    def _claims(self, readings: Mapping[str, ChargerReading]) -> Iterator[Claim]:
        for charger in self._site.chargers:
            reading = readings.get(charger.id)
            if reading is not None and reading.status not in _IDLE:
                yield Claim(
                    charger=charger,
                    phases=self._phases[charger.id],
                    least=charger.min_current,
                    most=charger.max_current,
                    charging=self._given[charger.id] > 0,
                )


class Ideal:
    """Knows what the house draws now, and each car; raises after `patience` s."""

    def __init__(self, scenario: Scenario, world: World, patience: float) -> None:
        self._site = scenario.site
        self._world = world
        self._given = {charger.id: 0.0 for charger in self._site.chargers}
        self._base = LastingBase(patience)

    def decide(self, _snapshot: Snapshot, now: float) -> Decision:
        """Return what each charger is given now; decide again when the house changes."""
        house = self._world.house
        self._base.note(house.current_at(now), now)
        before = self._given
        self._given = give(
            list(self._claims()),
            self._site.supply.supply_max_current,
            self._base,
            before,
        )
        return _decision(self._given, before, now, house.steady_until(now))

    def _claims(self) -> Iterator[Claim]:
        for charger in self._site.chargers:
            car = self._world.chargers[charger.id].car
            if car is not None and not car.full:
                model = car.model
                yield Claim(
                    charger=charger,
                    phases=charger.wiring[: model.phases],
                    least=max(charger.min_current, model.min_current),
                    most=min(charger.max_current, model.max_current),
                    charging=self._given[charger.id] > 0,
                )


class LastingBase:
    """The base load now, and the most that it was in the last `patience` s, A."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._seen: deque[tuple[float, PhaseValues]] = deque()

    def note(self, base: PhaseValues, now: float) -> None:
        """Take what it is from `now` (s) on."""
        self._seen.append((now, base))
        while len(self._seen) > 1 and self._seen[1][0] <= now - self._patience:
            self._seen.popleft()

    @property
    def now(self) -> PhaseValues:
        """What it is; more than there can be before anything was seen."""
        return self._seen[-1][1] if self._seen else PhaseValues(inf, inf, inf)

    @property
    def most(self) -> PhaseValues:
        """The most that it was."""
        seen = [base for _, base in self._seen] or [self.now]
        return PhaseValues(*map(max, zip(*seen, strict=True)))


def give(
    claims: Sequence[Claim], limit: float, base: LastingBase, given: Mapping[str, float]
) -> dict[str, float]:
    """Return what each charger is given, A: what fits now, and a raise if it lasted."""
    fits, lasts = (
        share(claims, [limit - amps for amps in amperes])
        for amperes in (base.now, base.most)
    )
    return {
        id_: min(fits[id_], max(before, lasts[id_])) if id_ in fits else 0.0
        for id_, before in given.items()
    }


def share(claims: Sequence[Claim], free: Sequence[float]) -> dict[str, float]:
    """Return A for each: first the minimums, of who charges first; then equally.

    Whose minimum does not fit has nothing. Rounded down to the charger's steps.
    """
    left = list(free)
    served: list[Claim] = []
    for claim in sorted(claims, key=lambda claim: not claim.charging):
        fits = min((left[phase] for phase in claim.phases), default=0.0)
        if fits >= claim.least - _ROUNDING and claim.most >= claim.least:
            served.append(claim)
            for phase in claim.phases:
                left[phase] -= claim.least
    given = {claim.charger.id: 0.0 for claim in claims}
    given |= {claim.charger.id: claim.least for claim in served}
    rising = served
    while rising:
        users = [sum(phase in claim.phases for claim in rising) for phase in Phase]
        rise = min(
            *(claim.most - given[claim.charger.id] for claim in rising),
            *(max(left[n], 0.0) / users[n] for n in Phase if users[n]),
        )
        for claim in rising:
            given[claim.charger.id] += rise
            for phase in claim.phases:
                left[phase] -= rise
        rising = [
            claim
            for claim in rising
            if given[claim.charger.id] < claim.most - _ROUNDING
            and all(left[phase] > _ROUNDING for phase in claim.phases)
        ]
    steps = {claim.charger.id: claim.charger.resolution for claim in claims}
    return {
        id_: floor(amps / steps[id_] + _ROUNDING) * steps[id_]
        for id_, amps in given.items()
    }


def _decision(
    given: Mapping[str, float],
    before: Mapping[str, float],
    now: float,
    look_again: float | None = None,
) -> Decision:
    """Return what is given as the loop takes it."""
    return Decision(
        time=now,
        allocations={
            id_: Allocation(
                charger=id_,
                current=amps,
                reason=Reason.SHARED,
                send=now == 0.0 or amps != before[id_],
            )
            for id_, amps in given.items()
        },
        nodes={SUPPLY_ID: _UNSEEN},
        drawn={},
        look_again=look_again,
    )


_UNSEEN = NodeState(
    trust=MeterTrust.ONLINE,
    limit=inf,
    available=NO_CURRENT,
    allocated=NO_CURRENT,
    base_load=NO_CURRENT,
    heat=NO_CURRENT,
    overloaded=False,
)
"""They say nothing of what they see."""
