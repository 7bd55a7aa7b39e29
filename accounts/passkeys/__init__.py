"""Passkeys: a key that a phone or computer keeps, and uses once its owner has unlocked it there.

For learners one is a way to sign in, for staff it is their second factor as well (see
`accounts.second_factor`).
"""
