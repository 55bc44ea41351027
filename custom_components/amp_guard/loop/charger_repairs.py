"""Repair issues about chargers: they come and go with what is observed.

A trouble that begins or ends is said in the log as well.
"""

from collections.abc import Iterable, Mapping
import logging

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..chargers import Trouble, TroubleKind
from ..const import (
    CONF_SOURCE,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from ..meters import Source
from ..site.figures import figure
from ..site.reading import connected_subentries

_LOGGER = logging.getLogger(__name__)

LEFT = "charger_left"
"""What is told of a charger that was removed, with how it was left."""

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
        """Take back what is told of troubles."""
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
def forget_part(hass: HomeAssistant, part: str) -> None:
    """Take back all that is told of a charger or group that is removed."""
    for issue in GONE.values():
        ir.async_delete_issue(hass, DOMAIN, f"{issue}_{part}")


# --- nobody balances it ---------------------------------------------------------------

GONE = {SUBENTRY_CHARGER: "group_gone", SUBENTRY_GROUP: "group_above_gone"}
"""What is told of what hangs on a group that was removed."""


@callback
def tell_gone(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, left: Mapping[str, float]
) -> None:
    """Tell of each charger and group that hangs on a group that was removed.

    `left` is at what each charger was left, A. It is taken back where it hangs on one
    again.
    """
    connected = connected_subentries(entry)
    for id_, subentry in entry.subentries.items():
        kind = subentry.subentry_type
        if kind not in GONE:  # a plan hangs on nothing
            continue
        issue = f"{GONE[kind]}_{id_}"
        if id_ in connected or is_simulated(entry):
            ir.async_delete_issue(hass, DOMAIN, issue)
            continue
        told = {kind: subentry.title, "supply": entry.title}
        if kind == SUBENTRY_CHARGER:
            told["left_at"] = figure(hass, left[id_])
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=GONE[kind],
            translation_placeholders=told,
        )


@callback
def tell_left(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    charger: ConfigSubentry,
    current: float,
) -> None:
    """Tell at what a charger that was removed was left, A: nobody balances it.

    That is so after a restart too, until the same charger is balanced again.
    """
    if is_simulated(entry):
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{LEFT}_{charger.subentry_id}",
        data={"unique_id": charger.unique_id},
        is_fixable=False,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=LEFT,
        translation_placeholders={
            "charger": charger.title,
            "supply": entry.title,
            "left_at": figure(hass, current),
        },
    )


@callback
def take_back_left(hass: HomeAssistant, chargers: Iterable[ConfigSubentry]) -> None:
    """Take that back of chargers that are balanced again, below whatever supply."""
    balanced = {charger.unique_id for charger in chargers}
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain != DOMAIN or not issue_id.startswith(LEFT):
            continue
        issue = ir.async_get(hass).issues[domain, issue_id]
        if (issue.data or {}).get("unique_id") in balanced:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def is_simulated(entry: AmpGuardConfigEntry) -> bool:
    """Say whether it is the simulated home: nothing there can be harmed."""
    return Source(entry.data[CONF_SOURCE]) is Source.DEMONSTRATION
