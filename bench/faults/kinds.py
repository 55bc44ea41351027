"""The faults by name, and when each begins and ends."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class MeterFault(StrEnum):
    """What is wrong with the meter, or with the way from it."""

    SILENT = "meter: silent, or pings only"
    SLOW = "meter: a sample each 10 s"
    LATE = "meter: each sample 8 s late"
    FROZEN = "meter: one measurement as a new sample each time"
    CORRUPT = "meter: every other sample is wrong"
    IMPOSSIBLE = "meter: nothing that can be true"
    ZERO = "meter: reads 0 A"
    CUT_OFF = "network: the meter is cut off, and catches up"


class ChargerFault(StrEnum):
    """What is wrong with a charger, or with the way to it."""

    SILENT = "charger: silent"
    REFUSING = "charger: refuses"
    HANGING = "charger: never answers"
    LATE = "charger: takes 8 s"
    REBOOTING = "charger: reboots, and is at its maximum"
    LIES_OF_LIMIT = "charger: says that it took what it did not"
    LIES_OF_CURRENT = "charger: its current stands still"
    CUT_OFF = "network: a charger is cut off"
    COMMANDS_LOST = "network: no command arrives"
    REPORTS_LOST = "network: no answer arrives"


class AssistantFault(StrEnum):
    """What happens to Home Assistant."""

    KILLED = "Home Assistant: killed, and back"
    STOPPED = "Home Assistant: stopped in mid-cut, and back"
    RELOADED = "Home Assistant: the integration is reloaded"
    FROZEN = "Home Assistant: frozen for 20 s"
    BLOCKED_SHORTLY = "Home Assistant: its loop is blocked for 5 s"
    BLOCKED = "Home Assistant: its loop is blocked for 15 s"


class NetworkFault(StrEnum):
    """What several of them have together."""

    CHARGERS_CUT_OFF = "network: all chargers are cut off"
    ALL_CUT_OFF = "network: Home Assistant is alone"


type Kind = MeterFault | ChargerFault | AssistantFault | NetworkFault

KINDS: tuple[Kind, ...] = (*MeterFault, *ChargerFault, *AssistantFault, *NetworkFault)

STANDS: dict[Kind, float] = {
    AssistantFault.RELOADED: 1.0,
    AssistantFault.FROZEN: 20.0,
    AssistantFault.BLOCKED_SHORTLY: 5.0,
    AssistantFault.BLOCKED: 15.0,
}
"""s of those that take a time of their own."""
RETURNS = (AssistantFault.KILLED, AssistantFault.STOPPED, ChargerFault.REBOOTING)
RETURNS_AFTER = (20.0, 60.0)
"""s until what went is back."""
LASTS = (30.0, 120.0)
"""s of all others."""
LATEST_SECOND = 20.0
"""s by which the second of two faults begins before or after the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A fault from `start` to `end`, s."""

    kind: Kind
    start: float
    end: float


def draw_faults(kinds: tuple[Kind, ...], start: float, random: Random) -> list[Fault]:
    """Return the faults, the first of which begins at `start`, s."""
    faults = []
    for number, kind in enumerate(kinds):
        begins = start
        if number:
            begins += random.uniform(-LATEST_SECOND, LATEST_SECOND)
        span = RETURNS_AFTER if kind in RETURNS else LASTS
        lasts = STANDS.get(kind, random.uniform(*span))
        faults.append(Fault(kind=kind, start=begins, end=begins + lasts))
    return faults
