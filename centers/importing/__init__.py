"""Lists of test centres: read, matched with what is stored, reviewed and applied."""
