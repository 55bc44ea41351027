"""Metering: from samples to base load, fuse heat and what each charger draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from ..model import Measurement, MeterTrust, Phase, PhaseValues
from .attribution import estimate
from .base_load import BaseLoad
from .connector import Connector
from .evidence import Evidence
from .fuse import FuseHeat
from .meter import MeterWatch, ReportedDraw
from .patience import Use
from .tree import Tree

OVERLOAD_TOLERANCE = 0.05
"""A above a limit that no meter can tell from the limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _View:
    """A metered node, the chargers its meter sees, and those no nearer meter sees.

    The `others` are seen by a nearer meter as well.
    """

    index: int
    node: str
    nearest: list[Connector]
    others: list[Connector]
    seen: list[Connector]


class Metering:
    """Everything that is known of the nodes' currents, A. Lists go by node."""

    def __init__(
        self,
        tree: Tree,
        connectors: Sequence[Connector],
        before: Metering | None = None,
    ) -> None:
        """Start with nothing seen, but for what `before` saw of the same nodes.

        Inactive connectors are part of the base load.
        """
        nodes = tree.nodes
        fuse_type = tree.site.supply.fuse_type
        self.meters = [
            MeterWatch(node.max_current_online) if node.metered else None
            for node in nodes
        ]
        self.base_loads = [BaseLoad() for _ in nodes]
        self.heats = [FuseHeat(node.max_current_online, fuse_type) for node in nodes]
        self.over_since: list[float | None] = [None for _ in nodes]
        self._limits = [node.max_current_online for node in nodes]
        active = [connector for connector in connectors if connector.branch.active]
        # Deepest first: what a group's meter explains is known when the supply's asks.
        self._supply = tree.site.supply
        self._views = [
            _View(
                index=node.index,
                node=node.id,
                nearest=[c for c in active if c.branch.seen_by[:1] == (node.index,)],
                others=[c for c in active if node.index in c.branch.seen_by[1:]],
                seen=[c for c in active if node.index in c.branch.seen_by],
            )
            for node in reversed(nodes)
            if node.metered
        ]
        self.evidence = [Evidence(self._supply) for _ in nodes]
        for view in self._views:
            self.evidence[view.index].look_at(view.seen)
        self._unmetered = [c for c in active if not c.branch.seen_by]
        self._left_alone = [c for c in connectors if not c.branch.active]
        self._unmetered_fuses = [
            (node.index, [c for c in connectors if node.index in c.branch.path])
            for node in nodes[1:]
            if not node.metered
        ]
        if before is not None:
            self._continue(before)

    def _continue(self, before: Metering) -> None:
        """Take over what was seen of the same fuses, and by meters of the same chargers."""
        for index, (heat, known) in enumerate(
            zip(self.heats, before.heats, strict=True)
        ):
            if (heat.rated_current, heat.fuse_type) == (
                known.rated_current,
                known.fuse_type,
            ):
                self.heats[index] = known
        for view, seen in zip(self._views, before._views, strict=True):
            if (view.seen, view.nearest) != (seen.seen, seen.nearest):
                continue  # what was the base load is not the base load any longer
            index = view.index
            meter = self.meters[index] = before.meters[index]
            if meter is not None:
                meter.change_limit(self._limits[index])
            self.base_loads[index] = before.base_loads[index]
            self.evidence[index] = before.evidence[index]
            self.evidence[index].change_supply(self._supply)
            self.over_since[index] = before.over_since[index]

    def trust(self, node: int, now: float) -> MeterTrust:
        """Return what a node's meter is worth now, with all that speaks against it."""
        meter = self.meters[node]
        if meter is None:
            return MeterTrust.ABSENT
        if self.evidence[node].offline:
            return MeterTrust.OFFLINE
        return meter.trust(now)

    @property
    def seen_wiring(self) -> dict[str, tuple[Phase, ...]]:
        """Return the wiring that chargers show to the meter next to them."""
        return {
            connector.id: wiring
            for view in self._views
            if (seen := self.evidence[view.index].seen_wiring)
            for connector in view.nearest
            if (wiring := seen.get(connector.id)) is not None
        }

    def observe(
        self, measurements: Mapping[str, Measurement], offset: float, now: float
    ) -> None:
        """Take the newest sample of each meter."""
        for view in self._views:
            meter = self.meters[view.index]
            if meter is None:
                continue
            evidence = self.evidence[view.index]
            silent = meter.trust(now) is MeterTrust.OFFLINE
            doubted = evidence.offline
            measurement = measurements.get(view.node)
            reported = _reported(view.seen, now)
            is_new = meter.take(measurement, offset, now, reported)
            if measurement is None or not is_new:
                if silent or doubted:
                    _assume_followed(view.nearest)
                continue
            if silent:
                self.base_loads[view.index].forget(now)
            if meter.current is not None and meter.last_time is not None:
                current = evidence.take(
                    meter.current,
                    measurement.measured,
                    None if meter.is_frozen(now) else reported,
                    interval=meter.interval,
                    time=meter.last_time,
                    now=now,
                )
                if doubted and not evidence.offline:
                    self.base_loads[view.index].forget(now)
                self.base_loads[view.index].note_interval(meter.interval)
                self._observe(view, current, meter.last_time, now)
        _assume_followed(self._unmetered)
        for connector in self._left_alone:
            connector.draw.assume(connector.may_draw)
        for index, below in self._unmetered_fuses:
            a = b = c = 0.0
            for connector in below:
                x, y, z = connector.draw.estimate
                a += x
                b += y
                c += z
            self.heats[index].carry(PhaseValues(a, b, c), now)

    def _observe(
        self, view: _View, current: PhaseValues, time: float, now: float
    ) -> None:
        """Take that `current`, A, flowed through the view's node at `time`."""
        index = view.index
        base_load, limit = self.base_loads[index], self._limits[index]
        for connector in view.nearest:
            never_shown = connector.untold.withdraw(time)
            if never_shown is not None:
                base_load.correct(never_shown)
        evidence = self.evidence[index]
        if evidence.offline:
            _assume_followed(view.nearest)
        else:
            estimate(
                view.nearest,
                view.others,
                None if _begin_to_tell(view.nearest) else base_load.now,
                current,
                time=time,
                now=now,
                limit=limit,
                in_question=evidence.in_question,
            )
        a, b, c = current
        for connector in view.seen:
            x, y, z = connector.draw.estimate
            a -= x
            b -= y
            c -= z
        base_load.shown = (a, b, c)
        if evidence.offline and (known := base_load.now) is not None:
            a, b, c = (
                seen if evidence.believes(phase) else known[phase]
                for phase, seen in enumerate((a, b, c))
            )
        base_load.observe((a, b, c), time, limit=limit, use=_use(view.seen))
        values = None if evidence.offline else base_load.values
        for connector in view.nearest:
            connector.following.sampled_at = time
            connector.untold.note_estimate(time)
            connector.draw.observe_meter(values, time)
        self.heats[index].carry(current, time)
        if max(current) <= limit + OVERLOAD_TOLERANCE:
            self.over_since[index] = None
        elif self.over_since[index] is None:
            self.over_since[index] = time


