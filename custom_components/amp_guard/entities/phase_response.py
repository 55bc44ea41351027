"""Find the phases, for who asks by an action: one charger after the other."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from ..const import AmpGuardConfigEntry
from ..control.phase_answers import PhaseFinding, swapped_phases
from ..loop.phase_words import describe_finding, describe_swapped
from ..model import Phase
from ..site.devices import device_of
from ..site.phases import format_phases
from ..site.settings import change_wiring


async def find_phases(
    hass: HomeAssistant, chargers: Mapping[str, AmpGuardConfigEntry], *, apply: bool
) -> dict[str, Any]:
    """Return what was found of each charger, by its id with its entry.

    With `apply` the wirings that are sure are set; not where the meter's sensors seem
    to be exchanged. Only at the end, since a change ends the searches of its entry.
    Raises what the finder does.
    """
    wirings: dict[str, tuple[Phase, ...]] = {}
    findings: list[PhaseFinding] = []
    for charger, entry in chargers.items():
        coordinator = entry.runtime_data
        [wirings[charger]] = (
            each.wiring for each in coordinator.site.chargers if each.id == charger
        )
        findings.append(await coordinator.finder.find(coordinator.site, charger))
    swapped = swapped_phases(findings, wirings)
    rows = []
    for finding in findings:
        charger, wiring = finding.charger, finding.wiring
        entry = chargers[charger]
        to_apply = apply and not swapped and finding.contradicts(wirings[charger])
        applied = to_apply and wiring is not None
        row = {
            **_row(hass, entry, finding, wirings[charger]),
            "explanation": " ".join(
                await describe_finding(hass, finding, wirings[charger])
            ),
        }
        if wiring is not None and applied:
            applied = not change_wiring(hass, entry, charger, wiring)
        rows.append({**row, "applied": applied})
    return {
        "chargers": rows,
        "swapped_sensors": {phase.name: other.name for phase, other in swapped.items()},
        "explanation": " ".join(await describe_swapped(hass, swapped)),
    }


def _row(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    finding: PhaseFinding,
    wiring: tuple[Phase, ...],
) -> dict[str, Any]:
    device = device_of(hass, entry, finding.charger)
    return {
        "name": entry.subentries[finding.charger].title,
        "device_id": None if device is None else device.id,
        "phases": [phase.name for phase in finding.phases],
        "lines": [None if line is None else line.name for line in finding.lines],
        "wiring": finding.wiring and format_phases(finding.wiring),
        "set": format_phases(wiring),
        "contradicts": finding.contradicts(wiring),
        "turned_sensors": [phase.name for phase in finding.turned],
        "unsure": None if finding.unsure is None else finding.unsure.value,
    }
