"""Repair issues about chargers: they come and go with what is observed."""

from collections.abc import Iterable, Mapping

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .chargers import PROFILES, FailSafe, Trouble, TroubleKind
from .const import CONF_OFFLINE_CURRENT, CONF_PROFILE, DOMAIN

TROUBLE_LASTS = 300.0
"""s that a trouble must last to be told: a restart or an update of another integration
takes minutes, and the charger's current is reserved from the first moment."""


class ChargerIssues:
    """The issues of the chargers of one entry."""

    def __init__(self, hass: HomeAssistant, chargers: Iterable[ConfigSubentry]) -> None:
        """Know no trouble yet."""
        self._hass = hass
        self._chargers = {charger.subentry_id: charger for charger in chargers}
        self._since: dict[str, tuple[TroubleKind, float]] = {}

    @callback
    def start(self) -> None:
        """Tell of chargers that go on at their last limit when Home Assistant dies."""
        for id_, charger in self._chargers.items():
            issue = f"no_fail_safe_{id_}"
            if PROFILES[charger.data[CONF_PROFILE]].fail_safe is not FailSafe.NONE:
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
            elif trouble.kind is not kind:
                if kind is not None:
                    self._mended(charger)
                self._since[charger] = (trouble.kind, now)
            elif now - since >= TROUBLE_LASTS:
                self._tell(charger, trouble)

    @callback
    def stop(self, remaining: Iterable[str]) -> None:
        """Take back what is told of troubles, and all of chargers that are removed.

        That a charger has no fail-safe stays told while it remains: deleting it would
        forget that the user chose to ignore it.
        """
        for charger in list(self._since):
            self._mended(charger)
        forget_chargers(self._hass, self._chargers.keys() - set(remaining))

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
