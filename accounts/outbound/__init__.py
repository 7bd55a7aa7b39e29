"""Speaking to machines of strangers: where to, for how long, and how much is read."""
