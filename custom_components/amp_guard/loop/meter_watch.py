"""The meters of a site: what they measured last, and whether they are reached."""

from collections.abc import Callable, Mapping
from functools import partial
import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, AmpGuardConfigEntry
from ..meters import (
    Meter,
    MeterAuthenticationError,
    MeterConnectionError,
    MeterError,
    MeterSample,
    OldContractError,
)
from ..model import Decision, Measurement, MeterTrust
from .faults import do_all

_LOGGER = logging.getLogger(__name__)


STOP_TIMEOUT = 1.0
"""s that a meter has to say goodbye in."""


class MeterWatch:
    """Keeps the newest sample and the connection of each meter, by node."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        meters: Mapping[str, Meter],
    ) -> None:
        """Start with no sample, and with no meter that is reached."""
        self._hass = hass
        self._entry = entry
        self._meters = meters
        self._samples: dict[str, MeterSample] = {}
        self._errors: dict[str, MeterError | None] = dict.fromkeys(
            meters, MeterConnectionError("nothing was heard of it yet")
        )
        self._lost: set[str] = set()

    async def start(
        self, on_sample: Callable[[], None], on_connection: Callable[[], None]
    ) -> None:
        """Listen to the meters; tell of each sample, and of each other news."""
        for node, meter in self._meters.items():
            await meter.start(
                partial(self._take_sample, on_sample, node),
                partial(self._take_connection, on_connection, node),
            )

    async def stop(self) -> None:
        """Listen no more."""
        self._tell_old_contract(None)
        await do_all((meter.stop() for meter in self._meters.values()), STOP_TIMEOUT)

    @property
    def samples(self) -> dict[str, MeterSample]:
        """The newest sample of each meter that was heard, by node."""
        return dict(self._samples)

    @property
    def measurements(self) -> dict[str, Measurement]:
        """The same in the words of the law."""
        return {
            node: Measurement(
                time=sample.time, current=sample.current, measured=sample.connected
            )
            for node, sample in self._samples.items()
        }

    @property
    def connected(self) -> dict[str, bool]:
        """Whether each meter is reached, by node."""
        return {node: error is None for node, error in self._errors.items()}

    @property
    def rejected_samples(self) -> dict[str, int]:
        """How many samples of each meter could not be true, by node."""
        return {node: meter.rejected_samples for node, meter in self._meters.items()}

    def log(self, decision: Decision) -> None:
        """Log when a meter goes, for the law or by its connection, and when it is back.

        One that has not come yet is given as long as the law gives it.
        """
        for node, error in self._errors.items():
            offline = decision.nodes[node].trust is MeterTrust.OFFLINE
            name = self._entry.title
            if node in self._lost:
                if error is None and not offline:
                    self._lost.discard(node)
                    _LOGGER.info("The meter of %s is back", name)
            elif offline or (error is not None and node in self._samples):
                self._lost.add(node)
                why = error or "none of its samples is new and can be true"
                _LOGGER.warning("The meter of %s cannot be used: %s", name, why)

    @callback
    def _take_sample(
        self, on_sample: Callable[[], None], node: str, sample: MeterSample
    ) -> None:
        self._samples[node] = sample
        on_sample()

    @callback
    def _take_connection(
        self, on_connection: Callable[[], None], node: str, error: MeterError | None
    ) -> None:
        self._errors[node] = error
        if isinstance(error, MeterAuthenticationError):
            self._entry.async_start_reauth(self._hass)
        self._tell_old_contract(error)
        on_connection()

    def _tell_old_contract(self, error: MeterError | None) -> None:
        issue = f"old_contract_{self._entry.entry_id}"
        if not isinstance(error, OldContractError):
            ir.async_delete_issue(self._hass, DOMAIN, issue)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="old_contract",
            translation_placeholders={"supply": self._entry.title},
        )
