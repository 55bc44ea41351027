"""The judge: what happened at the fuses and with the cars, in plain figures."""

from dataclasses import dataclass, field

from custom_components.amp_guard.model import PhaseValues

_MOMENT = 1e-6
"""A. Nothing is over by less than this."""

LOCKED_OUT_AFTER = 600.0
"""s without charging, though its minimum fitted all that time, that lock a car out."""


@dataclass(kw_only=True, slots=True)
class Overload:
    """How long and how far a limit was passed, by its worst phase."""

    seconds: float = 0.0
    longest: float = 0.0
    """s. The longest time without a break."""
    amp_seconds: float = 0.0
    """A·s above the limit."""
    _over: float = 0.0
    _lasted: float = 0.0

    def flow(self, over: float) -> None:
        """Note that from now on the worst phase is `over` A above the limit."""
        self._over = over if over > _MOMENT else 0.0
        if not self._over:
            self._lasted = 0.0

    def step(self, dt: float) -> None:
        """Note that `dt` s have passed."""
        if not self._over:
            return
        self.seconds += dt
        self.amp_seconds += self._over * dt
        self._lasted += dt
        self.longest = max(self.longest, self._lasted)


@dataclass(kw_only=True, slots=True)
class NodeRecord:
    """What went through one fuse.

    `over` is what the cars add above the limit: where the house alone is above it,
    only their part counts. `over_with_house` is all that passes the limit.
    """

    limit: float
    over: Overload = field(default_factory=Overload)
    over_with_house: Overload = field(default_factory=Overload)
    peak: float = 0.0
    """A, on any phase."""

    def flow(self, current: PhaseValues, house: PhaseValues) -> None:
        """Note what flows from now on, and what of it would without the cars."""
        limit = self.limit
        worst = max(map(abs, current))
        self.peak = max(self.peak, worst)
        self.over_with_house.flow(worst - limit)
        added = 0.0
        if worst > limit:
            for amps, alone in zip(current, house, strict=True):
                added = max(added, abs(amps) - max(limit, abs(alone)))
        self.over.flow(added)

    def step(self, dt: float) -> None:
        """Note that `dt` s have passed."""
        self.over.step(dt)
        self.over_with_house.step(dt)


@dataclass(kw_only=True, slots=True)
class CarRecord:
    """What became of one car.

    `started_at` and `stopped_at` are the times in s at which it began to draw, and at
    which it was made to pause while it wanted more; it is `full_at` the end. How often
    it did not charge for `LOCKED_OUT_AFTER` though there was room is `lock_outs`.
    """

    charger: str
    energy_wh: float = 0.0
    started_at: list[float] = field(default_factory=list)
    stopped_at: list[float] = field(default_factory=list)
    full_at: float | None = None
    lock_outs: int = 0
    _beside_room: float = 0.0

    @property
    def charging(self) -> bool:
        """Whether it draws, or drew until it left."""
        return self.full_at is None and len(self.started_at) > len(self.stopped_at)

    @property
    def starts(self) -> int:
        """How often it began to draw."""
        return len(self.started_at)

    @property
    def stops(self) -> int:
        """How often it was made to pause while it wanted more."""
        return len(self.stopped_at)

    def wait(self, dt: float, *, beside_room: bool) -> None:
        """Note `dt` s, and whether it drew nothing in them beside room for it."""
        before = self._beside_room
        self._beside_room = before + dt if beside_room else 0.0
        if before < LOCKED_OUT_AFTER <= self._beside_room:
            self.lock_outs += 1

    def step(self, now: float, power: float, *, full: bool, by_itself: bool) -> None:
        """Note that its draw changed at `now` to `power` W.

        One that interrupts itself (`by_itself`) is neither stopped nor started again.
        """
        if power and not self.charging:
            self.started_at.append(now)
        elif full:
            self.full_at = now
        elif self.charging and not power and not by_itself:
            self.stopped_at.append(now)


@dataclass(kw_only=True, slots=True)
class Record:
    """What the world writes down at each step, and nobody else writes into.

    `nodes` has the supply under `SUPPLY_ID` and each group under its id, `cars` every
    car that was ever plugged in, by its id.
    """

    nodes: dict[str, NodeRecord]
    cars: dict[str, CarRecord] = field(default_factory=dict)
    seconds: float = 0.0
    theta_max: float = 0.0
    """The highest heat of the main fuse; see `FuseModel`."""
    fuse_trips: int = 0

    @property
    def starts(self) -> int:
        """How often any car began to draw."""
        return sum(car.starts for car in self.cars.values())

    @property
    def stops(self) -> int:
        """How often any car that wanted more was made to pause."""
        return sum(car.stops for car in self.cars.values())

    @property
    def lock_outs(self) -> int:
        """How often any car was locked out."""
        return sum(car.lock_outs for car in self.cars.values())

    @property
    def energy_kwh(self) -> dict[str, float]:
        """What each car was given."""
        return {name: car.energy_wh / 1000 for name, car in self.cars.items()}
