"""How often one network may ask, and one account be tried."""
