"""What every mail has in common, whoever it is for: its headers, and what a refusal means."""
