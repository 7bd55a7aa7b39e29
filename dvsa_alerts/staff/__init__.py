"""What all of admin shares: the site, its first page, and how long staff stay signed in."""
