"""What monitors and people on call are told: health, metrics, signs of life."""
