"""Writing saved searches: saved, narrowed, paused, ended."""
