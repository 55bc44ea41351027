"""A charger: takes commands, offers a current to its car, says how it is."""

from collections import deque
from dataclasses import dataclass
from math import floor, inf, sqrt

from custom_components.amp_guard.model import (
    MINIMUM_SIGNALLED_CURRENT,
    NO_CURRENT,
    SUPPLY_ID,
    ChargerStatus,
    EarthingSystem,
    Phase,
    PhaseValues,
)

from .car import Car

NEVER = inf


@dataclass(frozen=True, kw_only=True, slots=True)
class _Command:
    """What has been sent and not yet taken effect; None leaves a part as it is."""

    at: float
    limit: float | None = None
    expires: float = NEVER
    paused: bool | None = None
    phases: int | None = None


class ChargerModel:
    """A charger with one connector.

    `wiring` names the supply phase on its own L1, L2, L3. In an IT net these are the
    lines that it hangs between: two for a one-phase charger, three for a "three-phase"
    one, whose two circuits then return through the last. A limit takes effect
    `command_lag` s after it was sent, in whole steps of `resolution`; under 6 A it
    pauses. It wakes with `limit` (its offline current where nothing is said). A limit
    sent with a validity gives way, at its end, to `offline_current` on `offline_phase`
    (None: all its phases). It may be set to one phase, its own L1, and to all;
    `switched_under_load` is how often that was done while its car drew.
    """

    def __init__(
        self,
        *,
        id: str,  # noqa: A002 - as everywhere in the model
        group: str = SUPPLY_ID,
        wiring: tuple[Phase, ...] = (Phase.L1, Phase.L2, Phase.L3),
        max_current: float = 16.0,
        resolution: float = 1.0,
        command_lag: float = 1.0,
        offline_current: float = MINIMUM_SIGNALLED_CURRENT,
        offline_phase: Phase | None = None,
        limit: float | None = None,
        earthing_system: EarthingSystem = EarthingSystem.TN,
    ) -> None:
        self.id = id
        self.group = group
        self.wiring = wiring
        self.max_current = max_current
        self.resolution = resolution
        self.command_lag = command_lag
        self.offline_current = offline_current
        self.offline_phase = offline_phase
        self.earthing_system = earthing_system
        self.commands = 0
        """How often it was told something."""
        self.car: Car | None = None
        self.paused = False
        self.switched_under_load = 0
        self._limit = min(offline_current if limit is None else limit, max_current)
        self._expires = NEVER
        self._pending: deque[_Command] = deque()
        self._circuits = circuit_loads(wiring, earthing_system)
        circuits = len(self._circuits)
        self._all_phases = (circuits > 0, circuits > 1, circuits > 2)
        self._switched_on = self._energised = self._all_phases
        self._now = 0.0
        self._steady_until = 0.0
        self._settle_load()

    # --- what is done to it ---

    def set_limit(
        self, current: float, now: float, valid_for: float | None = None
    ) -> None:
        """Tell it a limit in A (0 or less than 6 pauses), good for `valid_for` s."""
        expires = NEVER if valid_for is None else now + valid_for
        self._send(_Command(at=now + self.command_lag, limit=current, expires=expires))

    def set_paused(self, paused: bool, now: float | None = None) -> None:
        """Tell it to pause or to resume at its limit, as a switch does."""
        sent = self._now if now is None else now
        self._send(_Command(at=sent + self.command_lag, paused=paused))

    def set_phases(self, count: int, now: float) -> None:
        """Tell it to use one phase, or all."""
        self._send(_Command(at=now + self.command_lag, phases=count))

    def plug_in(self, car: Car) -> None:
        """Connect a car."""
        self.car = car
        self._steady_until = self._now
        self._settle_load()

    def unplug(self) -> None:
        """Take the car away."""
        self.car = None
        self._steady_until = self._now
        self._settle_load()

    # --- what it is ---

    @property
    def limit(self) -> float:
        """The limit in force, A; 0 while paused."""
        return 0.0 if self.paused else self._limit

    @property
    def phases_set(self) -> int:
        """How many phases it is set to use."""
        return sum(self._switched_on)

    @property
    def offered(self) -> float:
        """What it signals to a car, A; 0 is nothing."""
        limit = self.limit
        return limit if limit >= MINIMUM_SIGNALLED_CURRENT else 0.0

    @property
    def current(self) -> PhaseValues:
        """A on its own L1, L2, L3."""
        own = [self.load[phase] for phase in self.wiring]
        return PhaseValues(*own, *[0.0] * (3 - len(own)))

    @property
    def power(self) -> float:
        """What its car draws, W."""
        return self.car.power if self.car else 0.0

    @property
    def waits(self) -> bool:
        """Whether it has a car that wants to charge, and draws nothing."""
        car = self.car
        return car is not None and not (car.power or car.full or car.interrupting)

    @property
    def least_load(self) -> PhaseValues:
        """What its car draws at its minimum, A; between the lines in an IT net."""
        loads = [0.0, 0.0, 0.0]
        if self.car:
            for circuit in self._circuits[: self.car.model.phases]:
                loads[circuit] += self.car.model.min_current
        return PhaseValues(*loads)

    @property
    def status(self) -> ChargerStatus:
        """What it says of its connector."""
        if self.car is None:
            return ChargerStatus.DISCONNECTED
        if self.car.full:
            return ChargerStatus.FULL
        return ChargerStatus.CHARGING if self.power else ChargerStatus.WAITING

    # --- how it lives ---

    def settle(self, now: float) -> float:
        """Take what is due at `now`; return the time until which its draw is steady."""
        self._now = now
        while self._pending and self._pending[0].at <= now + 1e-9:
            self._obey(self._pending.popleft())
        if self._expires <= now:
            self._fall_back()
        if self._steady_until <= now + 1e-9:
            self._steady_until = now + (
                self.car.steady_for(self.offered, self._energised)
                if self.car
                else NEVER
            )
        due = self._pending[0].at if self._pending else NEVER
        return min(self._steady_until, due, self._expires)

    def step(self, dt: float) -> bool:
        """Live through `dt` s from the last `settle`; tell whether the draw changed."""
        self._now += dt
        if self.car is None or not self.car.step(dt, self.offered, self._energised):
            return False
        self._steady_until = self._now
        self._settle_load()
        return True

    def _send(self, command: _Command) -> None:
        self.commands += 1
        self._pending.append(command)

    def _obey(self, command: _Command) -> None:
        if command.paused is not None:
            self.paused = command.paused
        if command.limit is not None:
            steps = floor(command.limit / self.resolution + 1e-6)
            self._limit = min(max(steps * self.resolution, 0.0), self.max_current)
            self._expires = command.expires
            self._energised = self._switched_on
        if command.phases is not None:
            self._switch(command.phases)
        self._steady_until = self._now

    def _switch(self, count: int) -> None:
        self.switched_under_load += self.power > 0
        one = (True, False, False)
        self._switched_on = self._energised = one if count == 1 else self._all_phases

    def _fall_back(self) -> None:
        """Use the offline current limit, as nobody renewed what was told."""
        self._limit = min(self.offline_current, self.max_current)
        self._expires = NEVER
        tn = self.earthing_system is EarthingSystem.TN
        if tn and self.offline_phase in self.wiring:
            own = self.wiring.index(self.offline_phase)
            self._energised = (own == 0, own == 1, own == 2)
        self._steady_until = self._now

    def _settle_load(self) -> None:
        """Work out what it draws from the supply."""
        circuits = self.car.current if self.car else NO_CURRENT
        loads = [0.0, 0.0, 0.0]
        for load, amps in zip(self._circuits, circuits, strict=False):
            loads[load] += amps
        values = PhaseValues(*loads)
        it = self.earthing_system is EarthingSystem.IT
        self.load_between_lines = values if it else NO_CURRENT
        """A between L1-L2, L2-L3 and L3-L1; nothing where there is a neutral."""
        self.load = line_currents(values) if it else values
        """A on the lines of the supply, by this charger alone."""


def circuit_loads(
    wiring: tuple[Phase, ...], earthing_system: EarthingSystem
) -> tuple[int, ...]:
    """Return which load of the supply each circuit of a charger is.

    With a neutral the loads are L1, L2, L3. In an IT net they are L1-L2, L2-L3, L3-L1,
    each named by the line that comes before the other; all circuits return through the
    last line of the wiring.
    """
    if earthing_system is EarthingSystem.TN:
        return tuple(wiring)
    *outgoing, back = wiring
    return tuple(line if (line + 1) % 3 == back else back for line in outgoing)


def line_currents(between: PhaseValues) -> PhaseValues:
    """Return the line currents in A of loads between L1-L2, L2-L3 and L3-L1 (IT net).

    Each load is in phase with its own line-to-line voltage, and these are 120° apart.
    """
    a, b, c = between
    return PhaseValues(
        sqrt(a * a + c * c + a * c),
        sqrt(a * a + b * b + a * b),
        sqrt(b * b + c * c + b * c),
    )
