"""Driving chargers, against contracts and against real integrations."""
