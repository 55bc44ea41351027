"""Endurance: days, reloads and many chargers, in Home Assistant's test harness."""
