"""What an Amp Guard may send: the documents of the LAN contract, checked.

Everything that is not exactly what `docs/lan-interface.md` promises is refused with
`MeterResponseError`: a number that is not true is worse than none.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
import re
from typing import Any

import voluptuous as vol

from ..model import EarthingSystem, Phase, PhaseValues
from . import (
    MAX_MEASURED_CURRENT,
    MeterIdentity,
    MeterResponseError,
    MeterSample,
    NotAMeterError,
    OldContractError,
)
from .json_body import number, validate
from .plausibility import bounds
from .proof import CHALLENGE
from .sensor_patterns import ARON

CONTRACT = 2
OLD_CONTRACT = 1
"""In which the PIN went over the wire, and nothing was proved."""
PATH = f"amp-guard/v{CONTRACT}"
OLD_PATH = f"amp-guard/v{OLD_CONTRACT}"


def parse_identity(document: object) -> MeterIdentity:
    """Return who it is.

    Raises NotAMeterError if it is no Amp Guard, OldContractError if it is an old one.
    """
    try:
        identity = validate(IDENTITY, document)
    except MeterResponseError as error:
        raise NotAMeterError(str(error)) from error
    known = _identity(identity)
    if identity["contract"] == OLD_CONTRACT:
        raise OldContractError(known)
    return known


def parse_challenge(document: object) -> str:
    """Return what a meter asks whoever wants its samples."""
    challenge: str = validate(CHALLENGED, document)["challenge"]
    return challenge


def _identity(identity: Mapping[str, Any]) -> MeterIdentity:
    network = identity.get("network")
    mac = network.get("mac") if isinstance(network, Mapping) else None
    return MeterIdentity(
        model=identity["model"],
        variant=identity["variant"],
        serial_number=identity["serial_number"],
        firmware=identity["firmware"],
        mac=mac if isinstance(mac, str) and MAC.fullmatch(mac) else None,
    )


def parse_sample(
    document: object,
    *,
    time: float,
    variant: str,
    phases: tuple[Phase, ...],
    net: EarthingSystem = EarthingSystem.TN,
) -> MeterSample:
    """Return the sample that was received at `time`, each of `phases` in it.

    In an IT net two lines are enough: they bound the third.
    """
    measurement = validate(MEASUREMENT[variant], document)
    rows = {
        phase: measurement["phases"][phase.name.lower()]
        for phase in Phase
        if phase.name.lower() in measurement["phases"]
    }
    is_whole = bool(rows) and rows.keys() >= set(phases)
    if not is_whole and (net is EarthingSystem.TN or len(rows) < len(ARON)):
        raise MeterResponseError("a phase is missing")
    current = _phase_values({phase: row["current"] for phase, row in rows.items()})
    power = _known(rows, "power")
    return MeterSample(
        time=time,
        sequence=measurement["sequence"],
        stamp=_timestamp(measurement.get("time")),
        connected=tuple(rows),
        current=current,
        voltage=_known(rows, "voltage"),
        power=power,
        energy_import=_known(rows, "energy_import") if is_whole else None,
        energy_export=_known(rows, "energy_export") if is_whole else None,
        signed=power is not None or min(current) < 0.0,
    )


def _known(
    rows: Mapping[Phase, Mapping[str, float | None]], quantity: str
) -> PhaseValues | None:
    """Return one quantity of each phase, None where one of them does not know it."""
    figures = {
        phase: figure
        for phase, row in rows.items()
        if (figure := row.get(quantity)) is not None
    }
    return _phase_values(figures) if figures.keys() == rows.keys() else None


def _phase_values(figures: Mapping[Phase, float]) -> PhaseValues:
    """Return a figure of each phase; one that is not connected reads 0."""
    return PhaseValues(*(float(figures.get(phase, 0.0)) for phase in Phase))


def _timestamp(text: object) -> float | None:
    """Return a time in s since 1970, None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _whole_number(value: object) -> int:
    if type(value) is not int:  # nor True
        raise vol.Invalid("is no whole number")
    return value


def _measurement(variant: str) -> vol.Schema:
    """Return the schema of a sample; every figure is to be true, used or not."""
    figures = {
        quantity: vol.All(number, vol.Range(*limits))
        for quantity, limits in bounds(variant).items()
    }
    phase = {vol.Required("current"): figures.pop("current")} | {
        vol.Optional(quantity): vol.Maybe(figure)
        for quantity, figure in figures.items()
    }
    return vol.Schema(
        {
            vol.Required("sequence"): _whole_number,
            vol.Required("phases"): {
                vol.Optional(each.name.lower()): phase for each in Phase
            },
        },
        extra=vol.ALLOW_EXTRA,
    )


MAX_TEXT_LENGTH = 40
"""Characters of what it calls itself."""
NOT_PLAIN = re.compile(r"[^\w .,+()-]|_")
"""What could be markup, a link or an order to a terminal where it is shown."""
LINK = re.compile(r"\bwww\.", re.IGNORECASE)
MAC = re.compile(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


def plain(text: str) -> str:
    """Return what anybody said as one short line of plain text."""
    words = " ".join(LINK.sub("", NOT_PLAIN.sub(" ", text[:1000])).split())
    return words[:MAX_TEXT_LENGTH].rstrip()


TEXT = vol.All(str, plain, vol.Length(min=1))
SERIAL_NUMBER = vol.All(str, vol.Strip, vol.Match(r"[0-9A-Za-z.-]{1,32}\Z"))
IDENTITY = vol.Schema(
    {
        vol.Required("contract"): vol.All(number, vol.In((CONTRACT, OLD_CONTRACT))),
        vol.Required("variant"): vol.In(tuple(MAX_MEASURED_CURRENT)),
        vol.Required("model"): TEXT,
        vol.Required("serial_number"): SERIAL_NUMBER,
        vol.Required("firmware"): TEXT,
    },
    extra=vol.ALLOW_EXTRA,
)
CHALLENGED = vol.Schema(
    {vol.Required("challenge"): vol.All(str, vol.Match(rf"{CHALLENGE.pattern}\Z"))},
    extra=vol.ALLOW_EXTRA,
)
MEASUREMENT = {variant: _measurement(variant) for variant in MAX_MEASURED_CURRENT}
"""By variant: what it can measure bounds what is true."""
