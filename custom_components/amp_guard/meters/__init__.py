"""Measurement devices: where samples of the supply's three phases come from."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from ..model import PhaseValues


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterIdentity:
    """What a measurement device says of itself.

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
    """

    time: float
    current: PhaseValues
    voltage: PhaseValues | None = None
    power: PhaseValues | None = None
    energy_import: PhaseValues | None = None
    energy_export: PhaseValues | None = None


class MeterError(Exception):
    """The meter cannot be used now."""


class MeterConnectionError(MeterError):
    """Nothing answers at the address."""


class MeterAuthenticationError(MeterError):
    """The PIN was refused."""


class MeterResponseError(MeterError):
    """What answers is not an Amp Guard, or it answers rubbish."""


class Meter(ABC):
    """A measurement device that pushes its samples."""

    identity: MeterIdentity

    @abstractmethod
    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[bool], None],
    ) -> None:
        """Start pushing samples; tell each time the connection comes or goes.

        Raises a `MeterError` if the first contact fails.
        """

    @abstractmethod
    async def stop(self) -> None:
        """Stop pushing; leave nothing running."""
