"""Run one target under atheris: python -m tests.fuzz TARGET [libFuzzer's options]."""

from pathlib import Path
import sys

import atheris

with atheris.instrument_imports(include=["custom_components.amp_guard"]):
    from .targets import TARGETS

name = sys.argv[1]
corpus = str(Path(__file__).parent / "corpus" / name)
atheris.Setup([sys.argv[0], *sys.argv[2:], corpus], TARGETS[name])
atheris.Fuzz()
