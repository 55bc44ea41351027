"""What was found of a charger's phases, in the words of Home Assistant's language."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..control.phase_answers import PhaseFinding
from ..model import Phase
from ..site.phases import format_phases

_KEY = f"component.{DOMAIN}.selector.found_phases.options"


async def describe_finding(
    hass: HomeAssistant, finding: PhaseFinding, wiring: tuple[Phase, ...]
) -> list[str]:
    """Return a sentence for each thing that was found of a charger set as `wiring`."""
    texts = await _texts(hass)
    told: list[tuple[str, dict[str, str]]] = []
    if finding.phases:
        phases = ", ".join(phase.name for phase in finding.phases)
        told.append(("phases", {"phases": phases}))
    if finding.wiring is not None:
        told.append(("wiring", {"wiring": format_phases(finding.wiring)}))
    else:
        told += [
            ("line", {"line": f"L{line}", "phase": phase.name})
            for line, phase in enumerate(finding.lines, start=1)
            if phase is not None
        ]
    told += [("turned", {"phase": phase.name}) for phase in finding.turned]
    if finding.unsure is not None:
        told.append((finding.unsure, {}))
    if finding.possible:
        fits = "contradicts" if finding.contradicts(wiring) else "fits"
        told.append((fits, {"set": format_phases(wiring)}))
    return [texts[f"{_KEY}.{key}"].format(**given) for key, given in told]


async def describe_swapped(
    hass: HomeAssistant, swapped: Mapping[Phase, Phase]
) -> list[str]:
    """Return a sentence for each phase that the meter shows as another."""
    texts = await _texts(hass)
    return [
        texts[f"{_KEY}.swapped"].format(phase=phase.name, other=other.name)
        for phase, other in swapped.items()
    ]


async def _texts(hass: HomeAssistant) -> Mapping[str, str]:
    return await async_get_translations(
        hass, hass.config.language, "selector", [DOMAIN]
    )
