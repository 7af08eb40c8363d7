"""Users who ask a server at once, each one question after another, and what they see: first token, end, tokens."""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

# A server that is slower than this for one request is out of use anyway.
_REQUEST_SECONDS = 300.0


@dataclass(frozen=True)
class Seen:
    """One request as its user saw it.

    Attributes:
        first: Seconds to the first token; 0 if none came.
        total: Seconds to the end.
        tokens: Tokens of the reply.
        read: Tokens of the prompt.
        error: What went wrong; empty if nothing did.
    """

    first: float
    total: float
    tokens: int
    read: int
    error: str = ""


@dataclass(frozen=True)
class Load:
    """What many users saw.

    Attributes:
        users: How many asked at once.
        seconds: From the first request to the end of the last.
        seen: Each request.
    """

    users: int
    seconds: float
    seen: tuple[Seen, ...]

    def row(self) -> dict[str, Any]:
        """The figures of one line of a table; times in seconds, rates per second."""
        fine = [one for one in self.seen if not one.error]
        firsts, totals = [one.first for one in fine], [one.total for one in fine]
        return {
            "users": self.users,
            "requests": len(self.seen),
            "errors": len(self.seen) - len(fine),
            "requests_s": round(len(fine) / self.seconds, 2),
            "written_s": round(sum(one.tokens for one in fine) / self.seconds, 1),
            "read_s": round(sum(one.read for one in fine) / self.seconds, 1),
            "first_median": _quantile(firsts, 0.5),
            "first_p90": _quantile(firsts, 0.9),
            "total_median": _quantile(totals, 0.5),
            "total_p90": _quantile(totals, 0.9),
        }


def measure(
    base_url: str, bodies: Sequence[dict[str, Any]], users: int, seconds: float, key: str = "", seed: int = 1
) -> Load:
    """Let `users` ask for `seconds`; what was begun by then is waited for.

    Args:
        base_url: Of the server, with `/v1`.
        bodies: Chat completion requests to draw from, without the streaming options.
        users: Who ask at once; each begins the next request when the last has ended.
        seconds: How long new requests are begun.
        key: Of the server; empty for none.
        seed: Of the draws.
    """
    return asyncio.run(_measure(base_url, bodies, users, seconds, key, seed))


async def _measure(
    base_url: str, bodies: Sequence[dict[str, Any]], users: int, seconds: float, key: str, seed: int
) -> Load:
    limits = httpx.Limits(max_connections=users, max_keepalive_connections=users)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(base_url=base_url, timeout=_REQUEST_SECONDS, limits=limits, headers=headers) as client:
        began = time.monotonic()
        draws = [random.Random(f"{seed} {user}") for user in range(users)]
        seen = await asyncio.gather(*(_user(client, bodies, draw, began + seconds) for draw in draws))
        return Load(users, time.monotonic() - began, tuple(one for rows in seen for one in rows))


async def _user(
    client: httpx.AsyncClient, bodies: Sequence[dict[str, Any]], draw: random.Random, until: float
) -> list[Seen]:
    seen = []
    while time.monotonic() < until:
        seen.append(await _request(client, draw.choice(bodies)))
        if seen[-1].error:
            # Nobody asks a server that refuses in a tight loop.
            await asyncio.sleep(0.2)
    return seen


async def _request(client: httpx.AsyncClient, body: dict[str, Any]) -> Seen:
    streamed = {**body, "stream": True, "stream_options": {"include_usage": True}}
    began, first = time.monotonic(), 0.0
    usage: dict[str, int] = {}
    try:
        async with client.stream("POST", "/chat/completions", json=streamed) as answer:
            if answer.status_code != httpx.codes.OK:
                told = (await answer.aread()).decode("utf-8", "replace")[:200]
                return Seen(0, time.monotonic() - began, 0, 0, f"{answer.status_code} {told}")
            async for line in answer.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                piece = json.loads(line.removeprefix("data: "))
                if not first and any(choice["delta"].get("content") for choice in piece.get("choices", ())):
                    first = time.monotonic() - began
                usage = piece.get("usage") or usage
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return Seen(0, time.monotonic() - began, 0, 0, f"{type(error).__name__}: {error}")
    total = time.monotonic() - began
    wrong = "" if first else "no text came"
    return Seen(first, total, usage.get("completion_tokens", 0), usage.get("prompt_tokens", 0), wrong)


def _quantile(values: Sequence[float], share: float) -> float | None:
    """A quantile by linear interpolation, in milliseconds' precision; None of nothing."""
    if len(values) < 2:
        return round(values[0], 3) if values else None
    return round(statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1], 3)
