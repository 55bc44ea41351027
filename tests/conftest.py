"""What all tests share."""

from pathlib import Path

import pytest

# Home Assistant's test directory has a custom_components of its own; ours comes first.
import custom_components  # noqa: F401


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what only this project's tests know."""
    parser.addoption(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="keep the pictures of the set-up there, as docs/setup.md shows them",
    )
