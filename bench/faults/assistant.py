"""Home Assistant with the integration in it, in virtual time: measure, decide, command.

The law, the command machines, what can be true of a sample and how old it is are the
integration's own; what goes round them is told here as `loop/` does it. What happens
while it is frozen waits: first come its timers, then what came in.
"""

from collections.abc import Mapping
from dataclasses import replace

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.control.load_shedding import FuseView
from custom_components.amp_guard.loop.cycle import LEAST_WAIT, WATCH_INTERVAL
from custom_components.amp_guard.loop.fleet import RELEASE_TIMEOUT
from custom_components.amp_guard.meters import MeterResponseError, MeterSample
from custom_components.amp_guard.meters.plausibility import Plausibility
from custom_components.amp_guard.meters.source_clock import SourceClock
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    ChargerStatus,
    Decision,
    Measurement,
    MeterTrust,
    Phase,
    Reason,
    Site,
    Snapshot,
)

from .agenda import Action, Agenda
from .driver import Driver, Stored
from .heater import NAME, Heater
from .link import Link

type Told = dict[str, float]
"""What was told of a fault, and when first, s."""


class Assistant:
    """One life of it, from a start to its end.

    `told` takes what its owner can see (events, repair issues, states), each with the
    time at which it was told first.
    """

    def __init__(
        self,
        agenda: Agenda,
        site: Site,
        links: Mapping[str, Link],
        stored: Mapping[str, Stored],
        told: Told,
        *,
        heater: Heater | None = None,
    ) -> None:
        self.alive = True
        self._heater = heater
        self._shedding = None if heater is None else heater.shedding()
        self._agenda = agenda
        self._site = site
        self._told = told
        self._balancer: Balancer | None = Balancer(site)
        self._plausibility = Plausibility("home")
        self._clock = SourceClock()
        self._measurement: Measurement | None = None
        self._frozen_until = 0.0
        self._timers: list[Action] = []
        self._inbox: list[Action] = []
        self._is_requested = False
        self._cycles = 0
        self.drivers = {
            charger.id: Driver(
                charger,
                links[charger.id],
                stored[charger.id],
                agenda=agenda,
                later=self._later,
                on_change=self._request,
            )
            for charger in site.chargers
        }

    @property
    def is_awake(self) -> bool:
        """Whether it can do anything now."""
        return self.alive and self._agenda.now >= self._frozen_until

    def has_set_up(self, charger: str) -> bool:
        """Whether a charger's integration is there."""
        return self._agenda.now >= self.drivers[charger].lost_until

    # --- life -----------------------------------------------------------------------

    def start(self, setting_up: Mapping[str, float]) -> None:
        """Begin; each charger's integration takes its time, s, to set it up."""
        for id_, driver in self.drivers.items():
            driver.lost_until = self._agenda.now + setting_up[id_]
            self._later(setting_up[id_], driver.read)
            interval = driver.link.manner.interval or 1.0
            self._each(interval, driver.read)
            self._later(setting_up[id_], driver.see)
        self._request()

    def freeze(self, until: float) -> None:
        """Stand still until a time, s."""
        self._frozen_until = max(self._frozen_until, until)
        self._agenda.at(until, self._thaw)

    def kill(self) -> None:
        """End at once."""
        self.alive = False

    def stop(self) -> None:
        """End as a service does: leave the chargers where they fit."""
        if self._balancer is None:
            return
        left_at = self._balancer.leave(self._agenda.now)
        for charger in self._site.chargers:
            current = left_at.get(charger.id, charger.offline_current)
            self.drivers[charger.id].command(current, at_once=True)
        self._balancer = None
        self._agenda.later(RELEASE_TIMEOUT, self.kill)

    def receive(self, sample: MeterSample) -> None:
        """Take a sample from the network."""
        self._call(lambda: self._take(sample), self._inbox)

    # --- when -----------------------------------------------------------------------

    def _later(self, seconds: float, action: Action) -> None:
        self._agenda.later(seconds, lambda: self._call(action, self._timers))

    def _each(self, seconds: float, action: Action) -> None:
        def again() -> None:
            self._later(seconds, again)
            action()

        self._later(seconds, again)

    def _call(self, action: Action, waiting: list[Action]) -> None:
        if self.is_awake:
            action()
        elif self.alive:
            waiting.append(action)

    def _thaw(self) -> None:
        if not self.is_awake:
            return
        waiting = [*self._timers, *self._inbox]
        self._timers.clear()
        self._inbox.clear()
        for action in waiting:
            action()

    def _request(self) -> None:
        """Make one cycle for all that happens in this moment."""
        if not self._is_requested:
            self._is_requested = True
            self._agenda.later(0.0, lambda: self._call(self._cycle, self._timers))

    # --- one cycle ------------------------------------------------------------------

    def _take(self, sample: MeterSample) -> None:
        now = self._agenda.now
        stamp = sample.stamp or 0.0
        try:
            sample = self._plausibility.judge(replace(sample, time=now))
        except MeterResponseError:
            return
        if self._clock.add(stamp, now):
            time = self._clock.to_loop_time(stamp)
            self._measurement = Measurement(time=time, current=sample.current)
            self._cycle()

    def _cycle(self) -> None:
        self._is_requested = False
        if self._balancer is None:
            return
        now = self._agenda.now
        measured = self._measurement
        decision = self._balancer.decide(
            Snapshot(
                measurements={} if measured is None else {SUPPLY_ID: measured},
                chargers={id_: each.reading() for id_, each in self.drivers.items()},
                commands={id_: each.commanded() for id_, each in self.drivers.items()},
            ),
            now,
        )
        for id_, allocation in decision.allocations.items():
            if allocation.reason is not Reason.INACTIVE and allocation.send:
                self.drivers[id_].command(allocation.current, allocation.valid_for)
        if any(node.overloaded for node in decision.nodes.values()):
            for id_, driver in self.drivers.items():
                driver.hurry(heeds=id_ not in decision.not_following)
        for id_ in decision.to_refresh:
            self.drivers[id_].ask()
        self._tell(decision)
        self._shed(decision)
        self._wait(decision)

    def _wait(self, decision: Decision) -> None:
        self._cycles += 1
        number, wait = self._cycles, WATCH_INTERVAL
        if decision.look_again is not None:
            wait = min(max(decision.look_again - self._agenda.now, LEAST_WAIT), wait)

        def due() -> None:
            if number == self._cycles:
                self._cycle()

        self._later(wait, due)

    def _tell(self, decision: Decision) -> None:
        """Note what is published of a fault, by the rules of `loop/`."""
        now, supply = self._agenda.now, decision.nodes[SUPPLY_ID]
        if supply.trust in (MeterTrust.STALE, MeterTrust.OFFLINE):
            self._told.setdefault(f"meter {supply.trust}", now)
        overloaded = any(node.overloaded for node in decision.nodes.values())
        for id_ in self.drivers:
            trouble = self._trouble(id_, decision)
            if trouble is None:
                continue
            self._told.setdefault(trouble, now)
            if overloaded and max(decision.drawn[id_]) > 0:
                self._told.setdefault("overload not obeyed", now)

    def _trouble(self, charger: str, decision: Decision) -> str | None:
        """Return what is told of a charger with which something is wrong."""
        driver = self.drivers[charger]
        if driver.reading().status is ChargerStatus.LOST:
            return "charger lost"
        if driver.machine.is_failing:
            return "charger refuses"
        if charger in decision.not_following:
            return "charger does not follow"
        return None

    def _shed(self, decision: Decision) -> None:
        """Switch the water heater, by the rules of `loop/controllable_loads.py`."""
        heater, shedding, now = self._heater, self._shedding, self._agenda.now
        if heater is None or shedding is None or self._measurement is None:
            return
        node, current = decision.nodes[SUPPLY_ID], self._measurement.current
        view = FuseView(overloaded=False, spare=None)
        if node.trust is MeterTrust.ONLINE:
            drawn = [
                decision.drawn[id_]
                for id_ in self.drivers
                if self._trouble(id_, decision) is None
            ]
            limit = self._site.supply.supply_max_current
            spare = min(
                limit - current[phase] + sum(each[phase] for each in drawn)
                for phase in Phase
            )
            view = FuseView(overloaded=node.overloaded, spare=spare)
        switching = shedding.look(now, view, {NAME: heater.is_on})
        heater.keep(shedding.shed)
        if switching.switch_off or switching.switch_on:
            heater.switch(now, on=bool(switching.switch_on))
            told = "heater on" if switching.switch_on else "heater off"
            self._told.setdefault(told, now)
