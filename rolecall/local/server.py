"""The server process: `python -m rolecall.local.server`, started by rolecall.local.launch and by nothing else.

It gets its order as one line of JSON on standard input, so that no secret is on a command line or in the environment.
Then it detaches, and serves ministack behind the guard on the socket it inherited, until it gets SIGTERM or SIGINT or
its starter goes away.
"""

import asyncio
import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from rolecall.local.launch import RELEASE
from rolecall.local.state import Launch, StateDir

if TYPE_CHECKING:
    from rolecall.local.guard.asgi import Application, Receive, Scope, Send

GRACEFUL_SECONDS = 1
"""How long requests in progress may take after a signal."""

WORKER_THREADS = 64
"""ministack's own default (MINISTACK_WORKER_THREADS) for CloudFormation and other background work."""


@dataclass(frozen=True)
class Order:
    """What the starter wants."""

    state_dir: str
    listener: int  # file descriptor of the listening socket
    lock: int  # file descriptor that holds state_dir/server.lock
    port: int
    guarded: bool
    admin_token: str = field(repr=False)
    root_secret: str = field(repr=False)


def main() -> NoReturn:
    """Detach, record the process, serve."""
    if os.fork():
        os._exit(0)  # the starter waits for this one; the child goes on without a parent
    leash = open(0, "rb", buffering=0)  # noqa: SIM115 -- read until the process ends; unbuffered, as a thread waits on it
    order = Order(**json.loads(leash.readline()))
    for descriptor in (order.listener, order.lock):
        os.set_inheritable(descriptor, False)
    state = StateDir(Path(order.state_dir))
    launch = Launch(
        pid=os.getpid(),
        port=order.port,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        admin_token=order.admin_token,
        root_secret=order.root_secret,
    )
    application = _application(order, state)
    state.write_launch(launch)
    asyncio.new_event_loop().run_until_complete(_serve(order, state, application, leash))
    # Not through asyncio's own end: it waits half a minute for each client that does not say goodbye in TLS. Nothing is
    # lost, the state is in memory only.
    os._exit(0)


def _application(order: Order, state: StateDir) -> "Application":
    import ministack.app  # type: ignore[import-untyped]  # noqa: PLC0415 -- reads the environment and takes half a second

    plain: Application = ministack.app.app

    async def without_lifespan(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await plain(scope, receive, send)

    if not order.guarded:
        return without_lifespan
    from rolecall.local.guard import guard  # noqa: PLC0415 -- hooks into ministack, so only here

    journal = state.assume_role_journal
    return guard(without_lifespan, admin_token=order.admin_token, root_secret=order.root_secret, journal=journal)


async def _lifespan(receive: "Receive", send: "Send") -> None:
    """Start and end without ministack's own routine, of which only the loop and the threads are needed.

    It would also run start-up scripts that it finds on the machine, open further ports and look for containers.
    """
    import ministack.app  # noqa: PLC0415 -- see above

    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            ministack.app._MAIN_LOOP = asyncio.get_running_loop()
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=WORKER_THREADS))
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _serve(order: Order, state: StateDir, application: "Application", leash: BinaryIO) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415 -- this process alone needs it
    from hypercorn.config import Config  # noqa: PLC0415 -- as above

    stop = _stop_event(leash)
    config = Config()
    config.bind = [f"fd://{order.listener}"]
    config.certfile = config.keyfile = str(state.server_certificate)
    config.graceful_timeout = config.shutdown_timeout = GRACEFUL_SECONDS
    config.loglevel = "WARNING"
    serving = asyncio.create_task(serve(application, config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({serving}, timeout=GRACEFUL_SECONDS)
    if serving.done():
        serving.result()


def _stop_event(leash: BinaryIO) -> asyncio.Event:
    """Set by SIGTERM, by SIGINT, and by the end of the starter before it has released the leash."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def follow() -> None:
        if leash.readline() != RELEASE:
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=follow, name="leash", daemon=True).start()
    return stop


if __name__ == "__main__":
    main()
