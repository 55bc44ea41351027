"""Sensors in Home Assistant as the measurement device: recognised, or picked by hand."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from homeassistant.config_entries import ConfigFlow
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers import entity_registry as er

from ..chargers import ANY_ENTITIES, PROFILES
from ..const import (
    CONF_DEVICE,
    CONF_EXPORT_POSITIVE,
    CONF_HEARTBEAT,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_MODEL,
    CONF_NET,
    CONF_SENSORS,
    CONF_SOURCE,
    CONF_WHOLE_PROPERTY,
    DOMAIN,
)
from ..meters import MeterSample, Source
from ..meters.heartbeat import signs_of_life
from ..meters.sensor_patterns import (
    ROLES,
    Quantity,
    is_complete,
    measured_phases,
    show_direction,
)
from ..meters.sensor_search import FoundMeter, enable_sensors, find_meters
from ..meters.sensors import SensorError, SensorReader, resolve
from ..model import EarthingSystem, Phase
from ..site.figures import figure
from ..site.phases import format_phases, parse_phases, supply_phases
from ..site.rules import Errors
from . import MeterChoice, MeterWay, WayResult, changed_entry
from .forms import ACCEPTED, Refusal, show_form, table, translations, unfold
from .forms.meter import METER_SENSORS_SCHEMA, meter_check_schema, meter_device_schema
from .meter_conflicts import charger_of, chargers_draw, is_taken

BY_HAND = "by_hand"
"""Chosen instead of a device that is recognised."""


class SensorWay(MeterWay):
    """Finds the sensors, shows what they read, and asks what they cannot tell."""

    def __init__(self, flow: ConfigFlow) -> None:
        """Start without a sensor."""
        super().__init__(flow)
        self._meter_name = ""
        self._sensors: Mapping[str, str] = {}
        self._heartbeat: str | None = None
        self._export_positive = False
        self._is_recognised = False  # then it is known which way is export

    async def start(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Take a device that is recognised, or pick sensors by hand."""
        return await self.device()

    async def device(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Choose a device among those that are recognised, or none of them."""
        found = self._found_meters()
        errors: Errors = {}
        if user_input is not None:
            if user_input[CONF_DEVICE] == BY_HAND:
                return await self.entities()
            if (meter := found.get(user_input[CONF_DEVICE])) is None:
                errors = {CONF_DEVICE: "meter_gone"}
            elif self._draw_of_chargers(meter.sensors):
                errors = {CONF_DEVICE: "sensor_of_charger"}
            else:
                self._meter_name, self._sensors = meter.name, meter.sensors
                self._heartbeat = None
                self._export_positive = meter.export_positive
                self._is_recognised = True
                await enable_sensors(self._hass, meter.sensors)
                return await self._recognised()
        if not found:
            return await self.entities()
        texts = await translations(self._hass, "selector")
        names = {device_id: meter.name for device_id, meter in found.items()}
        names[BY_HAND] = texts["meter_device.options.by_hand"]
        return self._flow.async_show_form(
            step_id="sensor_device",
            data_schema=meter_device_schema(names),
            errors=errors,
        )

    async def entities(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Pick the sensors by hand."""
        refusal = ACCEPTED
        if user_input is not None:
            picked = unfold(user_input)
            name, heartbeat = picked.pop(CONF_NAME), picked.pop(CONF_HEARTBEAT, None)
            refusal = Refusal(errors=self._errors_of(picked, heartbeat))
            if not refusal:
                self._meter_name, self._sensors = name, self._registry_ids(picked)
                self._heartbeat = heartbeat and self._registry_id(heartbeat)
                self._is_recognised = False
                return await self.check()
        return show_form(
            self._flow,
            "sensor_entities",
            METER_SENSORS_SCHEMA,
            unfold(user_input) if user_input else self._picked_before(),
            refusal,
        )

    async def _recognised(self) -> WayResult:
        """Go on with a device that was recognised, unless something has to be asked."""
        _, sample, net = self._read(self._export_positive)
        charger = charger_of(self._hass, self._sensors)
        is_clear = not self._check_errors(sample, net, {}, charger=charger)
        if sample is not None and is_clear and self._covers(sample, net):
            return await self._choice(sample, None, self._export_positive)
        return await self.check()

    async def check(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Show what the sensors read, and ask what they cannot tell."""
        if self._is_taken():
            return self._flow.async_abort(reason="already_configured")
        current, entered = self._current_data, user_input or {}
        export_positive = self._export_positive
        if current.get(CONF_SENSORS) == self._sensors:
            export_positive = current[CONF_EXPORT_POSITIVE]
        export_positive = entered.get(CONF_EXPORT_POSITIVE, export_positive)
        reader, sample, net = self._read(export_positive)
        charger = charger_of(self._hass, self._sensors)
        errors = self._check_errors(sample, net, entered, charger=charger)
        if user_input is not None and sample is not None and not errors:
            if not self._covers(sample, net):
                return self._flow.async_abort(reason="phases_missing")
            said = net if CONF_NET in user_input else None
            return await self._choice(sample, said, export_positive)
        return show_form(
            self._flow,
            "sensor_check",
            meter_check_schema(
                asks_direction=not self._is_recognised,
                asks_net=self._net is None and net is EarthingSystem.IT,
                asks_charger=charger is not None,
            ),
            {CONF_EXPORT_POSITIVE: export_positive, **entered},
            Refusal(errors=errors)
            if sample is None or user_input is not None
            else ACCEPTED,
            placeholders={
                "meter": self._meter_name,
                "phases": table(_rows(self._hass, reader, sample)),
                "notes": await self._notes(charger),
            },
        )

    async def _choice(
        self, sample: MeterSample, net: EarthingSystem | None, export_positive: bool
    ) -> MeterChoice:
        return MeterChoice(
            title=self._meter_name,
            unique_id=None,
            data=self._data(sample, export_positive),
            net=net,
            notes=await self._notes(None),
        )

    def _read(
        self, export_positive: bool
    ) -> tuple[SensorReader, MeterSample | None, EarthingSystem]:
        """Return what the sensors read, and in which net that is enough.

        Where the net is not known yet it is IT only if nothing else fits.
        """
        nets = list(EarthingSystem) if self._net is None else [self._net]
        for net in nets:
            reader = SensorReader(
                self._hass, self._sensors, export_positive=export_positive, net=net
            )
            with suppress(SensorError):
                sample = reader.sample(self._hass.loop.time())
                if is_complete(sample.connected, net):
                    return reader, sample, net
        return reader, None, net

    def _check_errors(
        self,
        sample: MeterSample | None,
        net: EarthingSystem,
        entered: Mapping[str, Any],
        *,
        charger: str | None,
    ) -> Errors:
        if sample is None:
            return {"base": "sensors_unavailable"}
        errors: Errors = {}
        needs_it = self._net is None and net is EarthingSystem.IT
        if needs_it and entered.get(CONF_NET) != EarthingSystem.IT:
            if is_complete(measured_phases(self._sensors), EarthingSystem.TN):
                errors["base"] = "sensors_unavailable"  # the third may still report
            else:
                errors[CONF_NET] = "net_needs_all_phases"
        if charger is not None and not entered.get(CONF_WHOLE_PROPERTY, False):
            errors[CONF_WHOLE_PROPERTY] = "charger_measures_itself"
        return errors

    async def _notes(self, charger: str | None) -> str:
        """Return what is to be known of these sensors, in Home Assistant's language."""
        texts = await translations(self._hass, "selector")
        reader = SensorReader(self._hass, self._sensors)
        notes: dict[str, str] = {}
        if charger is not None:
            notes["of_charger"] = charger
        if not show_direction(self._sensors):
            notes["no_direction"] = ""
        if self._heartbeat is None:
            notes |= {
                note: ", ".join(f"`{id_}`" for id_ in sorted(ids))
                for note, ids in signs_of_life(self._hass, reader.entity_ids()).items()
            }
        return "\n\n".join(
            f"⚠️ {texts[f'meter_note.options.{note}'].format(of=of)}"
            for note, of in notes.items()
        )

    # --- what can be chosen ---------------------------------------------------------

    @property
    def _net(self) -> EarthingSystem | None:
        """The property's net, where it is known already."""
        entry = changed_entry(self._flow)
        return None if entry is None else EarthingSystem(entry.options[CONF_NET])

    def _is_taken(self) -> bool:
        """Say whether another supply is measured by one of the sensors."""
        changed = changed_entry(self._flow)
        return is_taken(self._hass, self._sensors.values(), changed)

    def _found_meters(self) -> dict[str, FoundMeter]:
        """Return the recognised devices by id: no chargers, and none twice."""
        chargers = {
            profile.integration
            for name, profile in PROFILES.items()
            if name != ANY_ENTITIES and profile.makes_only_chargers
        }
        changed = changed_entry(self._flow)
        return {
            meter.device_id: meter
            for meter in find_meters(self._hass)
            if meter.integration not in chargers | {DOMAIN}
            and not is_taken(self._hass, meter.sensors.values(), changed)
            and is_complete(measured_phases(meter.sensors), self._net)
        }

    def _errors_of(self, picked: Mapping[str, str], heartbeat: str | None) -> Errors:
        phases = measured_phases(picked)
        if not is_complete(phases, self._net):
            if is_complete(phases, EarthingSystem.IT):
                return {"base": "net_needs_all_phases"}
            return {"base": "phases_incomplete"}
        if twice := _picked_twice(picked, heartbeat):
            return {twice: "sensor_twice"}
        if draws := self._draw_of_chargers(picked):
            return {draws: "sensor_of_charger"}
        sensors = self._registry_ids(picked)
        if is_taken(self._hass, sensors.values(), changed_entry(self._flow)):
            raise AbortFlow("already_configured")
        net = self._net or EarthingSystem.IT  # a line that is not read may be bounded
        try:
            SensorReader(self._hass, picked, net=net).sample(self._hass.loop.time())
        except SensorError as error:
            return {error.role: "sensor_unusable"}
        return {}

    def _draw_of_chargers(self, sensors: Mapping[str, str]) -> str | None:
        """Return the role of a sensor that shows what a charger draws."""
        drawn = chargers_draw(self._hass)
        return next(
            (
                role
                for role, id_ in sensors.items()
                if resolve(self._hass, id_) in drawn
            ),
            None,
        )

    def _covers(self, sample: MeterSample, net: EarthingSystem) -> bool:
        """Say whether the phases are measured that the site is known to have."""
        known = self._current_data.get(CONF_MEASURED_PHASES)
        measured = format_phases(sample.connected)
        return known is None or set(parse_phases(known)) <= set(
            supply_phases(measured, net)
        )

    def _registry_ids(self, picked: Mapping[str, str]) -> dict[str, str]:
        return {role: self._registry_id(id_) for role, id_ in picked.items()}

    def _registry_id(self, entity_id: str) -> str:
        """Return the id that survives a renaming, where there is such."""
        entity = er.async_get(self._hass).async_get(entity_id)
        return entity_id if entity is None else entity.id

    def _picked_before(self) -> dict[str, str]:
        sensors = self._current_data.get(CONF_SENSORS, {})
        if not sensors:
            return {}
        ids = SensorReader(self._hass, sensors).entity_ids()
        heartbeat = self._current_data.get(CONF_HEARTBEAT)
        picked = (
            {}
            if heartbeat is None
            else {CONF_HEARTBEAT: resolve(self._hass, heartbeat)}
        )
        return {CONF_NAME: self._current_data[CONF_MODEL], **ids, **picked}

    def _data(self, sample: MeterSample, export_positive: bool) -> dict[str, Any]:
        quantities = {
            "current": sample.current,
            "voltage": sample.voltage,
            "power": sample.power,
        }
        return {
            CONF_SOURCE: Source.SENSORS,
            CONF_MODEL: self._meter_name,
            CONF_MEASURED_PHASES: format_phases(sample.connected),
            CONF_MEASURED_QUANTITIES: [
                quantity for quantity, values in quantities.items() if values
            ],
            CONF_SENSORS: dict(self._sensors),
            CONF_HEARTBEAT: self._heartbeat,
            CONF_EXPORT_POSITIVE: export_positive,
        }


def _picked_twice(picked: Mapping[str, str], heartbeat: str | None) -> str | None:
    """Return where a sensor stands that stands elsewhere too.

    One voltage may be that of all phases; of what flows, none is.
    """
    seen: set[str] = set()
    for role, entity_id in picked.items():
        if ROLES[role].quantity is Quantity.VOLTAGE:
            continue
        if entity_id in seen:
            return role
        seen.add(entity_id)
    return CONF_HEARTBEAT if heartbeat in seen else None


def _rows(
    hass: HomeAssistant, reader: SensorReader, sample: MeterSample | None
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
            "–"
            if sample is None or phase not in sample.connected
            else f"{figure(hass, sample.current[phase], '.1f')} A",
        )
        for phase in Phase
        if phase in reader.phases or len(reader.phases) > 1
    ]
