"""The learner's own pages, and those that mails link to."""
