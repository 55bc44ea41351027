"""A site before it is kept: its meter, main fuse and first group, as entered so far."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigSubentryData, ConfigSubentryDataWithId
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from ..const import (
    CONF_ACTIVE,
    CONF_MEASURED_PHASES,
    CONF_NET,
    CONF_SENSORS,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    DOMAIN,
    SUBENTRY_GROUP,
)
from ..model import SUPPLY_ID, EarthingSystem, Group, Phase, Site, Supply
from ..site.offline_limits import offline_excesses
from ..site.phases import format_phases, supply_phases
from ..site.reading import read_charger, read_group, read_supply
from ..site.rules import Errors, group_errors, net_errors
from . import MeterChoice
from .charger_draft import ChargerDraft, Installation
from .forms import name_errors, table
from .forms.site import group_schema, supply_schema
from .meter_conflicts import is_taken


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteDraft:
    """A site that is being described.

    `supply` becomes the entry's options and `group` with its name the first subentry;
    each is empty before its form was filled in. Chargers name their group by `group_id`
    before it exists.
    """

    meter: MeterChoice
    supply: Mapping[str, Any] = field(default_factory=dict)
    group: Mapping[str, Any] = field(default_factory=dict)
    group_id: str = field(default_factory=ulid_now)

    def supply_form(self) -> tuple[vol.Schema, Mapping[str, Any]]:
        """Return the form of the main fuse, and what is known of it or was entered."""
        said = {} if self.meter.net is None else {CONF_NET: self.meter.net.value}
        return supply_schema(self.meter.data[CONF_VARIANT]), {**said, **self.supply}

    def supply_errors(self) -> Errors:
        """Return the rules that the main fuse breaks."""
        return net_errors(self._net, self.meter.data[CONF_MEASURED_PHASES])

    def group_schema(self, name: str) -> vol.Schema:
        """Return the form of the first group; `name` is proposed."""
        return group_schema(
            self.meter.data[CONF_VARIANT],
            name=name,
            max_current=self.supply[CONF_SUPPLY_MAX_CURRENT],
            phases=format_phases(self._phases),
        )

    def group_errors(self) -> Errors:
        """Return the rules that the group breaks."""
        return name_errors(self.group) | group_errors(
            read_group(self.group),
            max_current_above=self.supply[CONF_SUPPLY_MAX_CURRENT],
            phases_above=self._phases,
        )

    @property
    def installation(self) -> Installation:
        """What the chargers can be connected to: the one group."""
        return Installation(
            supply=self._read_supply(),
            groups={self.group_id: self._read_group()},
            names={self.group_id: self.group[CONF_NAME]},
        )

    def is_measured_elsewhere(self, hass: HomeAssistant) -> bool:
        """Say whether another supply was set up meanwhile with a sensor of this one."""
        return is_taken(hass, self.meter.data.get(CONF_SENSORS, {}).values())

    async def outlook(
        self, hass: HomeAssistant, chargers: Collection[ChargerDraft]
    ) -> dict[str, str]:
        """Return what the last form says: what will be limited to what, and a warning."""
        return {
            "limits": self._limits(chargers),
            "warning": await self._offline_warning(hass, chargers),
        }

    def _limits(self, chargers: Iterable[ChargerDraft]) -> str:
        """Return a table's rows: what may draw how much, with and without the meter."""
        fuse = f"{self._read_supply().supply_max_current:g} A"
        measured = self.meter.data[CONF_MEASURED_PHASES]
        group = self._read_group()
        return table(
            [
                (self.meter.title, measured, fuse, fuse),
                (
                    self.group[CONF_NAME],
                    format_phases(group.phases),
                    f"{group.max_current_online:g} A",
                    f"{group.max_current_offline:g} A",
                ),
                *_charger_rows(chargers),
            ]
        )

    async def _offline_warning(
        self, hass: HomeAssistant, chargers: Iterable[ChargerDraft]
    ) -> str:
        """Return where their offline limits are too high together, and what that means.

        In the words of the repair issue, in Home Assistant's language; empty where
        they fit.
        """
        names = {SUPPLY_ID: self.meter.title, self.group_id: self.group[CONF_NAME]}
        excesses = offline_excesses(self._read_site(chargers))
        if not excesses:
            return ""
        texts = await async_get_translations(
            hass, hass.config.language, "issues", [DOMAIN]
        )
        issue = f"component.{DOMAIN}.issues.offline_limits_exceed"
        title = f"⚠️ **{texts[f'{issue}.title']}**"
        told = [title.format(**e.placeholders(names[e.node])) for e in excesses]
        return "\n\n".join([*told, texts[f"{issue}.description"]])

    def subentries(
        self, chargers: Iterable[ChargerDraft], *, active: bool
    ) -> list[ConfigSubentryData]:
        """Return the group, balanced or not, and its chargers, not added yet."""
        group = {**self.group, CONF_ACTIVE: active}
        return [
            ConfigSubentryDataWithId(
                subentry_id=self.group_id,
                subentry_type=SUBENTRY_GROUP,
                title=group.pop(CONF_NAME),
                data=group,
                unique_id=None,
            ),
            *(charger.subentry for charger in chargers),
        ]

    def _read_site(self, chargers: Iterable[ChargerDraft]) -> Site:
        return Site(
            supply=self._read_supply(),
            groups=(self._read_group(),),
            chargers=tuple(
                read_charger(draft.data, str(place))
                for place, draft in enumerate(chargers)
            ),
        )

    @property
    def _net(self) -> EarthingSystem:
        return self._read_supply().earthing_system

    @property
    def _phases(self) -> tuple[Phase, ...]:
        return supply_phases(self.meter.data[CONF_MEASURED_PHASES], self._net)

    def _read_supply(self) -> Supply:
        return read_supply(self.supply, self.meter.data[CONF_SOURCE])

    def _read_group(self) -> Group:
        return read_group(self.group, self.group_id)


def _charger_rows(chargers: Iterable[ChargerDraft]) -> Iterator[tuple[str, ...]]:
    for draft in chargers:
        charger = read_charger(draft.data)
        yield (
            draft.title,
            format_phases(charger.wiring),
            f"{charger.max_current:g} A",
            f"{charger.offline_current:g} A",
        )
