"""The simulated source, for looking around."""
