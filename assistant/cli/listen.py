"""assistant listen: HL7 v2 over MLLP, acknowledged only after it is stored."""

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable

from assistant.app import App, open_app
from assistant.cli.output import print_error, print_json
from assistant.errors import SetupError
from assistant.records.listening.server import Listener

_PORT = 2575  # registered for HL7
_OWN_MACHINE = ("127.", "::1", "localhost")
_EPILOG = """\
Each message is stored and in the census before it is acknowledged: AA stored, known already, or not needed;
AE kept in quarantine, its content cannot be used; AR not taken, send it again or mend the connection.
`assistant tool show_state --measure data_quality` shows what was noticed, and senders that have fallen silent.

Try it in a second shell (a file of messages, sent one after another, each waiting for its answer):
  assistant sample --days 3 --no-import --out demo
  python -m assistant.records.listening.sending demo/feed/*.hl7 --port 2575
Ctrl-C or SIGTERM ends it in order: what has come whole is stored and answered.

MLLP has neither login nor encryption. Bind another address than 127.0.0.1 only behind a VPN or a TLS proxy
(stunnel, HAProxy), and name the senders in settings.toml: [records.listening] senders = ["10.1.2.3"].
"""
_WORDS = {
    "en": {
        "ready": "Listening for HL7 v2 (MLLP) on {host}:{port}, site {site}. Ctrl-C ends it in order.",
        "open": "Note: {host} can be reached from outside, and MLLP has neither login nor encryption. Put a VPN or a "
        "TLS proxy before it, and name the senders in settings.toml: [records.listening] senders.",
        "ended": "Ended. {line}",
    },
    "zh": {
        "ready": "正在 {host}:{port} 接收 HL7 v2（MLLP）消息，院区 {site}。按 Ctrl-C 有序结束。",
        "open": "注意：外部可以访问 {host}，而 MLLP 既无登录也无加密。请置于 VPN 或 TLS 代理之后，"
        "并在 settings.toml 的 [records.listening] senders 中列出发送方。",
        "ended": "已结束。{line}",
    },
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "listen",
        help="receive HL7 v2 over MLLP, acknowledged only after it is stored",
        description="Receive HL7 v2 over MLLP from one or many senders until it is stopped.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: 127.0.0.1, this machine only)")
    parser.add_argument("--port", type=int, default=_PORT, help=f"port; 0: any free one (default: {_PORT})")
    parser.add_argument("--site", default="main", help="name of the sending site (default: main)")
    parser.add_argument("--progress", type=float, default=10.0, metavar="SECONDS", help="time between two counts (10)")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object when ready; counts as JSON on stderr"
    )
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the lines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Listen until SIGTERM or Ctrl-C; exit code 0."""
    if not 0 <= arguments.port <= 65535:
        raise SetupError(f"Port {arguments.port} does not exist; expected 0 (any free one) to 65535.")
    _log_to_stderr()
    app = open_app()
    listener = Listener(app.store, arguments.site, app.settings.records)
    try:
        asyncio.run(_listen(listener, arguments, _ready(app, arguments)))
    finally:
        if listener.counters.connected:
            app.journal.append("import", {"site": arguments.site, "mllp": listener.counters.to_json()})
    return 0


def _ready(app: App, arguments: argparse.Namespace) -> Callable[[str, int], None]:
    """Tells, once, where it listens; on stdout, so that a script can wait for it."""

    def tell(host: str, port: int) -> None:
        words = _WORDS[arguments.lang]
        if not host.startswith(_OWN_MACHINE):
            print_error(words["open"].format(host=host))
        if arguments.json:
            print_json({"listening": True, "host": host, "port": port, "site": arguments.site, "store": app.store.url})
        else:
            print(words["ready"].format(host=host, port=port, site=arguments.site))
        sys.stdout.flush()

    return tell


async def _listen(listener: Listener, arguments: argparse.Namespace, ready: Callable[[str, int], None]) -> None:
    """Run until a signal; the counts are told while they change, and at the end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    telling = loop.create_task(_tell_counts(listener, arguments))
    try:
        await listener.run(arguments.host, arguments.port, stop, ready)
    finally:
        telling.cancel()
    line = listener.counters.line(arguments.lang)
    print_error(_as_json(listener) if arguments.json else _WORDS[arguments.lang]["ended"].format(line=line))


async def _tell_counts(listener: Listener, arguments: argparse.Namespace) -> None:
    before = (0, 0)
    while True:
        await asyncio.sleep(max(0.1, arguments.progress))
        now = (listener.counters.messages, listener.counters.skipped)
        if now != before:
            rate = (now[0] - before[0]) / max(0.1, arguments.progress)
            line = listener.counters.line(arguments.lang)
            print_error(_as_json(listener) if arguments.json else f"{line} {rate:,.0f}/s.")
            before = now


def _as_json(listener: Listener) -> str:
    return json.dumps(listener.counters.to_json(), ensure_ascii=False)


def _log_to_stderr() -> None:
    """What the listener logs, with the time, apart from the warnings of libraries."""
    log = logging.getLogger("assistant.records.listening")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
