"""The pictures of docs/control.md: which run, from when to when."""

from dataclasses import dataclass
from pathlib import Path

from .picture import draw
from .scenario_file import SCENARIOS, load


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A scenario from `start` to `end` s (None: to its end)."""

    scenario: str
    start: float = 0.0
    end: float | None = None


PICTURES = {
    "breaker.svg": Window(scenario="breaker-16a-pump", start=280, end=460),
    "ceiling.svg": Window(scenario="ceiling-for-half-an-hour", start=890, end=1040),
    "coarse.svg": Window(scenario="three-cars-25a-10s-whole-amps", start=40, end=140),
    "cut.svg": Window(scenario="one-car-25a", start=50, end=100),
    "drawn.svg": Window(scenario="draws-10a-under-16a", start=285, end=345),
    "inrush.png": Window(scenario="pump-starts"),
    "it.svg": Window(scenario="it-230v", start=1180, end=1240),
    "late.svg": Window(scenario="draw-reported-15s-late", start=45, end=100),
    "late-meter.svg": Window(scenario="cut-told-before-the-meter", start=400, end=500),
    "lost.png": Window(scenario="charger-lost-falls-back", start=560, end=1300),
    "meter-lost.png": Window(scenario="meter-lost-and-back", start=590, end=1300),
    "on-and-off.png": Window(scenario="load-on-and-off", start=240, end=1900),
    "one-phase.svg": Window(scenario="one-phase-car-unreported", end=200),
    "priority.png": Window(scenario="priority-order"),
    "raise.svg": Window(scenario="one-car-25a", start=590, end=650),
    "reclaim.svg": Window(scenario="draws-10a-under-16a", end=120),
    "self-stop.svg": Window(scenario="car-stops-by-itself", start=300, end=450),
    "settling-time.png": Window(scenario="kettle-and-oven", start=1150, end=2500),
    "sharing.svg": Window(scenario="one-phase-car-rotated-wiring", start=20, end=100),
    "start-late.svg": Window(scenario="start-reported-late", end=90),
    "starts.svg": Window(scenario="three-cars-25a", start=590, end=670),
    "tree.svg": Window(scenario="nested-group-20a-under-35a", start=1180, end=1240),
    "tried.svg": Window(scenario="one-phase-car-beside-another", start=400, end=540),
    "turns.png": Window(scenario="three-cars-25a-short-turns", start=40, end=640),
    "unreported.svg": Window(scenario="draw-never-reported", start=45, end=100),
    "waking.svg": Window(scenario="slow-starters", end=260),
}


def draw_all(folder: Path) -> None:
    """Draw each of them into a folder."""
    for name, window in PICTURES.items():
        scenario = load(SCENARIOS / f"{window.scenario}.json")
        draw(scenario, folder / name, window.start, window.end)
