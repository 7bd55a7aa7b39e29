"""Slow clients hold at most half of a process's threads, and none for long; nothing is timed."""

import socket
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from dvsa_alerts import web_worker
from dvsa_alerts.web_worker import Line, Patience


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(web_worker, "SLOW_SECONDS", 0.02)
    monkeypatch.setattr(web_worker, "REQUEST_SECONDS", 0.2)


@pytest.fixture
def pairs() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """Three clients and their ends at the server."""
    made = [socket.socketpair() for _ in range(3)]
    yield made
    for pair in made:
        for end in pair:
            end.close()


def test_what_comes_in_time_is_received(pairs):
    client, server = pairs[0]
    client.sendall(b"a body")
    assert Line(server, Patience(1)).recv(100) == b"a body"


def test_a_body_that_trickles_is_cut_off_after_the_time_for_all_of_it(pairs):
    """The attack: a byte a second, for as long as one likes; each byte began the time afresh."""
    client, server = pairs[0]
    line, stop = Line(server, Patience(1)), threading.Event()

    def trickle():
        while not stop.wait(0.005):
            client.sendall(b"x")

    sender = threading.Thread(target=trickle)
    sender.start()
    try:
        with pytest.raises(ConnectionResetError):
            b"".join(iter(partial(line.recv, 1), b""))
    finally:
        stop.set()
        sender.join()


def test_one_slow_client_more_than_half_the_threads_is_cut_off_at_once(pairs):
    patience = Patience(2)
    lines = [Line(server, patience) for _, server in pairs]
    assert patience.begin()
    assert patience.begin()
    with pytest.raises(ConnectionResetError):
        lines[0].recv(1)


def test_who_has_been_served_leaves_the_place_to_the_next(pairs):
    client, server = pairs[0]
    patience = Patience(1)
    line = Line(server, patience)
    threading.Timer(0.06, client.sendall, [b"late"]).start()
    assert line.recv(10) == b"late"
    assert not patience.begin()
    line.end()
    assert patience.begin()


def test_a_time_that_the_server_has_set_for_its_own_ends_counts(pairs):
    _, server = pairs[0]
    line = Line(server, Patience(1))
    line.settimeout(0.01)
    with pytest.raises(TimeoutError):
        line.recv(1)


def test_an_answer_that_nobody_takes_is_given_up(pairs, monkeypatch):
    monkeypatch.setattr(web_worker, "ANSWER_SECONDS", 0.05)
    _, server = pairs[0]
    with pytest.raises(TimeoutError):
        Line(server, Patience(1)).sendall(bytes(10_000_000))
