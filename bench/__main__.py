"""The bench's commands; see bench/README.md."""

from argparse import ArgumentParser, Namespace, _SubParsersAction
import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import json
from pathlib import Path
import sys

from custom_components.amp_guard.model import SiteError

from . import compute, latency
from .damage.matrix import DAMAGES, Outcome, run_kind
from .damage.sites import Kind, kinds
from .damage.table import damage_table, meter_table, week_table, worst
from .damage.weeks import run_week
from .field import TELLINGS, told
from .picture import draw
from .pictures import draw_all
from .plans import print_year, tariffs
from .replay import RecordingError, print_replay, read_recording
from .report import Report, run_file, run_scenario
from .scenario import ScenarioError
from .scenario_file import SCENARIOS, load
from .search.frontier import draw_frontier, run_frontier, table as frontier_table
from .search.judge import run_home
from .search.table import totals, worst as worst_homes
from .solar import DAYS, run_day, solar_table

_COLUMNS = (
    ("s over", "seconds_over", "{:.1f}"),
    ("longest", "longest_over_s", "{:.1f}"),
    ("A·s", "amp_seconds_over", "{:.0f}"),
    ("peak A", "peak_a", "{:.1f}"),
    ("theta", "theta_max", "{:.2f}"),
    ("trips", "fuse_trips", "{:d}"),
    ("kWh", "energy_total_kwh", "{:.2f}"),
    ("share", "optimum_share", "{:.3f}"),
    ("Jain", "jain", "{:.3f}"),
    ("cmd/h", "commands_per_hour", "{:.1f}"),
    ("starts", "starts", "{:d}"),
    ("stops", "stops", "{:d}"),
)


def main(argv: list[str] | None = None) -> int:
    """Run what the command line asks for; return the exit status."""
    arguments = _parse(argv)
    try:
        return int(arguments.run(arguments))
    except (ScenarioError, SiteError, RecordingError) as error:
        print(error, file=sys.stderr)
        return 2


