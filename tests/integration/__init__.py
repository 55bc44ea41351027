"""The integration in a Home Assistant, through its flows, states and actions."""
