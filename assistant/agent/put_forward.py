"""Keep the plan of a call as a proposal that a person can decide on."""

from collections.abc import Callable
from typing import Any

from assistant.plan.proposals import Proposals, StoredProposal
from assistant.tools.door import CallRecord, json_safe
from assistant.tools.tool import Context, Proposal


def put_forward(record: CallRecord, context: Context, proposals: Proposals) -> StoredProposal | None:
    """The stored proposal of a call, the last one of several; None if the call made no plan."""
    stored = put_all_forward(record, context, proposals)
    return stored[-1] if stored else None


def put_all_forward(record: CallRecord, context: Context, proposals: Proposals) -> list[StoredProposal]:
    """The stored proposals of a call; none if it made no plan (an attempt is kept all the same)."""
    outcome = record.outcome
    if outcome is None:
        return []
    if outcome.attempt is not None:
        _keep(outcome.attempt, record, context, proposals.put_attempt)
    plans = [*outcome.proposals, *([outcome.proposal] if outcome.proposal else [])]
    return [_keep(plan, record, context, proposals.put) for plan in plans]


def _keep(
    proposal: Proposal, record: CallRecord, context: Context, put: Callable[..., StoredProposal]
) -> StoredProposal:
    made: dict[str, Any] = {
        "at": context.at.isoformat(),
        "user": context.user,
        "role": context.role,
        "thread": context.thread,
        "language": context.language,
        "tool": record.tool,
        "arguments": record.arguments,
        "journal_id": record.journal_id,
    }
    if record.forecasts:
        made["forecasts"] = list(record.forecasts)
    if proposal.origin:
        made["origin"] = proposal.origin
    plan, inputs, made = json_safe([proposal.plan, proposal.inputs, made])
    return put(proposal.kind, proposal.summary, plan, inputs, made)
