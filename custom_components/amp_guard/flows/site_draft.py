"""A site before it is kept: its meter, main fuse and groups, as entered so far."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
import voluptuous as vol

from ..const import (
    CONF_CONTACT,
    CONF_GENERATES,
    CONF_HAS_GROUPS,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_NET,
    CONF_SENSORS,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
)
from ..meters import MAX_MEASURED_CURRENT, Source, variant_for
from ..model import SUPPLY_ID, EarthingSystem, Phase, Site, Supply
from ..site.figures import figure
from ..site.offline_limits import OfflineSum, offline_sums
from ..site.phases import format_phases, supply_phases
from ..site.reading import read_charger, read_supply
from ..site.rules import Errors, group_errors, net_errors
from . import MeterChoice
from .charger_draft import ChargerDraft, Installation
from .charger_table import BrokenRow
from .forms import quoted, table, translations
from .forms.site import groups_schema, site_schema
from .group_table import Fed, GroupDraft, read_groups
from .meter_conflicts import is_taken

NOT_OPTIONS = (CONF_HAS_GROUPS, CONF_MAX_CURRENT_OFFLINE)
"""What the form of the supply asks beside the entry's options."""

BELOW = "&emsp;"
"""How far a row of the outlook is moved in for each node above it. Markdown cuts off the
character itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteDraft:
    """A site that is being described.

    `supply` is what its form holds, empty before it was filled in; `groups` are in the
    order of the tree.
    """

    meter: MeterChoice
    supply: Mapping[str, Any] = field(default_factory=dict)
    groups: tuple[GroupDraft, ...] = ()

    # --- the main fuse ----------------------------------------------------------------

    @property
    def supply_schema(self) -> vol.Schema:
        """The form of the main fuse."""
        return site_schema(self._most, self._variant)

    @property
    def proposed_supply(self) -> Mapping[str, Any]:
        """What is known of the main fuse, or was entered."""
        said = {} if self.meter.net is None else {CONF_NET: self.meter.net.value}
        return {**said, **self.supply}

    def supply_errors(self) -> Errors:
        """Return the rules that the main fuse breaks."""
        group = self.only_group("").group
        return net_errors(
            self._net, self.meter.data[CONF_MEASURED_PHASES]
        ) | group_errors(
            group,
            max_current_above=self.supply[CONF_SUPPLY_MAX_CURRENT],
            phases_above=group.phases,
        )

    @property
    def has_groups(self) -> bool:
        """Whether fuses of their own stand between the main fuse and the chargers."""
        return bool(self.supply[CONF_HAS_GROUPS])

    @property
    def data(self) -> dict[str, Any]:
        """The entry's data; its variant follows the fuse, where the meter tells none."""
        fuse = self.supply[CONF_SUPPLY_MAX_CURRENT]
        return {CONF_VARIANT: variant_for(fuse), **self.meter.data}

    @property
    def options(self) -> dict[str, Any]:
        """The entry's options."""
        return {
            key: value for key, value in self.supply.items() if key not in NOT_OPTIONS
        }

    # --- the groups -------------------------------------------------------------------

    def only_group(self, name: str) -> GroupDraft:
        """Return the group of a home, which is all that the supply feeds."""
        row = {
            CONF_NAME: name,
            CONF_MAX_CURRENT_OFFLINE: self.supply[CONF_MAX_CURRENT_OFFLINE],
        }
        return self._supply_as_feeder.group(row)

    @property
    def groups_schema(self) -> vol.Schema:
        """The form of the groups."""
        return groups_schema(self._most)

    def read_groups(
        self, rows: Iterable[Mapping[str, Any]]
    ) -> list[GroupDraft] | BrokenRow:
        """Return the groups of their table, or the first row that cannot be."""
        return read_groups(rows, self._supply_as_feeder)

    @property
    def _supply_as_feeder(self) -> Fed:
        return Fed(
            max_current=self.supply[CONF_SUPPLY_MAX_CURRENT],
            phases=format_phases(self._phases),
            offline=self.supply[CONF_MAX_CURRENT_OFFLINE],
        )

    @property
    def installation(self) -> Installation:
        """What the chargers can be connected to."""
        return Installation(
            supply=self._read_supply(),
            groups={draft.id: draft.group for draft in self.groups},
            names={draft.id: draft.name for draft in self.groups},
        )

    def is_measured_elsewhere(self, hass: HomeAssistant) -> bool:
        """Say whether another supply was set up meanwhile with a sensor of this one."""
        return is_taken(hass, self.meter.data.get(CONF_SENSORS, {}).values())

    def subentries(
        self, chargers: Iterable[ChargerDraft], *, active: bool
    ) -> list[ConfigSubentryData]:
        """Return the groups, balanced or not, and the chargers, not added yet."""
        return [
            *(draft.subentry(active=active) for draft in self.groups),
            *(charger.subentry for charger in chargers),
        ]

    # --- what comes of it -------------------------------------------------------------

    async def outlook(
        self, hass: HomeAssistant, chargers: Collection[ChargerDraft]
    ) -> dict[str, str]:
        """Return what the last form says: what will be limited to what, and warnings."""
        sums = {each.node: each for each in offline_sums(self._read_site(chargers))}
        return {
            "contact": quoted(self.supply.get(CONF_CONTACT, "")),
            "limits": table(self._limits(hass, chargers, sums)),
            "warning": "\n\n".join(
                [
                    *await self._offline_warnings(hass, sums.values()),
                    *await self._meter_warnings(hass),
                ]
            ),
        }

    def _limits(
        self,
        hass: HomeAssistant,
        chargers: Iterable[ChargerDraft],
        sums: Mapping[str, OfflineSum],
    ) -> Iterator[tuple[str, ...]]:
        """Yield a table's rows: what may draw how much, with and without the meter."""

        def amperes(current: float) -> str:
            return f"{figure(hass, current)} A"

        def offline(node: str) -> str:
            mark = "" if sums[node].fits else "⚠️ "
            return (
                f"{mark}{figure(hass, sums[node].current)} / "
                f"{amperes(sums[node].limit)}"
            )

        yield (
            self.meter.title,
            self.meter.data[CONF_MEASURED_PHASES],
            amperes(self._read_supply().supply_max_current),
            offline(SUPPLY_ID),
        )
        depths = {SUPPLY_ID: 0}
        for draft in self.groups:
            group = draft.group
            depths[group.id] = depths[group.parent] + 1
            yield (
                f"{BELOW * depths[group.id]}{draft.name}",
                format_phases(group.phases),
                amperes(group.max_current_online),
                offline(group.id),
            )
            for charger in chargers:
                read = read_charger(charger.data)
                if read.group == group.id:
                    yield (
                        f"{BELOW * (depths[group.id] + 1)}{charger.title}",
                        format_phases(read.wiring),
                        amperes(read.max_current),
                        amperes(read.offline_current),
                    )

    async def _offline_warnings(
        self, hass: HomeAssistant, sums: Iterable[OfflineSum]
    ) -> list[str]:
        """Return where the offline limits are too high together, and what that means.

        In the words of the repair issue.
        """
        excesses = [each for each in sums if not each.fits]
        if not excesses:
            return []
        names = {draft.id: draft.name for draft in self.groups}
        names[SUPPLY_ID] = self.meter.title
        texts = await translations(hass, "issues")
        title = f"⚠️ **{texts['offline_limits_exceed.title']}**"
        told = [title.format(**e.placeholders(hass, names[e.node])) for e in excesses]
        return [*told, texts["offline_limits_exceed.description"]]

    async def _meter_warnings(self, hass: HomeAssistant) -> list[str]:
        """Return whether the meter lacks a voltage that it needs where power is fed in."""
        data = self.meter.data
        has_voltages = (
            data[CONF_SOURCE] != Source.AMP_GUARD
            or "voltage" in data[CONF_MEASURED_QUANTITIES]
        )
        if has_voltages or not self.supply[CONF_GENERATES]:
            return []
        texts = await translations(hass, "selector")
        return [f"⚠️ {texts['meter_note.options.voltage_missing']}"]

    def _read_site(self, chargers: Iterable[ChargerDraft]) -> Site:
        return Site(
            supply=self._read_supply(),
            groups=tuple(draft.group for draft in self.groups),
            chargers=tuple(
                read_charger(draft.data, str(place))
                for place, draft in enumerate(chargers)
            ),
        )

    @property
    def _variant(self) -> str:
        variant: str = self.meter.data.get(CONF_VARIANT, "home")
        return variant

    @property
    def _most(self) -> float:
        """What the main fuse can be at most, A."""
        is_known = CONF_VARIANT in self.meter.data
        return MAX_MEASURED_CURRENT[self._variant if is_known else "public"]

    @property
    def _net(self) -> EarthingSystem:
        return self._read_supply().earthing_system

    @property
    def _phases(self) -> tuple[Phase, ...]:
        return supply_phases(self.meter.data[CONF_MEASURED_PHASES], self._net)

    def _read_supply(self) -> Supply:
        return read_supply(self.supply, self.meter.data[CONF_SOURCE])
