"""What an Amp Guard may say: the documents of the LAN contract, checked.

Everything that is not exactly what `docs/lan-interface.md` promises is refused with
`MeterResponseError`: a number that is not true is worse than none.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..model import Phase, PhaseValues
from . import (
    MAX_MEASURED_CURRENT,
    MeterIdentity,
    MeterResponseError,
    MeterSample,
    NotAMeterError,
)
from .plausibility import check_figure

PATH = "amp-guard/v1"
CONTRACT = 1


def parse_identity(document: object) -> MeterIdentity:
    """Return who it is; raise `NotAMeterError` if it is no Amp Guard."""
    identity = _mapping(document, "identity")
    contract, variant = identity.get("contract"), identity.get("variant")
    if isinstance(contract, bool) or contract != CONTRACT:
        raise NotAMeterError("not the LAN contract of an Amp Guard")
    if not isinstance(variant, str) or variant not in MAX_MEASURED_CURRENT:
        raise NotAMeterError(f"unknown variant {variant!r}")
    network = identity.get("network")
    mac = network.get("mac") if isinstance(network, Mapping) else None
    return MeterIdentity(
        model=_text(identity, "model"),
        variant=variant,
        serial_number=_text(identity, "serial_number"),
        firmware=_text(identity, "firmware"),
        mac=mac if isinstance(mac, str) else None,
    )


def parse_sample(
    document: object, *, time: float, variant: str, phases: tuple[Phase, ...]
) -> MeterSample:
    """Return the sample that was received at `time`, each of `phases` in it."""
    measurement = _mapping(document, "measurement")
    sequence = measurement.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool):
        raise MeterResponseError("no sequence number")
    measured = _mapping(measurement.get("phases"), "phases")
    connected = connected_phases(measured)
    if not connected or not set(phases) <= set(connected):
        raise MeterResponseError("a phase is missing")

    rows = {
        phase: _mapping(measured[phase.name.lower()], "phase") for phase in connected
    }

    current = _phase_values(rows, "current", variant)
    if current is None:
        raise MeterResponseError("no current")
    power = _phase_values(rows, "power", variant)
    return MeterSample(
        time=time,
        sequence=sequence,
        stamp=_stamp(measurement.get("time")),
        connected=connected,
        current=current,
        voltage=_phase_values(rows, "voltage", variant),
        power=power,
        energy_import=_phase_values(rows, "energy_import", variant),
        energy_export=_phase_values(rows, "energy_export", variant),
        signed=power is not None or min(current) < 0.0,
    )


def connected_phases(measured: Mapping[str, Any]) -> tuple[Phase, ...]:
    """Return the phases that a sample has; those without a sensor are left out."""
    return tuple(phase for phase in Phase if phase.name.lower() in measured)


def _phase_values(
    rows: Mapping[Phase, Mapping[str, Any]], quantity: str, variant: str
) -> PhaseValues | None:
    """Return one quantity of each phase, None where one of them does not know it.

    A phase that is not connected reads 0. What is told is to be true, also where it is
    of no use.
    """
    figures = {phase: row.get(quantity) for phase, row in rows.items()}
    for figure in figures.values():
        if figure is None:
            continue
        if isinstance(figure, bool) or not isinstance(figure, int | float):
            raise MeterResponseError(f"{quantity} is no number")
        check_figure(quantity, figure, variant)
    if None in figures.values():
        return None
    return PhaseValues(*(float(figures.get(phase) or 0.0) for phase in Phase))


def _stamp(text: object) -> float | None:
    """Return a time in s since 1970, None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise MeterResponseError(f"{what} is no object")
    return value


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise MeterResponseError(f"{key} is missing")
    return value.strip()
