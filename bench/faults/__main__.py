"""The faults' commands; see scripts/faults."""

from argparse import ArgumentParser, Namespace
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import sys

from .matrix import by_home, run_home, runs
from .real import run_real
from .real_faults import REAL_FAULTS
from .real_table import real_table
from .table import names_of, table, totals

HOMES = 5
"""Home Assistants that have the faults of real time, side by side: mostly they wait."""


def main(argv: list[str] | None = None) -> int:
    """Run what the command line asks for.

    Returns 1 where a fuse went although a charger could still be told.
    """
    arguments = _parse(argv)
    well = True
    if arguments.all or arguments.real is not None:
        well = _in_real_time(arguments.real or "")
        if not arguments.all:
            return int(not well)
        print()
    return int(not _in_virtual_time(arguments) or not well)


def _parse(argv: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("--pairs", type=int, default=220, help="of two at once (220)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="the run of this name, as 1005.22")
    parser.add_argument("--processes", type=int, default=1, help="at a time (1)")
    parser.add_argument(
        "--real",
        nargs="?",
        const="",
        metavar="TEXT",
        help="those of real time (whose name has this) with a real Home Assistant",
    )
    parser.add_argument("--all", action="store_true", help="both")
    parser.add_argument(
        "--heater",
        action="store_true",
        help="with a water heater at each home that is no controllable load, and is one",
    )
    return parser.parse_args(argv)


def _in_virtual_time(arguments: Namespace) -> bool:
    wanted = [
        each
        for each in runs(arguments.pairs, arguments.seed)
        if arguments.only in ("", each.name)
    ]
    well = True
    for heater in (False, True) if arguments.heater else (None,):
        run = partial(run_home, heater=heater)
        if arguments.processes > 1:
            with ProcessPoolExecutor(arguments.processes) as processes:
                found = list(processes.map(run, by_home(wanted)))
        else:
            found = [run(together) for together in by_home(wanted)]
        outcomes = [each for some in found for each in some]
        if heater is not None:
            print(
                f"\nThe water heater is {'' if heater else 'no '}controllable load.\n"
            )
        print(
            table(outcomes),
            totals(outcomes),
            names_of(outcomes),
            sep="\n\n",
            flush=True,
        )
        well = well and not any(each.failed for each in outcomes)
    return well


def _in_real_time(text: str) -> bool:
    names = [fault.name for fault in REAL_FAULTS if text in fault.name]
    shares = [names[number::HOMES] for number in range(HOMES)]
    with ProcessPoolExecutor(HOMES) as processes:
        found = processes.map(run_real, filter(None, shares))
        outcomes = {each.name: each for some in found for each in some}
    print(real_table(outcomes[name] for name in names), flush=True)
    return not any(each.failed for each in outcomes.values())


if __name__ == "__main__":
    sys.exit(main())
