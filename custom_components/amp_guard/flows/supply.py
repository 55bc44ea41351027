"""The supply of an entry, changed: Home Assistant's options."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant

from ..const import (
    CONF_MAX_CURRENT_ONLINE,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    AmpGuardConfigEntry,
)
from ..meters import MAX_MEASURED_CURRENT, Source, variant_for
from ..model import SUPPLY_ID
from ..site.figures import figure
from ..site.reading import phases_of, read_group, read_supply
from ..site.rules import group_errors, supply_errors, wider_groups
from ..site.settings import follow, following
from .forms import ACCEPTED, Refusal, numbers_refused, show_form, unfold
from .forms.site import supply_schema


class SupplyOptionsFlow(OptionsFlow):
    """Changes the supply of an entry."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        entry: AmpGuardConfigEntry = self.config_entry
        schema = supply_schema(_most(entry))
        values: Mapping[str, Any] = entry.options
        refusal = ACCEPTED
        if user_input is not None:
            values = unfold(user_input)
            refusal = numbers_refused(self.hass, schema, values) or _refusal(
                self.hass, values, entry
            )
            if not refusal:
                return self._save(entry, values)
        return show_form(self, "init", schema, values, refusal)

    def _save(
        self, entry: AmpGuardConfigEntry, values: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Keep it, with what follows from it: at no moment is a group above its fuse."""
        fuse, data = values[CONF_SUPPLY_MAX_CURRENT], dict(entry.data)
        if not _tells_variant(entry):
            data[CONF_VARIANT] = variant_for(fuse)
        if fuse < entry.options[CONF_SUPPLY_MAX_CURRENT]:
            follow(self.hass, entry, fuse)
        self.hass.config_entries.async_update_entry(entry, data=data, options=values)
        follow(self.hass, entry)
        return self.async_create_entry(data=values)


def _refusal(
    hass: HomeAssistant, values: Mapping[str, Any], entry: AmpGuardConfigEntry
) -> Refusal:
    """Return the rules that a changed supply breaks, with the names of who is in the way."""
    supply = read_supply(values, entry.data[CONF_SOURCE])
    fuse = supply.supply_max_current
    for data in following(entry, fuse).values():
        broken = group_errors(
            read_group(data),
            max_current_above=data[CONF_MAX_CURRENT_ONLINE],
            phases_above=phases_of(entry),
        )
        if broken:
            return Refusal(
                errors={CONF_SUPPLY_MAX_CURRENT: next(iter(broken.values()))}
            )
    return Refusal(
        errors=supply_errors(supply, entry),
        about={"groups": name_groups(hass, wider_groups(SUPPLY_ID, fuse, entry))},
    )


def name_groups(hass: HomeAssistant, groups: Mapping[str, float]) -> str:
    """Return groups by name, each with its maximum (A)."""
    return ", ".join(
        f"{name} ({figure(hass, most)} A)" for name, most in groups.items()
    )


def _most(entry: AmpGuardConfigEntry) -> float:
    """Return what the main fuse can be at most, A."""
    variant = entry.data[CONF_VARIANT] if _tells_variant(entry) else "public"
    return MAX_MEASURED_CURRENT[variant]


def _tells_variant(entry: AmpGuardConfigEntry) -> bool:
    """Say whether the meter itself bounds what can be measured."""
    return Source(entry.data[CONF_SOURCE]) is Source.AMP_GUARD
