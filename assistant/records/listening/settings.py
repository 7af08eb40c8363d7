"""Settings of the listener: its limits, and after how much silence a sender is reported."""

import ipaddress
from dataclasses import dataclass

_MINUTE = 60


@dataclass(frozen=True)
class ListeningSettings:
    """What a site may want to set about live messages.

    Attributes:
        longest_message: Bytes; a longer message is refused (AR) and never held whole.
        most_connections: Connections at one time; the next one is closed with a line in the log.
        most_held: Bytes of unfinished messages held over all connections together.
        frame_seconds: A message that has begun and does not end within this time is given up.
        senders: Addresses or networks that may connect (`10.0.0.0/8`); empty: all that reach the port.
        silence_minutes: After this much silence a sender is reported, until its usual gaps are known.
        silence_least: Never report a silence shorter than this, in minutes, whatever the usual gaps are.
        silence_times: Report a silence this many times as long as the usual longest gap of a day.
        silence_set: Minutes of silence for single senders, `APPLICATION|FACILITY=30`; 0: not watched.
    """

    longest_message: int = 8_388_608
    most_connections: int = 128
    most_held: int = 134_217_728
    frame_seconds: float = 60.0
    senders: tuple[str, ...] = ()
    silence_minutes: int = 60
    silence_least: int = 15
    silence_times: float = 3.0
    silence_set: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check what can be checked without a network; each message names the key."""
        for name in ("longest_message", "most_connections", "most_held", "frame_seconds", "silence_times"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} = {getattr(self, name)}: expected a number above 0")
        self.networks()
        self.silences()

    def networks(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        """The networks that may connect; empty: all."""
        try:
            return [ipaddress.ip_network(text, strict=False) for text in self.senders]
        except ValueError as error:
            raise ValueError(
                f"senders: {error}; expected addresses or networks such as 10.1.2.3 or 10.0.0.0/8"
            ) from None

    def may_connect(self, address: str) -> bool:
        """True if a sender at this address may connect."""
        if not self.senders:
            return True
        try:
            found = ipaddress.ip_address(address.split("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None) or found
        return any(mapped in network for network in self.networks())

    def silences(self) -> dict[str, int]:
        """Seconds of silence that were set, by sender (MSH-3 and MSH-4 with `|` between)."""
        found = {}
        for text in self.silence_set:
            sender, _, minutes = text.rpartition("=")
            if not sender or not minutes.strip().isdigit():
                raise ValueError(f"silence_set {text!r}: expected APPLICATION|FACILITY=MINUTES, such as PAS|MAIN=30")
            found[sender.strip()] = int(minutes) * _MINUTE
        return found
