"""Lists of postcodes: read in any published layout, checked, and put in place at once."""
