"""Log lines: their form, what they may not hold, and what they are about."""
