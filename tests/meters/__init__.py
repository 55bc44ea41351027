"""The measurement devices, on real sockets."""
