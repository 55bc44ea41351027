"""Repair issues about chargers: they come and go with what is observed.

A trouble that begins or ends is said in the log as well.
"""

from collections.abc import Iterable, Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..chargers import FailSafe, Trouble, TroubleKind
from ..const import CONF_OFFLINE_CURRENT, CONF_SOURCE, DOMAIN, AmpGuardConfigEntry
from ..meters import Source

_LOGGER = logging.getLogger(__name__)

TROUBLE_LASTS = 300.0
"""s that a trouble must last to be told: a restart or an update of another integration
takes minutes, and the charger's current is reserved from the first moment."""


class ChargerIssues:
    """The issues of the chargers of one entry."""

    def __init__(self, hass: HomeAssistant, chargers: Iterable[ConfigSubentry]) -> None:
        """Start with no trouble."""
        self._hass = hass
        self._chargers = {charger.subentry_id: charger for charger in chargers}
        self._since: dict[str, tuple[TroubleKind, float]] = {}

    @callback
    def tell_no_fail_safe(self, fail_safes: Mapping[str, FailSafe]) -> None:
        """Tell of chargers that go on at their last limit when Home Assistant dies."""
        for id_, charger in self._chargers.items():
            issue = f"no_fail_safe_{id_}"
            if fail_safes[id_] is not FailSafe.NONE:
                ir.async_delete_issue(self._hass, DOMAIN, issue)
                continue
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key="no_fail_safe",
                translation_placeholders={
                    "charger": charger.title,
                    "offline_current": f"{charger.data[CONF_OFFLINE_CURRENT]:g}",
                },
            )

    @callback
    def watch(self, troubles: Mapping[str, Trouble | None], now: float) -> None:
        """Take what is wrong with each charger at loop time `now`."""
        for charger, trouble in troubles.items():
            kind, since = self._since.get(charger, (None, now))
            if trouble is None:
                if kind is not None:
                    self._mended(charger)
                    _LOGGER.info("%s: all is well again", self._chargers[charger].title)
            elif trouble.kind is not kind:
                if kind is not None:
                    self._mended(charger)
                else:
                    name, entity = self._chargers[charger].title, trouble.entity_id
                    _LOGGER.warning("%s: %s %s", name, trouble.kind, entity)
                self._since[charger] = (trouble.kind, now)
            elif now - since >= TROUBLE_LASTS:
                self._tell(charger, trouble)

    @callback
    def stop(self) -> None:
        """Take back what is told of troubles.

        That a charger has no fail-safe stays told while it is there: deleting it would
        forget that the user chose to ignore it.
        """
        for charger in list(self._since):
            self._mended(charger)

    def _tell(self, charger: str, trouble: Trouble) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"charger_trouble_{charger}",
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=f"charger_{trouble.kind}",
            translation_placeholders={
                "charger": self._chargers[charger].title,
                "entity": trouble.entity_id,
                "state": trouble.state,
            },
        )

    def _mended(self, charger: str) -> None:
        del self._since[charger]
        ir.async_delete_issue(self._hass, DOMAIN, f"charger_trouble_{charger}")


@callback
def forget_chargers(hass: HomeAssistant, chargers: Iterable[str]) -> None:
    """Take back all that is told of chargers that are removed."""
    for charger in chargers:
        ir.async_delete_issue(hass, DOMAIN, f"no_fail_safe_{charger}")


@callback
def tell_left(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, left: Mapping[str, float]
) -> None:
    """Tell at what the chargers were left (A, by name) that nobody balances any longer."""
    if left and not is_simulated(entry):
        _tell_left(hass, entry, {**_told_as_left(hass, entry), **left})


@callback
def take_back_left(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Take that back of chargers that are balanced again, by their names."""
    told = _told_as_left(hass, entry)
    there = {subentry.title for subentry in entry.subentries.values()}
    if told.keys() & there:
        _tell_left(hass, entry, {k: v for k, v in told.items() if k not in there})


def is_simulated(entry: AmpGuardConfigEntry) -> bool:
    """Say whether it is the simulated home: nothing there can be harmed."""
    return Source(entry.data[CONF_SOURCE]) is Source.DEMONSTRATION


def _told_as_left(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> dict[str, float]:
    """Return at what they were left, A, by the names of those told as left."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, _left_id(entry))
    data: dict[str, Any] = (issue.data if issue is not None else None) or {}
    return data


def _tell_left(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, left: Mapping[str, float]
) -> None:
    if not left:
        ir.async_delete_issue(hass, DOMAIN, _left_id(entry))
        return
    rows = [f"- {name}: {current:g} A" for name, current in left.items()]
    ir.async_create_issue(
        hass,
        DOMAIN,
        _left_id(entry),
        data=dict(left),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="chargers_left",
        translation_placeholders={"chargers": "\n".join(rows)},
    )


def _left_id(entry: AmpGuardConfigEntry) -> str:
    return f"chargers_left_{entry.entry_id}"
