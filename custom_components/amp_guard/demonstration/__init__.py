"""A simulated home inside Home Assistant, to try the balancing without any device.

Simple on purpose: what it draws has the shape of a home's evening, not its detail. The
project's own simulator, which tests the balancing, is another one.
"""
