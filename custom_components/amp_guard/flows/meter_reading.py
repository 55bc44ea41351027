"""What a meter shows at set-up, and what its owner is to compare it with."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..const import CONF_EXPORT_POSITIVE, CONF_SENSORS, CONF_SOURCE
from ..meters import MeterError, MeterSample, Source
from ..meters.amp_guard_client import AmpGuardClient
from ..meters.sensors import SensorError, SensorReader
from ..model import EarthingSystem, PhaseValues
from ..site.figures import figure
from . import MeterChoice
from .forms import table, translations

EXPORTED = -0.5
"""A. A current below this is exported, or its sensor is turned round."""


async def describe_reading(hass: HomeAssistant, meter: MeterChoice) -> str:
    """Return in Markdown what a meter reads now, and what to look at; "" without one."""
    source = Source(meter.data[CONF_SOURCE])
    if source is Source.NONE:
        return ""
    texts = await translations(hass, "selector")

    def say(key: str, **given: str) -> str:
        return texts[f"meter_reading.options.{key}"].format(**given)

    sample = await _read(hass, source, meter)
    if sample is None:
        return say("silent")
    told = [say(source.value, phases=table(_rows(hass, sample)))]
    exported = [p.name for p in sample.connected if sample.current[p] < EXPORTED]
    if exported:
        told.append(say("exported", phases=", ".join(exported)))
    return "\n\n".join([*told, meter.notes]).rstrip()


def _rows(hass: HomeAssistant, sample: MeterSample) -> list[tuple[str, ...]]:
    """Return each phase with what it carries, and its voltage."""

    def shown(values: PhaseValues | None, phase: int, form: str, unit: str) -> str:
        return "–" if values is None else f"{figure(hass, values[phase], form)} {unit}"

    return [
        (
            phase.name,
            shown(sample.current, phase, ".1f", "A"),
            shown(sample.voltage, phase, ".0f", "V"),
        )
        for phase in sample.connected
    ]


async def _read(
    hass: HomeAssistant, source: Source, meter: MeterChoice
) -> MeterSample | None:
    """Return what a meter measures now, None where it tells nothing."""
    match source:
        case Source.AMP_GUARD:
            return await _ask(hass, meter.data)
        case Source.SENSORS:
            reader = SensorReader(
                hass,
                meter.data[CONF_SENSORS],
                export_positive=meter.data[CONF_EXPORT_POSITIVE],
                net=meter.net or EarthingSystem.TN,
            )
            try:
                return reader.sample(hass.loop.time())
            except SensorError:
                return None
    return None  # what is pushed has not come yet


async def _ask(hass: HomeAssistant, data: Mapping[str, Any]) -> MeterSample | None:
    client = AmpGuardClient(
        async_get_clientsession(hass), host=data[CONF_HOST], pin=data[CONF_PIN]
    )
    try:
        return await client.measurement()
    except MeterError:
        return None
