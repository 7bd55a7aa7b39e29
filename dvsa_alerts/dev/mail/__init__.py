"""The mail server of development, and the pages that show what it was given."""
