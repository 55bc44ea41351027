"""The cycle: when to decide; and each time snapshot -> decide -> apply -> publish.

A main fuse depends on it, so it runs on what happens (a sample, a charger's change, a
moment that the decision named) and on no schedule that a user can switch off. A cycle
is synchronous: a cut leaves in the same cycle as the sample that calls for it.
"""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..balancer import Balancer
from ..model import Decision, Reason, Site, Snapshot
from .charged_energy import EnergyCounter
from .controllable_loads import ControllableLoads
from .faults import Faults, Part
from .fleet import Fleet
from .meter_watch import MeterWatch
from .overrides import Overrides, as_ceiling, in_loop_time
from .phase_finding import PhaseFinder
from .plans import Plans
from .publisher import Publisher
from .recording import Recording
from .requests import Requests
from .state import SiteState

WATCH_INTERVAL = 5.0
"""s after which a cycle is made though nothing happened: a silent meter is seen."""
LEAST_WAIT = 0.1
"""s between cycles without news."""
FALLBACK_DELAY = 10.0
"""s without a decision that was carried out after which chargers get their offline
limits: two cycles of a silent house."""


class Cycle:
    """Keeps one site under its fuses; asked for from anywhere, it never runs in itself.

    `site` is what is balanced, `recording` what the last decisions were made from.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        site: Site,
        *,
        meters: MeterWatch,
        fleet: Fleet,
        overrides: Overrides,
        requests: Requests,
        plans: Plans,
        loads: ControllableLoads,
        finder: PhaseFinder,
        energy: EnergyCounter,
        publisher: Publisher,
        faults: Faults,
    ) -> None:
        """Take the site; raise SiteError where it cannot be balanced."""
        self.site = site
        self.recording = Recording()
        self._hass = hass
        self._meters = meters
        self._fleet = fleet
        self._overrides = overrides
        self._requests = requests
        self._plans = plans
        self._loads = loads
        self._finder = finder
        self._energy = energy
        self._publisher = publisher
        self._faults = faults
        self._balancer = Balancer(site)
        self._decided_at = self._now()
        self._runs = False
        self._in_cycle = False
        self._timer: asyncio.TimerHandle | None = None
        self._requested: asyncio.Handle | None = None

    # --- when -----------------------------------------------------------------------

    @callback
    def start(self) -> None:
        """Make the first cycle, and others from now on."""
        self._runs = True
        self._decided_at = self._now()
        self.request()

    @callback
    def stop(self) -> None:
        """Make no cycle any more."""
        self._runs = False
        self._cancel()
        self._faults.end_fallback()

    @callback
    def request(self) -> None:
        """Make a cycle at once; right after the one that runs, where one does."""
        if self._in_cycle:
            self.request_soon()
        elif self._runs:
            self._run()

    @callback
    def request_soon(self) -> None:
        """Make one cycle for all that changes in this round of the event loop."""
        if self._runs and self._requested is None:
            self._requested = self._hass.loop.call_soon(self._run)

    def _wait(self, decision: Decision | None, now: float) -> None:
        """Make a cycle when the decision is to be looked at again, or to watch."""
        look_again = None if decision is None else decision.look_again
        wait = WATCH_INTERVAL if look_again is None else look_again - now
        self._timer = self._hass.loop.call_later(
            min(max(wait, LEAST_WAIT), WATCH_INTERVAL), self._run
        )

    def _cancel(self) -> None:
        for handle in (self._timer, self._requested):
            if handle is not None:
                handle.cancel()
        self._timer = self._requested = None

    # --- one cycle ------------------------------------------------------------------

    @callback
    def take(self, site: Site) -> None:
        """Balance this site from the next cycle on.

        Raises SiteError where it cannot be; then all stays as it was.
        """
        self._balancer.change(site)
        self.recording.begin_anew()
        self.site = site

    def leave(self) -> dict[str, float]:
        """Return the A at which to leave each charger that is balanced no longer.

        Without those of which nothing was decided.
        """
        try:
            return self._balancer.leave(self._now())
        except Exception as error:  # noqa: BLE001 - they have offline limits
            self._faults.come(Part.CYCLE, error)
            return {}

    @callback
    def _run(self) -> None:
        self._cancel()
        now, decision = self._now(), None
        self._in_cycle = True
        try:
            snapshot = self._snapshot(now)
            decision = self._decide(snapshot, now)
            self._apply(decision)
            self._decided_at = now
            self._tell(snapshot, decision, now)
            self._faults.end(Part.CYCLE)
        except Exception as error:  # noqa: BLE001 - the next sample is another chance
            self._faults.come(Part.CYCLE, error)
            self.watch(now)
        finally:
            self._in_cycle = False
            if self._runs:  # it may have been stopped by who was told
                self._wait(decision, now)

    @callback
    def watch(self, now: float) -> None:
        """Hold the chargers where they are safe if nothing was decided for too long."""
        if self._runs and now - self._decided_at >= FALLBACK_DELAY:
            self._fall_back(now)
            self.request_soon()

    def _snapshot(self, now: float) -> Snapshot:
        overrides = self._overrides
        return Snapshot(
            measurements=self._meters.measurements,
            chargers=self._fleet.read(),
            commands=self._fleet.commanded(),
            ceilings=(
                *(as_ceiling(each, now) for each in self._requests.ceilings),
                *self._plans.ceilings(now),
                *self._finder.ceilings,
            ),
            boosts={
                charger: in_loop_time(end, now)
                for charger, end in overrides.boosts.items()
            },
        )

    def _decide(self, snapshot: Snapshot, now: float) -> Decision:
        """Decide; record what that was made from, also where it fails."""
        self._record(self.recording.prepare, self._balancer, now)
        decision = None
        try:
            decision = self._balancer.decide(snapshot, now)
        finally:
            self._record(self.recording.note, now, snapshot, decision)
        self._faults.end_fallback()
        return decision

    def _record[*Ts](self, step: Callable[[*Ts], None], *what: *Ts) -> None:
        try:
            step(*what)
        except Exception as error:  # noqa: BLE001 - the fuse depends on the decision
            self._faults.come(Part.RECORDING, error)

    def _apply(self, decision: Decision) -> None:
        for charger, allocation in decision.allocations.items():
            if allocation.reason is not Reason.INACTIVE and allocation.send:
                phases = allocation.phases
                self._fleet.command(
                    charger,
                    allocation.current,
                    allocation.valid_for,
                    None if phases is None else len(phases),
                )
        self._fleet.hurry(decision, self.site)
        self._fleet.refresh(decision.to_refresh)

    def _tell(self, snapshot: Snapshot, decision: Decision, now: float) -> None:
        self._meters.log(decision)
        self._energy.count(
            decision,
            snapshot.chargers,
            self._meters.samples,
            self.site.supply.earthing_system,
        )
        state = self._state(snapshot, decision)
        self._plans.look(state, now)
        if self._finder.look(state):
            self.request_soon()
        if self._loads.look(state, now):
            self.request_soon()
        self._publisher.publish(state, now)

    def _state(self, snapshot: Snapshot, decision: Decision) -> SiteState:
        return SiteState(
            site=self.site,
            samples=self._meters.samples,
            connected=self._meters.connected,
            rejected_samples=self._meters.rejected_samples,
            readings=snapshot.chargers,
            fail_safes=self._fleet.fail_safes,
            decision=decision,
            decided_at=dt_util.utcnow(),
            ceilings=self._requests.ceilings,
            boosts=self._overrides.boosts,
            energy=dict(self._energy.totals),
            power=dict(self._energy.power),
            plans=self._plans.shown,
            limits=self._plans.in_force,
            loads_off=self._loads.off,
        )

    def _fall_back(self, now: float) -> None:
        """Start the law afresh, and hold the chargers where they are safe meanwhile."""
        self._decided_at = now
        self._balancer = Balancer(self.site)
        self.recording.begin_anew()
        self._fleet.command_offline_limits(self.site)
        self._faults.tell_fallback()
        self._publisher.retract()

    def _now(self) -> float:
        return self._hass.loop.time()
