"""What an Amp Guard may send: the documents of the LAN contract, checked.

Everything that is not exactly what `docs/lan-interface.md` promises is refused with
`MeterResponseError`: a number that is not true is worse than none.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import voluptuous as vol

from ..model import EarthingSystem, Phase, PhaseValues
from . import (
    MAX_MEASURED_CURRENT,
    MeterIdentity,
    MeterResponseError,
    MeterSample,
    NotAMeterError,
)
from .json_body import number, validate
from .plausibility import bounds
from .sensor_patterns import ARON

PATH = "amp-guard/v1"
CONTRACT = 1


def parse_identity(document: object) -> MeterIdentity:
    """Return who it is; raise `NotAMeterError` if it is no Amp Guard."""
    try:
        identity = validate(IDENTITY, document)
    except MeterResponseError as error:
        raise NotAMeterError(str(error)) from error
    network = identity.get("network")
    mac = network.get("mac") if isinstance(network, Mapping) else None
    return MeterIdentity(
        model=identity["model"],
        variant=identity["variant"],
        serial_number=identity["serial_number"],
        firmware=identity["firmware"],
        mac=mac if isinstance(mac, str) else None,
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


TEXT = vol.All(str, vol.Strip, vol.Length(min=1))
IDENTITY = vol.Schema(
    {
        vol.Required("contract"): vol.All(number, vol.In((CONTRACT,))),
        vol.Required("variant"): vol.In(tuple(MAX_MEASURED_CURRENT)),
        vol.Required("model"): TEXT,
        vol.Required("serial_number"): TEXT,
        vol.Required("firmware"): TEXT,
    },
    extra=vol.ALLOW_EXTRA,
)
MEASUREMENT = {variant: _measurement(variant) for variant in MAX_MEASURED_CURRENT}
"""By variant: what it can measure bounds what is true."""
