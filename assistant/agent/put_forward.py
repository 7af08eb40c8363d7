"""Keep the plan of a call as a proposal that a person can decide on."""

from typing import Any

from assistant.plan.proposals import Proposals, StoredProposal
from assistant.tools.door import CallRecord, json_safe
from assistant.tools.tool import Context


def put_forward(record: CallRecord, context: Context, proposals: Proposals) -> StoredProposal | None:
    """The stored proposal of a call; None if the call made no plan."""
    proposal = record.outcome.proposal if record.outcome else None
    if proposal is None:
        return None
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
    if proposal.origin:
        made["origin"] = proposal.origin
    plan, inputs, made = json_safe([proposal.plan, proposal.inputs, made])
    return proposals.put(proposal.kind, proposal.summary, plan, inputs, made)
