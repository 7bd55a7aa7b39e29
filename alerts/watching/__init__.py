"""Whether everybody was told who should have been, and why somebody was not."""
