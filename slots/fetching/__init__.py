"""Sources that we ask, at addresses that strangers have named."""
