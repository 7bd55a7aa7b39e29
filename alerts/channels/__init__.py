"""The ways a message takes to a person; nothing in here knows a model."""
