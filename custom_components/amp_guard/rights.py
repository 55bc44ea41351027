"""Who may do what: an action asks for what Home Assistant asks of entities.

An automation acts for nobody and may do all.
"""

from collections.abc import Iterable

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er

from .const import AmpGuardConfigEntry
from .model import SUPPLY_ID
from .site.devices import device_of
from .site.reading import groups_above


async def require_control(
    call: ServiceCall, entry: AmpGuardConfigEntry, target: str
) -> None:
    """Raise Unauthorized where the user may not control what an action would change.

    The supply is an administrator's; a group is what is below it as well.
    """
    await _require(
        call.hass,
        call.context,
        POLICY_CONTROL,
        _entities(call.hass, entry, _with_all_below(entry, target)),
        of_administrator=target == SUPPLY_ID,
    )


async def require_sight(
    hass: HomeAssistant, context: Context, entry: AmpGuardConfigEntry
) -> None:
    """Raise Unauthorized where the user may not read all of a supply."""
    targets = (SUPPLY_ID, *entry.subentries)
    await _require(hass, context, POLICY_READ, _entities(hass, entry, targets))


async def _require(
    hass: HomeAssistant,
    context: Context,
    policy: str,
    entities: Iterable[str],
    *,
    of_administrator: bool = False,
) -> None:
    if (user_id := context.user_id) is None:
        return
    if (user := await hass.auth.async_get_user(user_id)) is None:
        raise UnknownUser(context=context, permission=policy)
    if user.is_admin:
        return
    ids = [*entities]
    refused = (id_ for id_ in ids if not user.permissions.check_entity(id_, policy))
    if of_administrator or not ids or any(refused):
        raise Unauthorized(context=context, permission=policy)


def _with_all_below(entry: AmpGuardConfigEntry, target: str) -> set[str]:
    """Return a node or charger, and the groups and chargers below it."""
    parts = entry.subentries
    return {target} | {id_ for id_ in parts if target in groups_above(id_, parts)}


def _entities(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, targets: Iterable[str]
) -> Iterable[str]:
    """Return the entities of this integration that stand for these."""
    registry = er.async_get(hass)
    for target in targets:
        if (device := device_of(hass, entry, target)) is not None:
            for entity in er.async_entries_for_device(
                registry, device.id, include_disabled_entities=True
            ):
                if entity.config_entry_id == entry.entry_id:
                    yield entity.entity_id
