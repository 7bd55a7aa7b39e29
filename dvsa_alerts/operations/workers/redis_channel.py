"""A channel to Redis whose worker outlives the loss of its connection.

A message that was taken over a connection is acknowledged, or put back, over its channel. Where
that connection has been given up meanwhile, kombu 5.7 looks for its address in None; the
AttributeError is no connection error to Celery, and ends the worker, often without ending its
process. Said as what it is, it is logged, and the worker goes on with its new connection.
"""

from typing import Any

from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(kombu_redis.Channel):
    """Says that its connection is gone in the words that Celery expects."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("this channel's connection to Redis has been given up")
        return dict(super()._connparams(asynchronous=asynchronous))  # type: ignore[misc]


def install() -> None:
    """Let every connection to Redis that Celery makes use it."""
    kombu_redis.Transport.Channel = Channel
