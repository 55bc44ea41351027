"""What all tests share."""

# Home Assistant's test directory has a custom_components of its own; ours comes first.
import custom_components  # noqa: F401
