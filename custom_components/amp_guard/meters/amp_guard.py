"""An Amp Guard on the LAN: pushed samples, and a poll when the push is silent.

Speaks the contract of `docs/lan-interface.md`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
import logging
from typing import override

from . import (
    Meter,
    MeterConnectionError,
    MeterError,
    MeterResponseError,
    MeterSample,
    NotAMeterError,
)
from .amp_guard_client import AmpGuardClient
from .source_clock import SourceClock

_LOGGER = logging.getLogger(__name__)

STREAM_SILENCE = 5.0
"""s without a pushed sample after which the meter is asked for one."""
POLL_INTERVAL = 2.0
"""s between polls while there is no stream."""
RETRY_MINIMUM = 1.0
RETRY_MAXIMUM = 10.0
"""s until the stream is tried again, doubling from the least to the most."""


class AmpGuardMeter(Meter):
    """Follows the stream of the meter with this serial number for as long as it runs.

    While the stream is down the meter is polled; while nothing answers it is sought
    again and again.
    """

    def __init__(self, client: AmpGuardClient, serial_number: str) -> None:
        self._client = client
        self._serial_number = serial_number
        self._retry = RETRY_MINIMUM
        self._sequence: int | None = None
        self._clock = SourceClock()
        self._bug: str | None = None
        self._connected = False
        self._lost: MeterError | None = None
        self._task: asyncio.Task[None] | None = None

    @override
    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Follow the meter until `stop`."""
        self._on_sample = on_sample
        self._on_connection = on_connection
        self._task = asyncio.get_running_loop().create_task(
            self._run(), name="Amp Guard stream"
        )

    @override
    async def stop(self) -> None:
        """Close the stream."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._visit()
            except MeterError as error:
                self._set_lost(error)
                await asyncio.sleep(self._retry)
            except Exception as error:  # a bug must not end the search for the meter
                if (bug := repr(error)) != self._bug:  # logged once, not at each try
                    _LOGGER.exception("Unexpected error while following the Amp Guard")
                self._bug = bug
                self._set_lost(MeterConnectionError(str(error) or type(error).__name__))
                await asyncio.sleep(self._retry)
            self._retry = min(self._retry * 2, RETRY_MAXIMUM)

    async def _visit(self) -> None:
        """Follow the stream; when it ends, poll until it is worth trying again."""
        await self._client.prove(self._serial_number)
        try:
            await self._follow()
        except MeterError as error:
            _LOGGER.debug("The stream of the Amp Guard ended: %s", error)
        await self._poll(self._retry)

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._client.stream() as receive:
            # Only now: a sample taken before the stream was open is not pushed.
            await self._take(self._client.measurement())
            sampled_at = loop.time()
            while True:
                left = sampled_at + STREAM_SILENCE - loop.time()
                if left > 0:
                    with suppress(TimeoutError):
                        if await self._take(receive(left)):
                            sampled_at = loop.time()
                            self._retry = RETRY_MINIMUM
                elif await self._take(self._client.measurement()):
                    return  # it has samples that the stream does not bring
                else:
                    sampled_at = loop.time()

    async def _poll(self, duration: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + duration
        while (left := end - loop.time()) > 0:
            await self._take(self._client.measurement())
            await asyncio.sleep(min(left, POLL_INTERVAL))

    async def _take(self, sample: Awaitable[MeterSample]) -> bool:
        """Pass a sample on; return whether it was a new one. A bad one is counted."""
        try:
            return self._deliver(await sample)
        except NotAMeterError:
            raise
        except MeterResponseError as error:
            self._rejected += 1
            _LOGGER.debug("A sample of the Amp Guard was rejected: %s", error)
            return False

    def _deliver(self, sample: MeterSample) -> bool:
        """Pass a sample on unless it is known; return whether it was new."""
        self._set_connected()
        if sample.sequence == self._sequence:
            return False
        self._sequence = sample.sequence
        if sample.stamp is not None:
            if not self._clock.add(sample.stamp, sample.time):
                return False
            sample = replace(sample, time=self._clock.to_loop_time(sample.stamp))
        self._on_sample(sample)
        return True

    def _set_connected(self) -> None:
        if self._connected:
            return
        self._connected, self._lost = True, None
        self._on_connection(None)

    def _set_lost(self, error: MeterError) -> None:
        if type(error) is type(self._lost):
            return
        self._connected, self._lost = False, error
        self._on_connection(error)
