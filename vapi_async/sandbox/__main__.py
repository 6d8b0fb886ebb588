"""`python -m vapi_async.sandbox --port 8787`: a sandbox on a port, in real time."""

from __future__ import annotations

import argparse
import socket
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vapi_async._http.base_url import is_loopback
from vapi_async._optional import load
from vapi_async.errors import MissingExtra

if TYPE_CHECKING:
    from .sandbox import Sandbox
    from .script_file import ScriptFile


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return the exit status."""
    options = _parser().parse_args(arguments)
    if not is_loopback(options.host):
        sys.stderr.write(f"{options.host} can be reached from elsewhere: whoever does can use this sandbox\n")
    try:
        uvicorn = load("uvicorn", "sandbox")
        load("wsproto", "sandbox")
        sandbox = _sandbox(options)
        listener = _listener(options.host, options.port)
    except (MissingExtra, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}, port {options.port}: {error}\n")
        return 2
    _serve(uvicorn, sandbox, listener, options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vapi_async.sandbox", description="A Vapi to test against.")
    parser.add_argument("--port", type=_port, default=8787, help="0 for any that is free (default: 8787)")
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine only")
    parser.add_argument("--token", help="the only one that is taken (default: any)")
    parser.add_argument("--order", choices=("desc", "asc"), default="desc", help="of bare lists (default: desc)")
    parser.add_argument("--seed", type=int, default=0, help="what ids and example values follow from")
    parser.add_argument("--contract", metavar="PATH", help="the contract.json of a generated package")
    parser.add_argument("--concurrency", type=int, default=10, help="how many calls may be under way (default: 10)")
    parser.add_argument(
        "--unknown",
        choices=("refuse", "accept"),
        default="refuse",
        help="what becomes of properties that the contract does not know (default: refuse, as Vapi does)",
    )
    parser.add_argument("--server", metavar="URL", help="the organisation's server, for its server messages")
    parser.add_argument(
        "--allow", metavar="URL", action="append", default=[], help="a server elsewhere that messages may go to"
    )
    parser.add_argument("--url", help="the address that others know it by, such as http://sandbox:8787")
    parser.add_argument("--persist", metavar="FILE", help="a file that what is stored is kept in (SQLite)")
    parser.add_argument("--script", metavar="FILE", help="how calls and chats go (JSON)")
    parser.add_argument("--public-token", help="the public key, good for web calls alone")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 2**16:
        raise argparse.ArgumentTypeError(f"{port} is no port: it must be 0 to 65535")
    return port


def _sandbox(options: argparse.Namespace) -> Sandbox:
    from .sandbox import Sandbox
    from .script_file import read_script

    script = None if options.script is None else read_script(options.script)
    sandbox = Sandbox(
        contract=options.contract,
        seed=options.seed,
        server=options.server,
        order=options.order,
        token=options.token,
        concurrency=options.concurrency,
        unknown=options.unknown,
        public_token=options.public_token,
        persist=options.persist,
        real_time=True,
    )
    # Who names a server here wants it told, wherever it is.
    for url in [*options.allow, *filter(None, [options.server])]:
        sandbox.connect(url, url)
    if script is not None:
        _prepare(sandbox, script)
    return sandbox


def _prepare(sandbox: Sandbox, script: ScriptFile) -> None:
    try:
        for call in script.calls:
            sandbox.script(**call)
    except TypeError as error:
        raise ValueError(f"a call of the script cannot be used: {error}") from error
    sandbox.script_chat(*script.chats)
    sandbox.script_runs(*script.runs)


def _listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: asyncio sends at once over such sockets alone, and answers would wait 40 ms for the other side.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _serve(uvicorn: Any, sandbox: Sandbox, listener: socket.socket, options: argparse.Namespace) -> None:
    import asyncio

    config = uvicorn.Config(sandbox.app, host=options.host, port=options.port, ws="wsproto", log_level="warning")
    listener.listen()  # before the address is printed, so that whoever reads it can connect
    name = f"[{options.host}]" if ":" in options.host else options.host
    address = f"http://{name}:{listener.getsockname()[1]}"
    address = (options.url or address).rstrip("/")
    sandbox.locate(address)

    async def serve() -> None:
        async with sandbox:
            await uvicorn.Server(config).serve(sockets=[listener])

    key = "sandbox" if options.token is None else "THE_TOKEN"
    sys.stdout.write(
        f"Vapi's sandbox listens on {address} (Ctrl-C ends it)\n"
        f"  VAPI_BASE_URL={address} VAPI_API_KEY={key} python your_program.py\n"
        f'  AsyncVapi(token="{key}", base_url="{address}")\n'
        f'  live control and listening: vapi.live(call, allow_hosts=("{urlsplit(address).hostname}",))\n'
        f"  what goes on in it: {address}/{'' if options.token is None else '?token=THE_TOKEN'}\n"
    )
    sys.stdout.flush()
    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()


if __name__ == "__main__":
    sys.exit(main())
