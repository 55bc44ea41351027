"""Several chargers described in one table: what is the same for all, and what differs."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.const import CONF_NAME

from ..const import CONF_CHARGER, CONF_CHARGERS
from .charger_draft import ChargerDraft, Installation, proposal


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokenRow:
    """A row of a table by its name, and the rule that it breaks."""

    row: str
    rule: str


def filled_table(
    drafts: Sequence[ChargerDraft], installation: Installation, keys: Collection[str]
) -> dict[str, Any]:
    """Return the table's values for these chargers; `keys` are those of its settings.

    The same for all is what most of them have.
    """
    proposals = _proposals(drafts, installation)
    common = {
        key: Counter(each[key] for each in proposals).most_common(1)[0][0]
        for key in keys
    }
    rows = [
        {CONF_CHARGER: draft.label, CONF_NAME: draft.title}
        | {key: each[key] for key in keys if each[key] != common[key]}
        for draft, each in zip(drafts, proposals, strict=True)
    ]
    return {**common, CONF_CHARGERS: rows}


def read_table(
    drafts: Sequence[ChargerDraft],
    installation: Installation,
    values: Mapping[str, Any],
) -> list[ChargerDraft] | BrokenRow:
    """Return the chargers as the table describes them, or the first row that cannot be.

    A charger whose row was removed is left out.
    """
    proposals = _proposals(drafts, installation)
    by_label = {
        draft.label: (draft, proposed)
        for draft, proposed in zip(drafts, proposals, strict=True)
    }
    common = {key: values[key] for key in values if key != CONF_CHARGERS}
    described: list[ChargerDraft] = []
    for row in values[CONF_CHARGERS]:
        if row[CONF_CHARGER] not in by_label:
            return BrokenRow(row=row[CONF_NAME], rule="charger_twice")
        draft, proposed = by_label.pop(row[CONF_CHARGER])
        own = {key: value for key, value in row.items() if value not in (None, "")}
        name = own.pop(CONF_NAME, "").strip()
        del own[CONF_CHARGER]
        settings = {**proposed, **common, **own}
        charger = replace(draft, title=name, settings=settings)
        others = [*installation.chargers, *(each.title for each in described)]
        rules = replace(installation, chargers=others).errors(charger)
        if rules:
            return BrokenRow(row=name or draft.label, rule=next(iter(rules.values())))
        described.append(charger)
    return described


def _proposals(
    drafts: Sequence[ChargerDraft], installation: Installation
) -> list[dict[str, Any]]:
    """Return what is proposed for each charger in its place."""
    first = len(installation.chargers)
    return [
        proposal(draft, installation, place)
        for place, draft in enumerate(drafts, start=first)
    ]
