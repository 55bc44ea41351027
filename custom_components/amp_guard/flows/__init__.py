"""The steps of set-up, kept by objects that Home Assistant's flows delegate to.

Home Assistant calls a step by its name on a flow, `async_step_NAME`. Those methods
stand in `config_flow.py`, `meter_steps.py` and `subentries.py`. Each hands the user's
input to the object that the step belongs to, which keeps what was entered:

- a `MeterWay` for each way to a measurement device (`AddressWay`, `DiscoveryWay`,
  `WifiWay`, `SensorWay`, `OpenReporterWay`, `NoMeterWay`); its first step is `start`,
  its end a `MeterChoice`;
- a `SiteDraft` is the site so far: the meter, the main fuse, and a `GroupDraft` for each
  group, the one of a home or those of a table (`group_table.py`);
- `ChargerSteps` for the chargers, at set-up and below an entry, with a `ChargerDraft`
  for each: one in a form of its own, several in a table (`charger_table.py`).

A step is given the user's input, or None to be shown for the first time or once more.
It returns what Home Assistant shows next: a form, a menu, progress, an abort. A step of
a `MeterWay` returns a `MeterChoice` instead once its meter was found to work. What
follows from that is left to the flow: unique ids, an entry that is there already, an
entry that is changed. A way that needs another's steps is given it when it is made.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.core import HomeAssistant

from ..const import AmpGuardConfigEntry
from ..model import EarthingSystem


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterChoice:
    """A measurement device that was found to work, or that there is none.

    `title` is the entry's. `unique_id` makes a second entry for the same device
    impossible. `data` become the entry's, see `const.py`; without a variant the main fuse
    tells it. `net` is what was said of the property's net on the way, None where nothing
    was. `notes` are what is to be known of it, in Markdown and Home Assistant's language.
    """

    title: str
    unique_id: str | None
    data: Mapping[str, Any]
    net: EarthingSystem | None = None
    notes: str = ""


type WayResult = ConfigFlowResult | MeterChoice
"""What is shown next, or the way's end."""


class MeterWay(ABC):
    """A way to a measurement device; shows its forms by the flow that it is part of."""

    def __init__(self, flow: ConfigFlow) -> None:
        self._flow = flow

    @abstractmethod
    async def start(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Take the first step, for a new entry or to change the meter of one."""

    @property
    def _hass(self) -> HomeAssistant:
        """Home Assistant, which a flow is given only after it is made."""
        return self._flow.hass

    @property
    def _current_data(self) -> Mapping[str, Any]:
        """The data of the entry whose meter is changed; empty while one is added."""
        entry = changed_entry(self._flow)
        return {} if entry is None else entry.data


def changed_entry(flow: ConfigFlow) -> AmpGuardConfigEntry | None:
    """Return the entry whose meter is changed, None while one is added."""
    if (entry_id := flow.context.get("entry_id")) is None:
        return None
    return flow.hass.config_entries.async_get_known_entry(entry_id)
