"""What turns: measure, decide, command, publish; and what is kept of it."""
