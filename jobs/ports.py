"""Whether a port of this machine is free, asked before a server is started that would tell it in many lines."""

import socket


def try_port(host: str, port: int) -> None:
    """Raise OSError where nothing can listen there now, OverflowError where it is no port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: closed connections don't count
        probe.bind((host, port))
        probe.listen()
