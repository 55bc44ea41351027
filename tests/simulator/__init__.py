"""The physics of the simulator."""
