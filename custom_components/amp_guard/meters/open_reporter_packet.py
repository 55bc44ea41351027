"""What Perific/Enegic's Open Reporter posts, checked.

Source: the maker's example repository, Perific/open-reporter-example. What is not
known is let pass; what is wrong is refused with `MeterResponseError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from ..model import PhaseValues
from . import MeterResponseError

PROTOCOL_VERSION = "010"
CALCULATION_MODE = "openloop"
MOST_CURRENT = 1e6
"""A. More is no current of any property."""
STATUSES = ("online", "offline", "partial", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """One report: A on each phase, the sum of all meters.

    `taken_at` is s of the reporter's own clock, since 1970. `is_whole` says whether all
    meters took part: what one of them does not tell is missing from the sum.
    """

    taken_at: float
    current: PhaseValues
    is_whole: bool


def parse_packet(document: object) -> Packet:
    """Return the report in a body."""
    packet = _mapping(document, "the report")
    if packet.get("protocolversion") != PROTOCOL_VERSION:
        raise MeterResponseError("unknown protocolversion")
    if packet.get("calculationmode") != CALCULATION_MODE:
        raise MeterResponseError("unknown calculationmode")
    status = packet.get("meterstatus")
    if status not in STATUSES:
        raise MeterResponseError("unknown meterstatus")
    if not isinstance(packet.get("externalid"), str):
        raise MeterResponseError("externalid is no text")
    if type(packet.get("reporterid")) is not int:
        raise MeterResponseError("reporterid is no number")
    calculated = _mapping(packet.get("calculated"), "calculated")
    meters = packet.get("meters")
    if not isinstance(meters, list):
        raise MeterResponseError("meters is no list")
    online = [_mapping(meter, "a meter").get("online") for meter in meters]
    if not all(isinstance(each, bool) for each in online):
        raise MeterResponseError("online is no truth value")
    return Packet(
        taken_at=_time(packet.get("timestamp")),
        current=_current(_mapping(calculated.get("direct"), "direct")),
        is_whole=status == "online" and all(online),
    )


def _current(phases: Mapping[str, Any]) -> PhaseValues:
    return PhaseValues(*(_figure(phases.get(phase)) for phase in ("l1", "l2", "l3")))


def _figure(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MeterResponseError("a current is no number")
    if abs(value) > MOST_CURRENT or not isfinite(value):
        raise MeterResponseError("a current is out of range")
    return float(value)


def _time(text: object) -> float:
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise MeterResponseError("timestamp is no time") from error
    if time.tzinfo is None:
        raise MeterResponseError("timestamp has no time zone")
    return time.timestamp()


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise MeterResponseError(f"{what} is no object")
    return value
