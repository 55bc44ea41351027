"""Sensors in Home Assistant as the measurement device: recognised, or picked by hand."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlow
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers import entity_registry as er

from ..chargers import ANY_ENTITIES, PROFILES
from ..const import (
    CONF_DEVICE,
    CONF_EXPORT_POSITIVE,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_MODEL,
    CONF_SENSORS,
    CONF_SOURCE,
    CONF_VARIANT,
    DOMAIN,
)
from ..meters import MeterSample, Source
from ..meters.sensor_patterns import ROLES, is_complete, measured_phases
from ..meters.sensor_search import FoundMeter, enable_sensors, find_meters
from ..meters.sensors import SensorError, SensorReader
from ..site.phases import format_phases, parse_phases
from ..site.rules import Errors
from . import MeterChoice, MeterWay, WayResult, changed_entry
from .forms import show_form, table, unfold
from .forms.meter import METER_SENSORS_SCHEMA, meter_check_schema, meter_device_schema


class SensorWay(MeterWay):
    """Finds the sensors, shows what they read, and asks what they cannot tell."""

    def __init__(self, flow: ConfigFlow) -> None:
        """Start without a sensor."""
        super().__init__(flow)
        self._meter_name = ""
        self._sensors: Mapping[str, str] = {}
        self._export_positive = False

    async def start(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Take a device that is recognised, or pick sensors by hand."""
        if not self._found_meters():
            return await self.entities()
        return self._flow.async_show_menu(
            step_id="sensors", menu_options=["sensor_device", "sensor_entities"]
        )

    async def device(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Choose a device among those that are recognised."""
        found = self._found_meters()
        errors: Errors = {}
        if user_input is not None:
            if (meter := found.get(user_input[CONF_DEVICE])) is not None:
                self._meter_name, self._sensors = meter.name, meter.sensors
                self._export_positive = meter.export_positive
                await enable_sensors(self._hass, meter.sensors)
                return await self.check()
            errors = {CONF_DEVICE: "meter_gone"}
        if not found:
            return await self.entities()
        names = {device_id: meter.name for device_id, meter in found.items()}
        return self._flow.async_show_form(
            step_id="sensor_device",
            data_schema=meter_device_schema(names),
            errors=errors,
        )

    async def entities(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Pick the sensors by hand."""
        errors: Errors = {}
        if user_input is not None:
            picked = unfold(user_input)
            name = picked.pop(CONF_NAME)
            errors = self._errors_of(picked)
            if not errors:
                self._meter_name, self._sensors = name, self._registry_ids(picked)
                return await self.check()
        return show_form(
            self._flow,
            "sensor_entities",
            METER_SENSORS_SCHEMA,
            unfold(user_input) if user_input else self._picked_before(),
            errors,
        )

    async def check(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Show what the sensors read, and ask what they cannot tell."""
        current, export_positive = self._current_data, self._export_positive
        if current.get(CONF_SENSORS) == self._sensors:
            export_positive = current[CONF_EXPORT_POSITIVE]
        errors: Errors = {}
        sample = None
        if user_input is not None:
            export_positive = user_input[CONF_EXPORT_POSITIVE]
        reader = SensorReader(
            self._hass, self._sensors, export_positive=export_positive
        )
        try:
            sample = reader.sample(self._hass.loop.time())
        except SensorError:
            errors = {"base": "sensors_unavailable"}
        if user_input is not None and sample is not None:
            if not self._covers(reader):
                return self._flow.async_abort(reason="phases_missing")
            return MeterChoice(
                title=self._meter_name,
                unique_id=None,
                data=self._data(user_input, sample),
            )
        return show_form(
            self._flow,
            "sensor_check",
            meter_check_schema(current.get(CONF_VARIANT, "home")),
            {CONF_EXPORT_POSITIVE: export_positive, **(user_input or {})},
            errors,
            placeholders={
                "meter": self._meter_name,
                "phases": table(_rows(reader, sample)),
            },
        )

    # --- what can be chosen ---------------------------------------------------------

    def _found_meters(self) -> dict[str, FoundMeter]:
        """Return the recognised devices by id: no chargers, and none twice."""
        chargers = {
            profile.integration
            for name, profile in PROFILES.items()
            if name != ANY_ENTITIES and profile.makes_only_chargers
        }
        return {
            meter.device_id: meter
            for meter in find_meters(self._hass)
            if meter.integration not in chargers | {DOMAIN}
            and not self._is_taken(meter.sensors)
        }

    def _is_taken(self, sensors: Mapping[str, str]) -> bool:
        """Say whether another supply is measured by one of these sensors."""
        changed = changed_entry(self._flow)
        return any(
            not set(sensors.values()).isdisjoint(entry.data[CONF_SENSORS].values())
            for entry in self._hass.config_entries.async_entries(DOMAIN)
            if CONF_SENSORS in entry.data and entry is not changed
        )

    def _errors_of(self, picked: Mapping[str, str]) -> Errors:
        if not is_complete(measured_phases(picked)):
            return {"base": "phases_incomplete"}
        if self._is_taken(self._registry_ids(picked)):
            raise AbortFlow("already_configured")
        try:
            SensorReader(self._hass, picked).sample(self._hass.loop.time())
        except SensorError as error:
            return {error.role: "sensor_unusable"}
        return {}

    def _covers(self, reader: SensorReader) -> bool:
        """Say whether the phases are measured that the site is known to have."""
        known = self._current_data.get(CONF_MEASURED_PHASES)
        return known is None or set(parse_phases(known)) <= set(reader.phases)

    def _registry_ids(self, picked: Mapping[str, str]) -> dict[str, str]:
        """Return the ids that survive a renaming, where there are such."""
        registry = er.async_get(self._hass)
        return {
            role: entity.id if (entity := registry.async_get(entity_id)) else entity_id
            for role, entity_id in picked.items()
        }

    def _picked_before(self) -> dict[str, str]:
        sensors = self._current_data.get(CONF_SENSORS, {})
        if not sensors:
            return {}
        ids = SensorReader(self._hass, sensors).entity_ids()
        return {CONF_NAME: self._current_data[CONF_MODEL], **ids}

    def _data(
        self, user_input: Mapping[str, Any], sample: MeterSample
    ) -> dict[str, Any]:
        quantities = {
            "current": sample.current,
            "voltage": sample.voltage,
            "power": sample.power,
        }
        return {
            CONF_SOURCE: Source.SENSORS,
            CONF_MODEL: self._meter_name,
            CONF_VARIANT: user_input[CONF_VARIANT],
            CONF_MEASURED_PHASES: format_phases(sample.connected),
            CONF_MEASURED_QUANTITIES: [
                quantity for quantity, values in quantities.items() if values
            ],
            CONF_SENSORS: dict(self._sensors),
            CONF_EXPORT_POSITIVE: user_input[CONF_EXPORT_POSITIVE],
        }


def _rows(
    reader: SensorReader, sample: MeterSample | None
) -> list[tuple[str, str, str]]:
    """Return a table's rows: each phase, its sensors, and what they read together."""
    entity_ids = reader.entity_ids()
    return [
        (
            phase.name,
            ", ".join(
                f"`{entity_id}`"
                for key, entity_id in entity_ids.items()
                if ROLES[key].phase is phase
            ),
            "–" if sample is None else f"{sample.current[phase]:.1f} A",
        )
        for phase in reader.phases
    ]
