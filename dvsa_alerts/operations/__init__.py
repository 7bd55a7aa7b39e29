"""Running the site: what is watched, logged, backed up and thrown away, and its workers."""
