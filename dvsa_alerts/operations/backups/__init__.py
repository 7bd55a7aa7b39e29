"""Backups, and the ways back from them."""
