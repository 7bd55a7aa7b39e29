"""From openings to alerts: which saved searches an opening fits."""
