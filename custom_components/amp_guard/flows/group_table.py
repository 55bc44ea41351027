"""Groups before they are kept: the one of a home, or a table of several."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import CONF_NAME
from homeassistant.util.ulid import ulid_now

from ..const import (
    CONF_ACTIVE,
    CONF_CHARGERS_INCLUDED,
    CONF_FOLLOWS,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MIN_CURRENT,
    CONF_PARENT,
    CONF_PHASES,
    SUBENTRY_GROUP,
)
from ..model import MINIMUM_SIGNALLED_CURRENT, SUPPLY_ID, Group
from ..site.phases import format_phases, parse_phases
from ..site.reading import read_group
from ..site.rules import group_errors
from .charger_table import BrokenRow


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupDraft:
    """A group that is being described; `data` become its subentry's.

    Chargers and the groups below it name it by its `id` before it exists.
    """

    name: str
    data: Mapping[str, Any]
    id: str = field(default_factory=ulid_now)

    @property
    def group(self) -> Group:
        """The group, as it is read later."""
        return read_group(self.data, self.id)

    def subentry(self, *, active: bool) -> ConfigSubentryDataWithId:
        """Return the subentry, balanced or not, not added yet."""
        return ConfigSubentryDataWithId(
            subentry_id=self.id,
            subentry_type=SUBENTRY_GROUP,
            title=self.name,
            data={**self.data, CONF_ACTIVE: active},
            unique_id=None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Fed:
    """What feeds a group: by its id, with its maximum (A) and its phases, in notation.

    `offline` is what is proposed for a group without a meter, A.
    """

    id: str = SUPPLY_ID
    max_current: float
    phases: str
    offline: float = MINIMUM_SIGNALLED_CURRENT

    def group(self, row: Mapping[str, Any]) -> GroupDraft:
        """Return the group of a row that hangs here; what it leaves out is as here."""
        follows = CONF_MAX_CURRENT_ONLINE not in row
        online = row.get(CONF_MAX_CURRENT_ONLINE, self.max_current)
        return GroupDraft(
            name=row[CONF_NAME].strip(),
            data={
                CONF_PARENT: self.id,
                CONF_PHASES: row.get(CONF_PHASES, self.phases),
                CONF_MAX_CURRENT_ONLINE: online,
                CONF_FOLLOWS: follows,
                CONF_MAX_CURRENT_OFFLINE: row.get(
                    CONF_MAX_CURRENT_OFFLINE, min(self.offline, online)
                ),
                CONF_MIN_CURRENT: MINIMUM_SIGNALLED_CURRENT,
                CONF_CHARGERS_INCLUDED: True,
            },
        )


def read_groups(
    rows: Iterable[Mapping[str, Any]], supply: Fed
) -> list[GroupDraft] | BrokenRow:
    """Return the groups of a table, each after what feeds it, or a row that cannot be.

    A row names what feeds it; one that names nothing hangs below the supply.
    """
    waiting = [
        {key: value for key, value in row.items() if value not in (None, "")}
        for row in rows
    ]
    names = [row.get(CONF_NAME, "").strip() for row in waiting]
    for name in names:
        if not name:
            return BrokenRow(row="–", rule="name_missing")
        if names.count(name) > 1:
            return BrokenRow(row=name, rule="name_twice")
    groups: list[GroupDraft] = []
    feeders = {"": supply}
    while waiting:
        fed = [row for row in waiting if _feeder(row) in feeders]
        if not fed:
            return BrokenRow(row=waiting[0][CONF_NAME], rule="parent_unknown")
        row = fed[0]
        waiting.remove(row)
        above = feeders[_feeder(row)]
        draft = above.group(row)
        broken = group_errors(
            draft.group,
            max_current_above=above.max_current,
            phases_above=parse_phases(above.phases),
        )
        if broken:
            return BrokenRow(row=draft.name, rule=next(iter(broken.values())))
        groups.append(draft)
        feeders[draft.name] = Fed(
            id=draft.id,
            max_current=draft.group.max_current_online,
            phases=format_phases(draft.group.phases),
            offline=supply.offline,
        )
    return in_tree_order(groups)


def in_tree_order(groups: Iterable[GroupDraft]) -> list[GroupDraft]:
    """Return the groups so that what hangs below one follows it."""
    waiting, ordered = list(groups), []

    def take(parent: str) -> None:
        for draft in waiting:
            if draft.group.parent == parent:
                ordered.append(draft)
                take(draft.id)

    take(SUPPLY_ID)
    return ordered


def _feeder(row: Mapping[str, Any]) -> str:
    parent: str = row.get(CONF_PARENT, "")
    return parent.strip()
