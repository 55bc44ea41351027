"""What the decision is made of, a file for each idea. Pure: no clock, no I/O."""
