"""Proposals and the decisions on them: kept whole, bound to their inputs, decided once, by a person who may.

A proposal is one file, written once and never changed. Who decided what, when and why is in the journal; the state
of a proposal is read from there, so that there is no second truth.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import ToolError
from assistant.journal.book import Journal
from assistant.journal.entry import canonical, digest

OPEN, APPROVED, REJECTED = "open", "approved", "rejected"
_LETTERS = {"proposal": "P-", "attempt": "A-"}
"""How the ids begin, by the kind of journal entry."""


@dataclass(frozen=True)
class ApprovalSettings:
    """Which roles may decide on which kind of proposal."""

    beds: tuple[str, ...] = ("administrator", "bed_manager")
    staffing: tuple[str, ...] = ("administrator", "coordinator")

    def may(self, role: str, kind: str) -> bool:
        """True if `role` may approve or reject a proposal of `kind`; unknown kinds may nobody decide."""
        return role in getattr(self, kind, ())


@dataclass(frozen=True)
class StoredProposal:
    """A proposal as kept.

    Attributes:
        id: `P-` and ten hex digits; `A-` for an attempt.
        kind, summary, plan, inputs: As proposed.
        made: Who asked, at which records' clock, with which tool and arguments, in which journal entry.
        plan_sha256, inputs_sha256: What an approval is bound to.
        status: `open`, `approved` or `rejected`.
        decision: The journal entry's body of the decision; empty while open.
    """

    id: str
    kind: str
    summary: str
    plan: dict[str, Any]
    inputs: dict[str, Any]
    made: dict[str, Any]
    plan_sha256: str
    inputs_sha256: str
    status: str = OPEN
    decision: dict[str, Any] = field(default_factory=dict)


class Proposals:
    """The proposals in one folder, their decisions in one journal."""

    def __init__(self, folder: Path, journal: Journal, settings: ApprovalSettings | None = None) -> None:
        self.folder = folder
        self._journal = journal
        self._settings = settings or ApprovalSettings()

    def put(
        self, kind: str, summary: str, plan: dict[str, Any], inputs: dict[str, Any], made: dict[str, Any]
    ) -> StoredProposal:
        """Keep a new proposal and note it in the journal; returns it once both are durable."""
        return self._keep("proposal", kind, summary, plan, inputs, made)

    def put_attempt(
        self, kind: str, summary: str, plan: dict[str, Any], inputs: dict[str, Any], made: dict[str, Any]
    ) -> StoredProposal:
        """Keep what a plan was to be computed from where there is none, so that it can be asked why; as `put`."""
        return self._keep("attempt", kind, summary, plan, inputs, made)

    def _keep(
        self, entry: str, kind: str, summary: str, plan: dict[str, Any], inputs: dict[str, Any], made: dict[str, Any]
    ) -> StoredProposal:
        hashes = {"plan_sha256": digest(plan), "inputs_sha256": digest(inputs)}
        name = _LETTERS[entry] + digest({"kind": kind, "made": made, **hashes})[:10]
        proposal = StoredProposal(
            name, kind, summary, plan, inputs, made, hashes["plan_sha256"], hashes["inputs_sha256"]
        )
        self._write(proposal)
        self._journal.append(entry, {"id": name, "kind": kind, "summary": summary, "made": made, **hashes})
        return proposal

    def all(self, attempts: bool = False) -> list[StoredProposal]:
        """All proposals, newest first; with `attempts` also those for which no plan was found."""
        kinds = set(_LETTERS) if attempts else {"proposal"}
        names = [entry.body["id"] for entry in self._journal.entries() if entry.kind in kinds]
        decisions = self._decisions()
        return [self._load(name, decisions) for name in reversed(names)]

    def get(self, name: str) -> StoredProposal:
        """One proposal; raises ToolError if there is none of that name or its file was changed."""
        return self._load(name.strip(), self._decisions())

    def decide(
        self,
        name: str,
        verdict: str,
        user: str,
        role: str,
        reason: str,
        inputs_now: Callable[[StoredProposal], dict[str, Any]] | None = None,
    ) -> StoredProposal:
        """Approve or reject, once.

        Args:
            name: The proposal's id.
            verdict: `approved` or `rejected`.
            user: Who decides.
            role: The role that person has in the session; checked against the settings.
            reason: Why; needed for a rejection.
            inputs_now: Computes the inputs anew from the records; if they differ from those the plan was computed
                from, an approval is refused, since the person would approve something else than they see.

        Raises:
            ToolError: Not allowed, no reason for a rejection, already decided, or the inputs changed.
        """
        with self._locked():
            proposal = self.get(name)
            self._check(proposal, verdict, role, reason)
            if verdict == APPROVED and inputs_now and digest(inputs_now(proposal)) != proposal.inputs_sha256:
                raise ToolError(
                    f"{proposal.id} cannot be approved: the records it was computed from have changed since. "
                    "Ask for a new plan.",
                    code="inputs_changed",
                )
            body = {
                "id": proposal.id,
                "verdict": verdict,
                "user": user,
                "role": role,
                "reason": reason,
                "plan_sha256": proposal.plan_sha256,
                "inputs_sha256": proposal.inputs_sha256,
            }
            self._journal.append("decision", body)
            return self.get(name)

    def _check(self, proposal: StoredProposal, verdict: str, role: str, reason: str) -> None:
        if verdict not in {APPROVED, REJECTED}:
            raise ValueError(f"verdict must be {APPROVED} or {REJECTED}, not {verdict!r}")
        if proposal.id.startswith(_LETTERS["attempt"]):
            raise ToolError(f"{proposal.id} holds no plan; there is nothing to decide.", code="no_plan_in_it")
        if not self._settings.may(role, proposal.kind):
            allowed = ", ".join(getattr(self._settings, proposal.kind, ())) or "nobody"
            raise ToolError(
                f"The role '{role}' may not decide on {proposal.kind} proposals; {allowed} may.", code="not_allowed"
            )
        if verdict == REJECTED and not reason.strip():
            raise ToolError('A rejection needs a reason: --reason "...".', code="reason_missing")
        if proposal.status != OPEN:
            by = proposal.decision
            raise ToolError(
                f"{proposal.id} was already {proposal.status} by {by.get('user')} ({by.get('reason') or 'no reason'}).",
                code="already_decided",
            )

    def _decisions(self) -> dict[str, dict[str, Any]]:
        """The first decision on each proposal (a second one is never written)."""
        found: dict[str, dict[str, Any]] = {}
        for entry in self._journal.entries():
            if entry.kind == "decision":
                found.setdefault(entry.body["id"], {**entry.body, "time": entry.time, "journal_id": entry.id})
        return found

    def _load(self, name: str, decisions: dict[str, dict[str, Any]]) -> StoredProposal:
        path = self.folder / f"{name}.json"
        if not name.startswith(tuple(_LETTERS.values())) or not name[2:].isalnum() or not path.exists():
            raise ToolError(f"No proposal '{name}'. `assistant proposals list` shows those there are.", "no_proposal")
        kept = StoredProposal(**json.loads(path.read_bytes()))
        if digest(kept.plan) != kept.plan_sha256 or digest(kept.inputs) != kept.inputs_sha256:
            raise ToolError(f"The file of {name} was changed after it was written; it cannot be used.", "damaged")
        decision = decisions.get(name)
        if decision is None:
            return kept
        return StoredProposal(**{**vars(kept), "status": decision["verdict"], "decision": decision})

    def _write(self, proposal: StoredProposal) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{proposal.id}.json"
        beside = path.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(canonical(vars(proposal)))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "decide.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
