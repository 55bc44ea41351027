"""What the imports of an integration take, in a process that has Home Assistant already.

Prints s of the processor; with `traced` MB that they hold, which takes longer.
"""

from importlib import import_module
import sys
from time import process_time
import tracemalloc


def main(what: str, package: str, *components: str) -> None:
    """Import a package and its platforms, once Home Assistant's components are there."""
    import_module("homeassistant.bootstrap")
    for component in components:
        import_module(f"homeassistant.components.{component}")
    if what == "traced":
        tracemalloc.start()
    began = process_time()
    integration = import_module(package)
    for platform in integration.PLATFORMS:
        import_module(f"{package}.{platform}")
    seconds, (held, _) = process_time() - began, tracemalloc.get_traced_memory()
    print(held / 1e6 if what == "traced" else seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
