"""The faults' commands; see scripts/faults."""

from argparse import ArgumentParser, Namespace
from concurrent.futures import ProcessPoolExecutor
import sys

from .matrix import Outcome, by_home, run_home, runs
from .table import names_of, table


def main(argv: list[str] | None = None) -> int:
    """Run what the command line asks for; return 1 where a fuse could be helped."""
    arguments = _parse(argv)
    return int(not _in_virtual_time(arguments))


def _parse(argv: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("--pairs", type=int, default=220, help="of two at once (220)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="runs of this name, as 1005.22")
    parser.add_argument("--processes", type=int, default=1, help="at a time (1)")
    return parser.parse_args(argv)


def _in_virtual_time(arguments: Namespace) -> bool:
    wanted = [
        each
        for each in runs(arguments.pairs, arguments.seed)
        if arguments.only in ("", each.name)
    ]
    homes = list(by_home(wanted))
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(arguments.processes) as processes:
        for some in processes.map(run_home, homes):
            outcomes += some
    print(table(outcomes), names_of(outcomes), sep="\n\n", flush=True)
    return not any(each.failed for each in outcomes)


if __name__ == "__main__":
    sys.exit(main())
