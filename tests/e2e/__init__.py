"""A real Home Assistant in charge of the simulated site, judged by its physics."""
