"""Measurement devices: where samples of the supply's three phases come from."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ..model import Phase, PhaseValues

MAX_MEASURED_CURRENT = {"home": 100.0, "public": 400.0}
"""A, by variant: the range of the current sensors [installation manual]."""


def variant_for(fuse: float) -> str:
    """Return the smallest variant whose range takes in a fuse (A), for a meter without.

    What is far beyond the range is taken for a fault.
    """
    return next(name for name, most in MAX_MEASURED_CURRENT.items() if fuse <= most)


class Source(StrEnum):
    """Where the measurements of a supply come from."""

    AMP_GUARD = "amp_guard"
    SENSORS = "sensors"
    """Sensors of other integrations in Home Assistant."""
    OPEN_REPORTER = "open_reporter"
    """Perific/Enegic's push format."""
    NONE = "none"
    """No measurement device: the group's maximum is shared."""
    DEMONSTRATION = "demonstration"
    """A simulated home inside Home Assistant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterIdentity:
    """What a measurement device reports of itself.

    `variant` is "home" (0-100 A) or "public" (0-400 A).
    """

    model: str
    variant: str
    serial_number: str
    firmware: str
    mac: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterSample:
    """One sample: A, V and W per phase, kWh since it was made, where it knows them.

    `time` is the event loop's monotonic time in s at which the sample was taken.
    `connected` are the phases that have a current sensor; the others read 0.
    `signed` is whether its currents show their direction themselves, each phase's:
    then one below zero is exported, or its sensor is turned.
    `sequence` is the meter's own count of its samples, where it has one: the same
    number twice is the same sample. `stamp` is when it was taken by the meter's own
    clock, s since 1970, where it reports that.
    """

    time: float
    current: PhaseValues
    voltage: PhaseValues | None = None
    power: PhaseValues | None = None
    energy_import: PhaseValues | None = None
    energy_export: PhaseValues | None = None
    signed: bool = False
    connected: tuple[Phase, ...] = tuple(Phase)
    sequence: int | None = None
    stamp: float | None = None


class MeterError(Exception):
    """The meter cannot be used now."""


class MeterConnectionError(MeterError):
    """Nothing answers at the address."""


class MeterAuthenticationError(MeterError):
    """It does not prove that it has the PIN, or does not take that we have it."""


class MeterResponseError(MeterError):
    """What it answers cannot be read."""


class NotAMeterError(MeterResponseError):
    """What answers is not an Amp Guard, or not the one that is looked for."""


class OldContractError(NotAMeterError):
    """It speaks a version of the LAN contract in which nothing is proved."""

    def __init__(self, identity: MeterIdentity) -> None:
        """Take who it says it is."""
        super().__init__(
            "it speaks version 1 of the LAN contract, which proves nothing"
        )
        self.identity = identity


class ImplausibleSampleError(MeterResponseError):
    """What it measured cannot be true."""


class Meter(ABC):
    """A measurement device that pushes its samples."""

    _rejected: int = 0

    @property
    def rejected_samples(self) -> int:
        """How many samples arrived that could not be read or cannot be true."""
        return self._rejected

    @abstractmethod
    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Start to push samples, now or as soon as the meter can be reached.

        `on_connection` is called with None each time the connection is made, and with
        why each time it is lost or could not be made at the start.
        """

    @abstractmethod
    async def stop(self) -> None:
        """Stop pushing; leave nothing running."""
