"""What does not work of chargers, in words: each once, with the chargers it is true of."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..chargers import (
    ChargerCheck,
    ChargerDriver,
    FailSafe,
    OwnOfflineCurrent,
    Role,
    check_charger,
)
from ..model import ChargerStatus
from ..site.reading import read_charger_config
from .charger_draft import ChargerDraft
from .forms import translations

STATE_ROLES = frozenset({Role.STATE, Role.CHARGING, Role.CONNECTED})
NAMED = 5
"""Chargers that are named of those that something is true of."""
NO_FAIL_SAFE = "no_fail_safe"
"""So it is with its kind: it would be the same when looked at again."""
UNTRIED = "untried"
"""What could not be tried without changing what the charger does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What does not work, as a list in Markdown; "" where all does.

    `can_be_mended`, where it may be otherwise when it is looked at again.
    `own_offline_current` is what a single charger keeps itself, where it says that.
    """

    text: str = ""
    can_be_mended: bool = False
    own_offline_current: OwnOfflineCurrent | None = None


async def check_chargers(
    hass: HomeAssistant,
    drafts: Sequence[ChargerDraft],
    driver: ChargerDriver | None = None,
) -> Findings:
    """Look at each charger as its driver would; nothing that they do is changed.

    Where a single one is balanced already, its `driver` has seen more.
    """
    checks = await asyncio.gather(
        *(
            check_charger(hass, read_charger_config(draft.data), driver)
            for draft in drafts
        )
    )
    named = [(draft.title, check) for draft, check in zip(drafts, checks, strict=True)]
    texts = await translations(hass, "selector")
    refusals = await translations(hass, "exceptions")
    lines = [
        f"- {title}: "
        + refusals[f"{refusal.translation_key}.message"].format(
            **(refusal.translation_placeholders or {})
        )
        for title, check in named
        for refusal in check.refusals
    ]
    found: dict[str, list[str]] = {}
    for title, check in named:
        for finding in _findings(check):
            found.setdefault(finding, []).append(title)
    lines += [
        f"- {_list(titles)}: {texts[f'charger_finding.options.{finding}']}"
        for finding, titles in found.items()
    ]
    return Findings(
        text="\n".join(lines),
        can_be_mended=not found.keys() <= {NO_FAIL_SAFE, UNTRIED}
        or any(check.refusals for check in checks),
        own_offline_current=checks[0].own_offline_current if len(checks) == 1 else None,
    )


def _list(titles: Sequence[str]) -> str:
    """Return chargers by name; of very many the first, and how many they are."""
    more = f" … ({len(titles)})" if len(titles) > NAMED else ""
    return ", ".join(titles[:NAMED]) + more


def _findings(check: ChargerCheck) -> Iterator[str]:
    """Yield what is wrong with a charger; why it cannot be commanded is told beside.

    What comes in a minute is not wrong: its entities were disabled, and are enabled now.
    """
    is_lost = check.reading.status is ChargerStatus.LOST
    state_comes = not check.later.isdisjoint(STATE_ROLES)
    if not (check.knows_state or state_comes or is_lost):
        yield "state_unknown"
    draw_comes = Role.CURRENT_L1 in check.later
    if check.reading.current is None and not (draw_comes or is_lost):
        yield "draw_unknown"
    if check.is_settable is None:
        yield UNTRIED
    if check.fail_safe is FailSafe.NONE:
        yield NO_FAIL_SAFE
