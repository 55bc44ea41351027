"""The world: a house, chargers and cars behind one main fuse, through time."""

from collections.abc import Collection, Mapping, Sequence

from custom_components.amp_guard.model import (
    NO_CURRENT,
    SUPPLY_ID,
    EarthingSystem,
    Group,
    PhaseValues,
    Supply,
)

from .car import Car
from .charger import ChargerModel, line_currents
from .fuse import FuseModel
from .house import House
from .record import CarRecord, NodeRecord, Record

_SHORTEST_STEP = 1e-3
"""s. So that rounding cannot stop time."""

_ROUNDING = 1e-6
"""A that are no more than a limit."""

_NOTHING = House()


class World:
    """What truly flows, whatever anybody believes.

    Currents stay as they are until the next change of the house, of a command or of a
    car, and the world steps from one change to the next; while a car's draw moves, it
    steps by 0.1 s (`RAMP_STEP`). In an IT net a house's three figures are its loads
    between L1-L2, L2-L3 and L3-L1.

    `group_houses` are loads behind a group's own fuse, beside its chargers.
    """

    def __init__(
        self,
        house: House,
        chargers: Sequence[ChargerModel],
        supply: Supply,
        groups: Sequence[Group] = (),
        group_houses: Mapping[str, House] | None = None,
    ) -> None:
        self.now = 0.0
        self.house = house
        self.supply = supply
        self.chargers = {charger.id: charger for charger in chargers}
        self.groups = {group.id: group for group in groups}
        self._group_houses = dict(group_houses or {})
        self.fuse = FuseModel(supply.supply_max_current, supply.fuse_type)
        self.record = Record(
            nodes={SUPPLY_ID: NodeRecord(limit=supply.supply_max_current)}
            | {group.id: NodeRecord(limit=group.max_current_online) for group in groups}
        )
        self._above = {node: self._path(node) for node in (SUPPLY_ID, *self.groups)}
        self._hidden = {node: self._hidden_from(node) for node in self._above}
        self._flow()

    @property
    def supply_current(self) -> PhaseValues:
        """A through the main fuse."""
        return self._current[SUPPLY_ID]

    def node_current(self, node: str) -> PhaseValues:
        """Return A through the fuse of the supply or of a group."""
        return self._current[node]

    def measured_current(self, node: str = SUPPLY_ID) -> PhaseValues:
        """Return A as a meter at `node` sees it.

        That is all that flows there, but for the groups whose chargers are not included
        in measurements: those hang on a board that this meter does not see.
        """
        hidden = self._hidden[node]
        return self._total(node, without=hidden) if hidden else self._current[node]

    def plug_in(self, charger_id: str, car: Car) -> None:
        """Connect a car that has not been here before."""
        self.record.cars[car.id] = CarRecord(charger=charger_id)
        self.chargers[charger_id].plug_in(car)

    def unplug(self, charger_id: str) -> None:
        """Take the car away."""
        self.chargers[charger_id].unplug()
        self._flow()

    def step(self, dt: float) -> None:
        """Let `dt` s pass."""
        self.advance(self.now + dt)

    def advance(self, until: float) -> None:
        """Let time pass until `until`, s."""
        chargers = self.chargers.values()
        while self.now < until:
            now = self.now
            house_until = self.house.steady_until(now)
            for house in self._group_houses.values():
                house_until = min(house_until, house.steady_until(now))
            end = min(until, house_until)
            for charger in chargers:
                end = min(end, charger.settle(now))
            end = min(max(end, now + _SHORTEST_STEP), until)
            self._note(end - now)
            self.now = end
            moved = [charger for charger in chargers if charger.step(end - now)]
            for charger in moved:
                assert charger.car is not None
                car = self.record.cars[charger.car.id]
                car.step(
                    end,
                    charger.power,
                    full=charger.car.full,
                    by_itself=charger.car.interrupting,
                )
            if moved or end >= house_until:
                self._flow()

    def _note(self, dt: float) -> None:
        """Write down `dt` s of what flows now."""
        record = self.record
        record.seconds += dt
        for node in record.nodes.values():
            node.step(dt)
        self.fuse.step(dt, self._current[SUPPLY_ID])
        record.theta_max = self.fuse.heat_max
        record.fuse_trips = self.fuse.trips
        for charger in self.chargers.values():
            if charger.car is None:
                continue
            car = record.cars[charger.car.id]
            car.energy_wh += charger.power * dt / 3600
            car.wait(dt, beside_room=charger.waits and self._has_room(charger))

    def _flow(self) -> None:
        """Work out what flows through every fuse from now on."""
        self._current = {node: self._total(node) for node in self._above}
        for node, current in self._current.items():
            self.record.nodes[node].flow(current, self._house_at(node))

    def _has_room(self, charger: ChargerModel) -> bool:
        """Return whether its car's minimum fits beside all that flows now."""
        return all(
            abs(amps) <= self.record.nodes[node].limit + _ROUNDING
            for node in self._above[charger.group]
            for amps in self._total(node, more=charger.least_load)
        )

    def _house_at(self, node: str) -> PhaseValues:
        """Return A through `node` without any car."""
        flowing = self._house_load(node)
        it = self.supply.earthing_system is EarthingSystem.IT
        return line_currents(flowing) if it else flowing

    def _house_load(self, node: str) -> PhaseValues:
        """Return A of all houses behind `node` (between lines in an IT net)."""
        house = self.house if node == SUPPLY_ID else _NOTHING
        total = house.current_at(self.now)
        for group, behind in self._group_houses.items():
            if node in self._above[group]:
                total = _plus(total, behind.current_at(self.now))
        return total

    def _total(
        self,
        node: str,
        without: Collection[str] = (),
        more: PhaseValues = NO_CURRENT,
    ) -> PhaseValues:
        """Return A through `node`, cars and houses, and of a load `more`."""
        l1, l2, l3 = _plus(self._house_load(node), more)
        it = self.supply.earthing_system is EarthingSystem.IT
        for charger in self.chargers.values():
            if node in self._above[charger.group] and charger.id not in without:
                load = charger.load_between_lines if it else charger.load
                l1, l2, l3 = l1 + load.l1, l2 + load.l2, l3 + load.l3
        flowing = PhaseValues(l1, l2, l3)
        return line_currents(flowing) if it else flowing

    def _path(self, node: str) -> tuple[str, ...]:
        """Return `node` and all nodes above it."""
        path = [node]
        while path[-1] != SUPPLY_ID:
            path.append(self.groups[path[-1]].parent)
        return tuple(path)

    def _hidden_from(self, meter_node: str) -> set[str]:
        """Return the chargers below the meter at `meter_node` that it does not see."""
        return {
            charger.id
            for charger in self.chargers.values()
            for group in self._above[charger.group][:-1]
            if not self.groups[group].chargers_included_in_measurements
            and self._nearest_meter(group) == meter_node
        }

    def _nearest_meter(self, group: str) -> str:
        return next(
            node
            for node in self._above[group]
            if node == SUPPLY_ID or self.groups[node].metered
        )


def _plus(one: PhaseValues, other: PhaseValues) -> PhaseValues:
    return PhaseValues(one.l1 + other.l1, one.l2 + other.l2, one.l3 + other.l3)
