"""The API: batches in, slots and centres out, and its own description."""
