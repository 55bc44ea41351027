"""The meters of an entry: a line for each kind of measurement device."""

from collections.abc import Callable, Mapping

from homeassistant.const import CONF_HOST, CONF_PIN, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..const import (
    CONF_EXPORT_POSITIVE,
    CONF_HEARTBEAT,
    CONF_MEASURED_PHASES,
    CONF_NET,
    CONF_PASSWORD_HASH,
    CONF_SENSORS,
    CONF_SOURCE,
    CONF_VARIANT,
    AmpGuardConfigEntry,
)
from ..demonstration.running import DemonstrationMeter, running_home
from ..meters import Meter, Source
from ..meters.amp_guard import AmpGuardMeter
from ..meters.amp_guard_client import AmpGuardClient
from ..meters.open_reporter import OpenReporterMeter
from ..meters.plausibility import PlausibleMeter
from ..meters.sensors import SensorMeter, SensorReader
from ..model import SUPPLY_ID, EarthingSystem
from ..site.phases import parse_phases


def create_meters(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> dict[str, Meter]:
    """Return the meters that an entry describes, by node; none without a meter."""
    source = Source(entry.data[CONF_SOURCE])
    if source is Source.NONE:
        return {}
    meter = METERS[source](hass, entry)
    return {SUPPLY_ID: PlausibleMeter(meter, entry.data[CONF_VARIANT])}


def _amp_guard(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> Meter:
    client = AmpGuardClient(
        async_get_clientsession(hass),
        host=entry.data[CONF_HOST],
        pin=entry.data[CONF_PIN],
        phases=parse_phases(entry.data[CONF_MEASURED_PHASES]),
        net=EarthingSystem(entry.options[CONF_NET]),
    )
    return AmpGuardMeter(client, serial_number=str(entry.unique_id))


def _sensors(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> Meter:
    reader = SensorReader(
        hass,
        entry.data[CONF_SENSORS],
        export_positive=entry.data[CONF_EXPORT_POSITIVE],
        net=EarthingSystem(entry.options[CONF_NET]),
    )
    return SensorMeter(hass, reader, entry.data.get(CONF_HEARTBEAT))


def _open_reporter(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> Meter:
    return OpenReporterMeter(
        hass,
        username=entry.data[CONF_USERNAME],
        password_hash=entry.data[CONF_PASSWORD_HASH],
    )


def _demonstration(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> Meter:
    return DemonstrationMeter(hass, running_home(hass, entry))


METERS: Mapping[Source, Callable[[HomeAssistant, AmpGuardConfigEntry], Meter]] = {
    Source.AMP_GUARD: _amp_guard,
    Source.SENSORS: _sensors,
    Source.OPEN_REPORTER: _open_reporter,
    Source.DEMONSTRATION: _demonstration,
}
