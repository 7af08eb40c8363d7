"""Proposals: bound to their inputs, decided once, by a person who may."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.errors import ToolError
from assistant.journal.book import Journal
from assistant.plan.proposals import APPROVED, OPEN, REJECTED, Proposals, StoredProposal


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Proposals, StoredProposal]:
    """One open roster proposal."""
    proposals = Proposals(tmp_path / "proposals", Journal(tmp_path / "journal"))
    made = {"at": "2026-03-10T20:00:00", "user": "ann", "journal_id": "J-000001"}
    return proposals, proposals.put("staffing", "ICU, two weeks", {"plan": [1]}, {"inputs": [2]}, made)


def test_a_proposal_comes_back_whole_and_open(kept: tuple[Proposals, StoredProposal]) -> None:
    proposals, proposal = kept
    assert proposals.get(proposal.id) == proposal
    assert [found.id for found in proposals.all()] == [proposal.id]
    assert proposal.status == OPEN


def test_an_approval_is_recorded_with_who_and_what(kept: tuple[Proposals, StoredProposal]) -> None:
    proposals, proposal = kept
    decided = proposals.decide(proposal.id, APPROVED, "bob", "coordinator", "", lambda p: p.inputs)
    assert decided.status == APPROVED
    assert decided.decision["user"] == "bob"
    assert decided.decision["plan_sha256"] == proposal.plan_sha256


def test_changed_inputs_void_an_approval(kept: tuple[Proposals, StoredProposal]) -> None:
    proposals, proposal = kept
    with pytest.raises(ToolError, match="changed since"):
        proposals.decide(proposal.id, APPROVED, "bob", "coordinator", "", lambda p: {"inputs": [3]})
    assert proposals.get(proposal.id).status == OPEN


def test_a_rejection_needs_a_reason_but_not_unchanged_inputs(kept: tuple[Proposals, StoredProposal]) -> None:
    proposals, proposal = kept
    with pytest.raises(ToolError, match="reason"):
        proposals.decide(proposal.id, REJECTED, "bob", "coordinator", " ")
    decided = proposals.decide(proposal.id, REJECTED, "bob", "coordinator", "Chen is ill", lambda p: {})
    assert decided.decision["reason"] == "Chen is ill"


@pytest.mark.parametrize("role", ["auditor", "bed_manager", "", "nobody"])
def test_a_role_that_may_not_decide_is_refused(kept: tuple[Proposals, StoredProposal], role: str) -> None:
    proposals, proposal = kept
    with pytest.raises(ToolError, match="may not decide"):
        proposals.decide(proposal.id, APPROVED, "bob", role, "")


def test_a_proposal_is_decided_once_even_by_two_at_once(kept: tuple[Proposals, StoredProposal]) -> None:
    proposals, proposal = kept

    def decide(verdict: str) -> str:
        try:
            return proposals.decide(proposal.id, verdict, "bob", "coordinator", "why").status
        except ToolError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(decide, [APPROVED, REJECTED] * 4))
    assert ended.count("already_decided") == 7


def test_a_changed_file_is_found(kept: tuple[Proposals, StoredProposal], tmp_path: Path) -> None:
    proposals, proposal = kept
    path = tmp_path / "proposals" / f"{proposal.id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "plan": {"plan": [9]}}))
    with pytest.raises(ToolError, match="changed after"):
        proposals.get(proposal.id)


@pytest.mark.parametrize("name", ["", "P-", "P-0000000000", "../../etc/passwd", "P-../x"])
def test_an_unknown_proposal_is_told(kept: tuple[Proposals, StoredProposal], name: str) -> None:
    with pytest.raises(ToolError, match="No proposal"):
        kept[0].get(name)
