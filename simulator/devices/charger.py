"""What every charger's electronics have, whatever protocol they speak."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from simulator.car import PHASE_VOLTAGE, Car
from simulator.charger import ChargerModel

from . import Device


@dataclass(kw_only=True, slots=True)
class ChargingSession:
    """One car's stay: times in s of the world, `energy` in Wh."""

    number: int
    car: Car
    plugged_in: float
    started_at: datetime
    ended_at: datetime | None = None
    charging_time: float = 0.0

    @property
    def energy(self) -> float:
        """Wh that the car took."""
        return self.car.energy_taken_wh


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseReading:
    """What the charger's own meter reads on one phase: A, V, W."""

    current: float
    voltage: float
    power: float


class ChargerElectronics:
    """A charger's electronics: the physics, and what it counts of it."""

    integration: ClassVar[str]
    """The domain of the integration in Home Assistant that drives it."""

    def __init__(self, charger: ChargerModel, *, serial_number: str) -> None:
        """Give `charger` its electronics."""
        super().__init__()
        self.charger = charger
        self.serial_number = serial_number
        self.now = 0.0
        """The world's time, s."""
        self.sessions: list[ChargingSession] = []

    def observe(self, now: float) -> None:
        """Follow the physics up to `now`, s."""
        elapsed, self.now = now - self.now, now
        session = self.session
        if session and session.car is not self.charger.car:
            session.ended_at = datetime.now(UTC)
        if self.charger.car and (session is None or session.ended_at):
            session = self._open_session(self.charger.car)
        if session and self.charger.power:
            session.charging_time += elapsed

    def _open_session(self, car: Car) -> ChargingSession:
        session = ChargingSession(
            number=len(self.sessions) + 1,
            car=car,
            plugged_in=self.now,
            started_at=datetime.now(UTC),
        )
        self.sessions.append(session)
        return session

    @property
    def session(self) -> ChargingSession | None:
        """The session that runs or, with no car, the last one."""
        return self.sessions[-1] if self.sessions else None

    @property
    def session_energy(self) -> float:
        """Wh in the session that runs, or in the last one."""
        return self.session.energy if self.session else 0.0

    @property
    def total_energy(self) -> float:
        """Wh since the charger was new."""
        return sum(session.energy for session in self.sessions)

    @property
    def phases(self) -> tuple[PhaseReading, PhaseReading, PhaseReading]:
        """What its own meter reads on its L1, L2, L3."""
        l1, l2, l3 = (
            PhaseReading(
                current=current,
                voltage=PHASE_VOLTAGE,
                power=current * PHASE_VOLTAGE,
            )
            for current in self.charger.current
        )
        return l1, l2, l3


class ChargerDevice(ChargerElectronics, Device):
    """A charger that serves HTTP."""

    @property
    def flow_input(self) -> dict[str, str]:
        """What Home Assistant's config flow for it asks for."""
        return {"host": self.address}
