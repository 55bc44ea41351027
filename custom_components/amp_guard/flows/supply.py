"""The supply of an entry, changed: Home Assistant's options."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_CONTROLLABLE_LOADS,
    CONF_ENTITIES,
    CONF_MAX_CURRENT_ONLINE,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    DOMAIN,
    AmpGuardConfigEntry,
)
from ..meters import MAX_MEASURED_CURRENT, Source, variant_for
from ..meters.sensors import resolve
from ..model import SUPPLY_ID
from ..site.figures import figure
from ..site.reading import phases_of, read_group, read_supply
from ..site.rules import group_errors, supply_errors, wider_groups
from ..site.settings import follow, following
from .charger_draft import balanced_chargers
from .forms import ACCEPTED, Refusal, numbers_refused, show_form, unfold
from .forms.site import supply_schema
from .meter_conflicts import charger_of


class SupplyOptionsFlow(OptionsFlow):
    """Changes the supply of an entry."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        entry: AmpGuardConfigEntry = self.config_entry
        schema = supply_schema(_most(entry))
        values = _shown(self.hass, entry.options)
        refusal = ACCEPTED
        if user_input is not None:
            values = unfold(user_input)
            refusal = (
                numbers_refused(self.hass, schema, values)
                or _loads_refused(self.hass, values)
                or _refusal(self.hass, values, entry)
            )
            if not refusal:
                return self._save(entry, _kept(self.hass, values))
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


def _loads_refused(hass: HomeAssistant, values: Mapping[str, Any]) -> Refusal:
    """Return which of the controllable loads is part of the load balancing itself."""
    registry = er.async_get(hass)
    chargers = {
        resolve(hass, id_)
        for draft in balanced_chargers(hass)
        for id_ in draft.identity.get(CONF_ENTITIES, {}).values()
    }
    for load in values.get(CONF_CONTROLLABLE_LOADS, ()):
        registered = registry.async_get(load)
        is_ours = registered is not None and registered.platform == DOMAIN
        if is_ours or load in chargers or charger_of(hass, {"": load}) is not None:
            return Refusal(
                errors={CONF_CONTROLLABLE_LOADS: "load_balanced"}, about={"load": load}
            )
    return ACCEPTED


def _kept(hass: HomeAssistant, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored: the loads by the ids that survive a renaming."""
    registry = er.async_get(hass)
    return _with_loads(
        values,
        lambda load: load if (e := registry.async_get(load)) is None else e.id,
    )


def _shown(hass: HomeAssistant, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form shows: the loads by their entity ids now."""
    return _with_loads(options, lambda load: resolve(hass, load))


def _with_loads(
    values: Mapping[str, Any], name: Callable[[str], str]
) -> dict[str, Any]:
    named = [name(load) for load in values.get(CONF_CONTROLLABLE_LOADS, ())]
    return {**values, CONF_CONTROLLABLE_LOADS: named} if named else dict(values)


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
