"""What Perific/Enegic's Open Reporter posts, checked.

Source: the maker's example repository, Perific/open-reporter-example. What is not
known is let pass; what is wrong is refused with `MeterResponseError`.
"""

from dataclasses import dataclass
from datetime import datetime

import voluptuous as vol

from ..model import PhaseValues
from .json_body import number, validate

LARGEST_CURRENT = 1e6
"""A. More is no current of any property."""
IDS = range(10**12, 10**13)
"""Numbers of 13 digits."""
PHASES = PhaseValues._fields


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """One report: A on each phase, the sum of all meters.

    `sent_at` and `measured_at` are s of the reporter's own clock, since 1970; the sum
    is as old as the oldest of its parts. `is_whole` says whether all meters took part:
    what one of them does not report is missing from the sum.
    """

    sent_at: float
    measured_at: float
    current: PhaseValues
    is_whole: bool


def parse_packet(document: object) -> Packet:
    """Return the report in a body."""
    packet = validate(PACKET, document)
    sent_at, meters = packet["timestamp"], packet["meters"]
    direct = packet["calculated"]["direct"]
    return Packet(
        sent_at=sent_at,
        measured_at=min([sent_at, *(meter["lastupdate"] for meter in meters)]),
        current=PhaseValues(*(float(direct[phase]) for phase in PHASES)),
        is_whole=packet["meterstatus"] == "online"
        and all(meter["online"] for meter in meters),
    )


def _id(value: object) -> int:
    if type(value) is not int or value not in IDS:
        raise vol.Invalid("is no number of 13 digits")
    return value


def _time(text: object) -> float:
    if not isinstance(text, str):
        raise vol.Invalid("is no text")
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise vol.Invalid("is no time") from error
    if time.tzinfo is None:
        raise vol.Invalid("has no time zone")
    return time.timestamp()


AMPERES = vol.All(number, vol.Range(-LARGEST_CURRENT, LARGEST_CURRENT))
CURRENTS = {vol.Required(phase): AMPERES for phase in PHASES}
PACKET = vol.Schema(
    {
        vol.Required("protocolversion"): "010",
        vol.Required("calculationmode"): "openloop",
        vol.Required("meterstatus"): vol.In(
            ("online", "offline", "partial", "unknown")
        ),
        vol.Required("externalid"): str,
        vol.Required("reporterid"): _id,
        vol.Required("timestamp"): _time,
        vol.Required("calculated"): {
            vol.Required("direct"): CURRENTS,
            vol.Required("relative"): CURRENTS,
        },
        vol.Required("meters"): [
            {
                vol.Required("monitorid"): _id,
                vol.Required("type"): vol.In(("consumption", "production")),
                vol.Required("fuse"): AMPERES,
                vol.Required("online"): bool,
                vol.Required("lastupdate"): _time,
            }
            | CURRENTS
        ],
    },
    extra=vol.ALLOW_EXTRA,
)
