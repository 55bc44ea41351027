"""The closed loop in virtual time: the balancer against the simulator's physics."""
