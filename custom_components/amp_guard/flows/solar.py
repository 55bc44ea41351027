"""Solar charging: added and changed below a supply, once."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import CONF_BATTERY, CONF_SOURCE, SUBENTRY_SOLAR
from ..meters import Source
from ..meters.sensors import resolve
from .forms import ACCEPTED, Refusal, numbers_refused, show_form, translations, unfold
from .forms.solar import SOLAR_SCHEMA


class SolarFlow(ConfigSubentryFlow):
    """Adds or changes solar charging."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Describe it: a supply has it once, where it is measured."""
        entry = self._get_entry()
        if entry.get_subentries_of_type(SUBENTRY_SOLAR):
            return self.async_abort(reason="already_there")
        if Source(entry.data[CONF_SOURCE]) is Source.NONE:
            return self.async_abort(reason="no_meter")
        return await self._step("user", user_input, {})

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change it."""
        data = dict(self._get_reconfigure_subentry().data)
        if CONF_BATTERY in data:
            data[CONF_BATTERY] = resolve(self.hass, data[CONF_BATTERY])
        return await self._step("reconfigure", user_input, data)

    async def _step(
        self, step: str, user_input: dict[str, Any] | None, current: dict[str, Any]
    ) -> SubentryFlowResult:
        refusal = ACCEPTED
        if user_input is not None:
            current = unfold(user_input)
            refusal = numbers_refused(self.hass, SOLAR_SCHEMA, current) or _refusal(
                self.hass, current.get(CONF_BATTERY)
            )
            if not refusal:
                return await self._finish(current)
        return show_form(self, step, SOLAR_SCHEMA, current, refusal)

    async def _finish(self, data: dict[str, Any]) -> SubentryFlowResult:
        if CONF_BATTERY in data:  # by the id that survives a renaming
            sensor = er.async_get(self.hass).async_get(data[CONF_BATTERY])
            data[CONF_BATTERY] = data[CONF_BATTERY] if sensor is None else sensor.id
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), data=data
            )
        texts = await translations(self.hass, "config_subentries")
        return self.async_create_entry(
            title=texts[f"{SUBENTRY_SOLAR}.entry_type"], data=data
        )


def _refusal(hass: HomeAssistant, battery: str | None) -> Refusal:
    """Return whether the battery's sensor shows something else than a power.

    One that shows nothing now is taken.
    """
    state = None if battery is None else hass.states.get(battery)
    unit = None if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit is None or unit in set(UnitOfPower):
        return ACCEPTED
    return Refusal(errors={CONF_BATTERY: "no_power"})
