"""What every mail has in common: its headers, its one outbox, and what a refusal means."""