def _use(connectors: Sequence[Connector]) -> Use:
    """Return what those who want current would make of headroom; all, if none does."""
    wanting = [c for c in connectors if c.wants] or connectors
    if not wanting:
        return Use()
    a = b = c = lag = phases = 0.0
    least = inf
    for connector in wanting:
        branch = connector.branch
        x, y, z = connector.draw.phases.weights
        most = connector.reclaim.cap or branch.max_current
        a += x * most
        b += y * most
        c += z * most
        lag += branch.charger.command_lag
        phases += x + y + z
        least = min(least, branch.min_current)
    return Use((a, b, c), least, lag / len(wanting), phases / len(wanting))


def _reported(connectors: Sequence[Connector], now: float) -> ReportedDraw:
    a, b, c, since, reporters = 0.0, 0.0, 0.0, now, 0
    for connector in connectors:
        draw = connector.draw
        if draw.reports:
            x, y, z = draw.reported_by_phase
            a += x
            b += y
            c += z
            since = min(since, draw.reported_at)
            reporters += 1
    return ReportedDraw(PhaseValues(a, b, c), since, reporters)


def _begin_to_tell(connectors: Sequence[Connector]) -> bool:
    """Return whether any tells since the last sample what was but assumed of it."""
    begin = False
    for connector in connectors:
        if connector.draw.begins_to_tell:
            begin = True
            connector.draw.begins_to_tell = False
    return begin


def _assume_followed(connectors: Sequence[Connector]) -> None:
    """Where no meter tells, a charger draws what it reports, else what it may."""
    for connector in connectors:
        connector.draw.assume(connector.sent.current if connector.wants else 0.0)
