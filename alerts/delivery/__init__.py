"""From alerts to messages handed over: gathered, claimed, looked at again, sent, ended."""
