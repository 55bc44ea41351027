"""The supply of an entry, changed: Home Assistant's options."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow

from ..const import CONF_SOURCE, CONF_VARIANT, AmpGuardConfigEntry
from ..site.reading import read_supply
from ..site.rules import Errors, supply_errors
from .forms import show_form, unfold
from .forms.site import supply_schema


class SupplyOptionsFlow(OptionsFlow):
    """Changes the supply of an entry."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        entry: AmpGuardConfigEntry = self.config_entry
        values: Mapping[str, Any] = entry.options
        errors: Errors = {}
        if user_input is not None:
            values = unfold(user_input)
            errors = supply_errors(read_supply(values, entry.data[CONF_SOURCE]), entry)
            if not errors:
                return self.async_create_entry(data=values)
        return show_form(
            self, "init", supply_schema(entry.data[CONF_VARIANT]), values, errors
        )
