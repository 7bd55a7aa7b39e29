"""What `./dev` does: what is installed, created or running already is left as it is."""
