"""Tests: through flows, states, actions and the wire."""
