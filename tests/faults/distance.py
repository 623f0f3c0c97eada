"""A PostgreSQL some way off, as a hosted one is: everything takes its time to get there, and back.

    python -m tests.faults.distance SOCKET SECONDS

passes on what comes to a port, which it prints, to that Unix socket, so many seconds later, and the answers likewise.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

CHUNK = 2**16


@contextmanager
def at_a_distance(url: str, seconds: float) -> Iterator[str]:
    """The address under which a database of ours is so many seconds away."""
    here = make_url(url)
    socket = f"{here.query['host']}/.s.PGSQL.5432"
    command = [sys.executable, "-m", "tests.faults.distance", socket, str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        try:
            yield here.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
        finally:
            process.kill()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    try:
        while data := await reader.read(CHUNK):
            await asyncio.sleep(seconds)
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def _stand_between(socket: str, seconds: float) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            its_reader, its_writer = await asyncio.open_unix_connection(socket)
        except OSError:  # nobody is there: the caller is to see that at once
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, its_writer, seconds), _pass_on(its_reader, writer, seconds))

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_stand_between(sys.argv[1], float(sys.argv[2])))
