"""A picture of a run: what flows on the busiest phase, and what the chargers are told."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from custom_components.amp_guard.model import SUPPLY_ID, Decision, Phase, PhaseValues
from simulator.world import World

from .closed_loop import ClosedLoop
from .scenario import Scenario

_HOUSE_COLOUR = "#b8bec7"
_CAR_COLOURS = ("#1f6f8b", "#3aa6a0", "#8cc084", "#d9a441", "#c8664b", "#7a5c8f")
_LIMIT_COLOUR = "#b3261e"


class _History:
    """Writes down the run, a row for each decision between `start` and `end`."""

    def __init__(self, start: float, end: float) -> None:
        self._start = start
        self._end = end
        self.times: list[float] = []
        self.supply: list[PhaseValues] = []
        self.drawn: dict[str, list[PhaseValues]] = {}
        self.told: dict[str, list[float]] = {}

    def note(self, world: World, decision: Decision) -> None:
        if not self._start <= world.now <= self._end:
            return
        self.times.append(world.now)
        self.supply.append(world.supply_current)
        for charger in world.chargers.values():
            self.drawn.setdefault(charger.id, []).append(charger.load)
            given = decision.allocations[charger.id].current
            self.told.setdefault(charger.id, []).append(given)


def draw(
    scenario: Scenario, path: Path, start: float = 0.0, end: float | None = None
) -> None:
    """Run a scenario and draw from `start` to `end` (s) into `path` (SVG or PNG)."""
    history = _History(start, scenario.duration if end is None else end)
    ClosedLoop(scenario, history.note).run()
    phase = max(Phase, key=lambda each: sum(amps[each] for amps in history.supply))

    # The same run gives the same file.
    mpl.rcParams["svg.hashsalt"] = scenario.name
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    flow, told = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    cars = {id_: [amps[phase] for amps in each] for id_, each in history.drawn.items()}
    house = [
        amps[phase] - sum(each[row] for each in cars.values())
        for row, amps in enumerate(history.supply)
    ]
    colours = [_CAR_COLOURS[number % len(_CAR_COLOURS)] for number in range(len(cars))]
    flow.stackplot(
        history.times,
        house,
        *cars.values(),
        labels=("house", *cars),
        colors=(_HOUSE_COLOUR, *colours),
        linewidth=0,
    )
    limit = scenario.site.supply.supply_max_current
    flow.axhline(limit, color=_LIMIT_COLOUR, label=f"{SUPPLY_ID}, {limit:g} A")
    flow.set_ylabel(f"drawn on {phase.name}, A")
    flow.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    for (id_, given), colour in zip(history.told.items(), colours, strict=True):
        told.step(history.times, given, where="post", color=colour, label=id_)
    told.set_ylabel("told, A")
    told.set_xlabel("s")
    for axes in (flow, told):
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(x=0)
        axes.set_ylim(bottom=min(0.0, *house))
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
