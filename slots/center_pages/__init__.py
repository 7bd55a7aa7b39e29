"""The pages of test centres, with what was seen of their openings."""
