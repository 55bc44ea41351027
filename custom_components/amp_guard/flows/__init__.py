"""Ways to a measurement device: the steps of set-up before the main fuse.

A file for each, with a mixin of `MeterSteps` that ends in `_use_meter`.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
)

from ..site.rules import meter_misfit


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterChoice:
    """A measurement device that was found to work, or that there is none.

    `title` is the entry's. `unique_id` makes a second entry for the same device
    impossible. `data` become the entry's, see `const.py`.
    """

    title: str
    unique_id: str | None
    data: Mapping[str, Any]


class MeterSteps(ConfigFlow):
    """What the ways to a measurement device share."""

    _choice: MeterChoice

    @abstractmethod
    async def async_step_supply(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with what the measurement device measures."""

    @property
    def _changed_entry(self) -> ConfigEntry | None:
        """Return the entry whose meter is changed, None while one is added."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        return None

    @property
    def _current_data(self) -> Mapping[str, Any]:
        """Return what is known of the meter that is changed, for its form."""
        return {} if (entry := self._changed_entry) is None else entry.data

    @property
    def _known_entry(self) -> ConfigEntry | None:
        """Return the entry that this meter has already."""
        if self.unique_id is None:
            return None
        return self.hass.config_entries.async_entry_for_domain_unique_id(
            self.handler, self.unique_id
        )

    async def _use_meter(self, choice: MeterChoice) -> ConfigFlowResult:
        """Go on to the main fuse with a meter, or change the entry's.

        A meter that is set up already is followed to its new address. Of several flows
        for one meter the first that ends is kept: Home Assistant ends the others.
        """
        await self.async_set_unique_id(choice.unique_id, raise_on_progress=False)
        entry = self._changed_entry
        if entry is not None:
            self._abort_if_unique_id_mismatch(reason="another_meter")
        known = entry or self._known_entry
        if known is not None and (reason := meter_misfit(choice.data, known)):
            return self.async_abort(reason=reason)
        if entry is not None:
            return self.async_update_and_abort(entry, data_updates=choice.data)
        self._abort_if_unique_id_configured(dict(choice.data), reload_on_update=False)
        self._choice = choice
        return await self.async_step_supply()
