"""What limits power beside the fuses."""
