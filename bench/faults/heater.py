"""A water heater beside the chargers, which may go off where no charger can make room."""

from collections.abc import Callable
from math import inf

from custom_components.amp_guard.control.load_shedding import LoadShedding
from custom_components.amp_guard.model import NO_CURRENT, PhaseValues
from simulator.house import House, Step

DRAWS = PhaseValues(6.0, 6.0, 6.0)
"""A: 4 kW on three phases."""
MOMENT = 0.05
"""s until it follows."""
NAME = "heater"


class Heater:
    """Draws all the time; where it is `controllable`, not while it is switched off.

    `take` has the world live in a house from now on. Its state, and what is owed to it,
    outlive Home Assistant.
    """

    def __init__(self, house: House, *, controllable: bool) -> None:
        """Hang it into a house, on."""
        self.is_on = True
        self.take: Callable[[House], None] = lambda _house: None
        self._house = house
        self._loads = (NAME,) if controllable else ()
        self._owed: tuple[str, ...] = ()

    @property
    def house(self) -> House:
        """The house with it, as it is at the beginning."""
        return House(self._house.steps, [Step(-inf, DRAWS)])

    def shedding(self) -> LoadShedding:
        """Return who decides on it, after a start."""
        return LoadShedding(self._loads, self._owed)

    def keep(self, owed: tuple[str, ...]) -> None:
        """Keep what is off by the doing of Home Assistant."""
        self._owed = owed

    def switch(self, now: float, *, on: bool) -> None:
        """Switch it at a time, s."""
        before, after = (NO_CURRENT, DRAWS) if on else (DRAWS, NO_CURRENT)
        self.is_on = on
        steps = [Step(-inf, before), Step(now + MOMENT, after)]
        self.take(House(self._house.steps, steps))
