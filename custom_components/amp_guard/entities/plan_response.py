"""The plan, for who asks: what each charger is allocated, why, and how the fuses stand."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, AmpGuardConfigEntry
from ..loop.state import SiteState
from ..model import SUPPLY_ID, NodeState, Phase, PhaseValues, Reason
from ..site.devices import device_of


async def plan_response(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, state: SiteState
) -> dict[str, Any]:
    """Return what was decided last, with each reason in the user's language.

    Currents in A, heat in % of what the fuse has at its rated current for ever. What was
    removed since is left out.
    """
    texts = await async_get_translations(hass, hass.config.language, "entity", [DOMAIN])
    names = {SUPPLY_ID: entry.title} | {
        id_: subentry.title for id_, subentry in entry.subentries.items()
    }
    devices = {
        id_: device.id
        for id_ in names
        if (device := device_of(hass, entry, id_)) is not None
    }
    return {
        "decided_at": _local(state.decided_at),
        "fuses": [
            {"name": names[id_], "device_id": devices.get(id_), **_fuse(node)}
            for id_, node in state.decision.nodes.items()
            if id_ in names
        ],
        "chargers": [
            {
                "name": names[id_],
                "device_id": devices.get(id_),
                **_charger(state, id_, names),
                "explanation": texts[_reason_key(allocation.reason)],
            }
            for id_, allocation in state.decision.allocations.items()
            if id_ in names
        ],
        "ceilings": [
            {
                "target": names[ceiling.target],
                "name": ceiling.name,
                "current": ceiling.current,
                "until": _local(ceiling.end),
            }
            for ceiling in state.ceilings
            if ceiling.target in names
        ],
    }


def _fuse(node: NodeState) -> dict[str, Any]:
    return {
        "meter": node.trust.value,
        "limit": node.limit,
        "available": _phases(node.available),
        "allocated": _phases(node.allocated),
        "house": _phases(node.base_load),
        "heat": _phases(PhaseValues(*(100 * heat for heat in node.heat))),
        "overloaded": node.overloaded,
        "limiting_phase": _phase(node.limiting_phase),
    }


def _charger(state: SiteState, charger: str, names: dict[str, str]) -> dict[str, Any]:
    allocation = state.decision.allocations[charger]
    look_again = None
    if allocation.look_again is not None:
        wait = timedelta(seconds=allocation.look_again - state.decision.time)
        look_again = _local(state.decided_at + wait)
    boost = state.boosts.get(charger)
    return {
        "status": state.readings[charger].status.value,
        "allocated": allocation.current,
        "drawn": _phases(state.decision.drawn[charger]),
        "reason": allocation.reason.value,
        "limited_by": names.get(allocation.node or ""),
        "phase": _phase(allocation.phase),
        "look_again": look_again,
        "boosted_until": None if boost is None else _local(boost),
        "follows": charger not in state.decision.not_following,
    }


def _reason_key(reason: Reason) -> str:
    return f"component.{DOMAIN}.entity.sensor.reason.state.{reason.value}"


def _phase(phase: Phase | None) -> str | None:
    return None if phase is None else phase.name


def _phases(values: PhaseValues) -> dict[str, float]:
    return {phase.name: round(values[phase], 1) for phase in Phase}


def _local(moment: datetime) -> str:
    return dt_util.as_local(moment).isoformat(timespec="seconds")