def _parse(argv: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="scripts/bench", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_scenarios(commands)
    _add_homes(commands)
    _add_measurements(commands)
    return parser.parse_args(argv)


type _Commands = _SubParsersAction[ArgumentParser]


def _add_scenarios(commands: _Commands) -> None:
    """Add what runs and draws the shipped scenarios."""
    closed_loop = commands.add_parser(
        "closed-loop", help="run scenarios; fails if one misses its bounds"
    )
    which = closed_loop.add_mutually_exclusive_group(required=True)
    which.add_argument("--scenario", type=Path, metavar="FILE", help="this one")
    which.add_argument("--all", action="store_true", help="all that the bench ships")
    closed_loop.add_argument(
        "--told", choices=TELLINGS, help="with chargers that report so; without bounds"
    )
    closed_loop.add_argument(
        "--json", action="store_true", help="print reports as JSON"
    )
    closed_loop.set_defaults(run=_closed_loop)
    picture = commands.add_parser("picture", help="draw a run of a scenario")
    picture.add_argument("--scenario", type=Path, metavar="FILE", required=True)
    picture.add_argument("--out", type=Path, required=True, help="an .svg or .png")
    picture.add_argument("--from", type=float, default=0.0, dest="start", metavar="S")
    picture.add_argument("--to", type=float, dest="end", metavar="S")
    picture.set_defaults(run=_picture)
    pictures = commands.add_parser("pictures", help="draw those of docs/control.md")
    pictures.add_argument("--out", type=Path, required=True, help="a folder")
    pictures.set_defaults(run=_pictures)


def _add_homes(commands: _Commands) -> None:
    """Add what runs homes that are drawn by chance, or whole days and years."""
    damage = commands.add_parser(
        "damage", help="damage one signal at a time; who notices, and what flows"
    )
    damage.add_argument("--only", default="", help="damages whose name has this")
    damage.add_argument("--site", default="", help="sites whose name has this")
    damage.add_argument("--sites", type=int, help="the first so many kinds of them")
    damage.add_argument("--seed", type=int, default=1)
    damage.add_argument("--homes", type=int, default=1, help="of each kind (1)")
    damage.add_argument("--weeks", type=int, default=8, help="without damage (8)")
    damage.add_argument("--worst", type=int, default=0, help="runs to name")
    damage.add_argument("--processes", type=int, help="at a time (one a core)")
    damage.set_defaults(run=_damage)
    search = commands.add_parser(
        "search", help="ours and others at plausible homes; names the worst"
    )
    search.add_argument("--hours", type=int, default=80, help="homes of 1 h (80)")
    search.add_argument("--seed", type=int, default=1)
    search.add_argument("--home", type=int, help="only this one of the seed's")
    search.add_argument("--processes", type=int, help="at a time (one a core)")
    search.set_defaults(run=_search)
    frontier = commands.add_parser(
        "frontier", help="s over against what is charged, for who waits how long"
    )
    frontier.add_argument("--hours", type=int, default=40, help="homes of 1 h (40)")
    frontier.add_argument("--seed", type=int, default=1)
    frontier.add_argument("--out", type=Path, required=True, help="an .svg or .png")
    frontier.add_argument("--processes", type=int, help="at a time (one a core)")
    frontier.set_defaults(run=_frontier)
    solar = commands.add_parser(
        "solar", help="charge with the sun for a sunny and a cloudy day"
    )
    solar.add_argument("--seed", type=int, default=1)
    solar.add_argument("--processes", type=int, help="at a time (one a core)")
    solar.set_defaults(run=_solar)
    plans = commands.add_parser(
        "plans", help="a year of a household with power tariffs; see bench/plans.py"
    )
    plans.add_argument("--days", type=int, default=364, help="from 1 January (364)")
    plans.add_argument("--only", choices=tariffs(), help="this one")
    plans.add_argument("--seed", type=int, default=1, help="of the car's evenings")
    plans.set_defaults(run=_plans)


def _add_measurements(commands: _Commands) -> None:
    """Add what times the law, and decides again what was recorded."""
    replay = commands.add_parser(
        "replay", help="decide again what diagnostics recorded"
    )
    replay.add_argument("file", type=Path, help="as downloaded from Home Assistant")
    replay.set_defaults(run=_replay)
    cost = commands.add_parser(
        "compute", help="time the decision; see bench/compute.py"
    )
    cost.add_argument(
        "--decisions", type=int, default=300, help="so many for each size (300)"
    )
    cost.set_defaults(run=_compute)
    delay = commands.add_parser(
        "latency", help="time a sample's way in a real Home Assistant, in real time"
    )
    delay.set_defaults(run=_latency)


def _plans(arguments: Namespace) -> int:
    for name, tariff in tariffs().items():
        if arguments.only in (None, name):
            print_year(name, tariff, arguments.days, arguments.seed)
    return 0


def _picture(arguments: Namespace) -> int:
    scenario = load(arguments.scenario)
    draw(scenario, arguments.out, arguments.start, arguments.end)
    return 0


def _pictures(arguments: Namespace) -> int:
    draw_all(arguments.out)
    return 0


def _replay(arguments: Namespace) -> int:
    return int(not print_replay(read_recording(arguments.file)))


def _damage(arguments: Namespace) -> int:
    damages = [name for name in DAMAGES if arguments.only in name]
    sites = [kind for kind in kinds() if arguments.site in kind.name]
    runs = [
        (kind, seed, damages)
        for kind in sites[: arguments.sites]
        for seed in range(arguments.seed, arguments.seed + arguments.homes)
    ]
    spread = partial(_spread, arguments.processes)
    outcomes = [each for some in spread(_run_kind, runs) for each in some]
    print(damage_table(outcomes), meter_table(outcomes), sep="\n\n", flush=True)
    if arguments.worst:
        print(f"\n{worst(outcomes, arguments.worst)}")
    if arguments.weeks:
        numbers = range(1, arguments.weeks + 1)
        weeks = spread(partial(run_week, seed=arguments.seed), numbers)
        print(f"\n{week_table(weeks)}")
    return 0


def _run_kind(run: tuple[Kind, int, list[str]]) -> list[Outcome]:
    return run_kind(*run)


def _search(arguments: Namespace) -> int:
    one = arguments.home
    numbers = range(arguments.hours) if one is None else range(one, one + 1)
    homes = [(arguments.seed, number) for number in numbers]
    outcomes = _spread(arguments.processes, run_home, homes)
    print(totals(outcomes), worst_homes(outcomes), sep="\n\n")
    return 0


def _frontier(arguments: Namespace) -> int:
    homes = [(arguments.seed, number) for number in range(arguments.hours)]
    outcomes = _spread(arguments.processes, run_frontier, homes)
    print(frontier_table(outcomes))
    draw_frontier(outcomes, arguments.out)
    return 0


def _solar(arguments: Namespace) -> int:
    run = partial(run_day, seed=arguments.seed)
    days = _spread(arguments.processes, run, DAYS)
    print(solar_table(each for outcomes in days for each in outcomes))
    return 0


def _spread[I, O](
    processes: int | None, work: Callable[[I], O], inputs: Iterable[I]
) -> list[O]:
    """Do the work on every input, in so many processes (None: one for each core)."""
    if processes == 1:
        return [work(each) for each in inputs]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(work, inputs))


def _compute(arguments: Namespace) -> int:
    costs = (compute.measure(*size, arguments.decisions) for size in compute.SIZES)
    return int(not compute.print_table(costs))


def _latency(_arguments: Namespace) -> int:
    return int(not latency.print_table(asyncio.run(latency.measure())))


def _closed_loop(arguments: Namespace) -> int:
    paths = sorted(SCENARIOS.glob("*.json")) if arguments.all else [arguments.scenario]
    scenarios = [load(path) for path in paths]
    if arguments.told is not None:
        scenarios = [told(scenario, arguments.told) for scenario in scenarios]
    if len(paths) == 1:
        reports = [run_scenario(scenarios[0])]
    else:
        reports = _spread(None, partial(run_file, way=arguments.told), paths)
    misses = {
        scenario.name: report.misses(scenario)
        for scenario, report in zip(scenarios, reports, strict=True)
    }
    if arguments.json:
        dicts = [
            {**report.as_dict(), "misses": misses[report.scenario]}
            for report in reports
        ]
        print(json.dumps(dicts if arguments.all else dicts[0], indent=2))
    else:
        _print_table(reports)
        _print_misses(misses)
    return int(any(misses.values()))


def _print_table(reports: list[Report]) -> None:
    width = max(len(report.scenario) for report in reports)
    print(" " * width, *(f"{heading:>8}" for heading, _, _ in _COLUMNS))
    for report in reports:
        cells = (shape.format(report.figure(name)) for _, name, shape in _COLUMNS)
        print(f"{report.scenario:<{width}}", *(f"{cell:>8}" for cell in cells))


def _print_misses(misses: dict[str, list[str]]) -> None:
    for name, lines in misses.items():
        for line in lines:
            print(f"{name}: {line}")


if __name__ == "__main__":
    sys.exit(main())
