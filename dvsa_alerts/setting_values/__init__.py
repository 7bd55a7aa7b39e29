"""What each kind of variable may say: readers of its text, which raise BadValue with the rule."""
