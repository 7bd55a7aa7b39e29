"""Searching for slots: what a search is, its form, its page of results."""
