"""The decision: who may draw how much, now, and why."""

from .model import Allocation, ChargerStatus, Decision, MeterTrust, NodeState, NO_CURRENT, PhaseValues, Reason, Site, Snapshot, SUPPLY_ID


class Balancer:
    """INTERIM: replaced within the hour by the real law; same signature."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._given = {charger.id: 0.0 for charger in site.chargers}

    def decide(self, snapshot: Snapshot, now: float) -> Decision:
        measurement = snapshot.measurements.get(SUPPLY_ID)
        limit = self._site.supply.supply_max_current
        drawn = {}
        for charger in self._site.chargers:
            amps = [0.0, 0.0, 0.0]
            reading = snapshot.chargers.get(charger.id)
            if reading and reading.current:
                for own, phase in enumerate(charger.wiring):
                    amps[phase] += reading.current[own]
            drawn[charger.id] = PhaseValues(*amps)
        total = measurement.current if measurement else NO_CURRENT
        house = PhaseValues(*(total[p] - sum(d[p] for d in drawn.values()) for p in range(3)))
        room = min(limit - house[p] for p in range(3))
        wanting = [
            c for c in self._site.chargers
            if (r := snapshot.chargers.get(c.id)) and r.status in (ChargerStatus.WAITING, ChargerStatus.CHARGING)
        ]
        allocations = {}
        for charger in self._site.chargers:
            share = int(min(charger.max_current, room / max(1, len(wanting)))) if charger in wanting else 0
            current = float(share) if share >= charger.min_current else 0.0
            allocations[charger.id] = Allocation(
                charger=charger.id, current=current, reason=Reason.SHARED,
                send=current != self._given[charger.id],
            )
            self._given[charger.id] = current
        nodes = {SUPPLY_ID: NodeState(
            trust=MeterTrust.ONLINE if measurement else MeterTrust.OFFLINE, limit=limit,
            available=PhaseValues(*(limit - t for t in total)), allocated=NO_CURRENT, house=house,
            heat=NO_CURRENT, overloaded=max(total) > limit,
        )}
        return Decision(time=now, allocations=allocations, nodes=nodes, drawn=drawn)
