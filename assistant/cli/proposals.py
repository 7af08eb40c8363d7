"""assistant proposals: what was put forward, and a person's decision on it."""

import argparse
from typing import Any

from assistant.app import open_app
from assistant.cli.output import print_json
from assistant.cli.session import add_who, user_of
from assistant.plan.proposals import APPROVED, REJECTED, StoredProposal
from assistant.tools.check_forecasts import plan_words


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("proposals", help="list, show, approve or reject proposed plans")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("list", help="all proposals, newest first").set_defaults(run=list_proposals)
    for name, run, text in (
        ("show", show, "one proposal, whole"),
        ("approve", approve, "approve a proposal"),
        ("reject", reject, "reject a proposal, with a reason"),
    ):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("id", help="e.g. P-3f2a91c04d")
        verb.set_defaults(run=run)
    verbs.choices["approve"].add_argument("--reason", default="", help="why")
    verbs.choices["reject"].add_argument("--reason", required=True, help="why")
    for verb in verbs.choices.values():
        verb.add_argument("--json", action="store_true", help="print one JSON object")
        add_who(verb)


def brief(proposal: StoredProposal) -> dict[str, Any]:
    """A proposal without plan and inputs."""
    return {name: value for name, value in vars(proposal).items() if name not in {"plan", "inputs"}}


def list_proposals(arguments: argparse.Namespace) -> int:
    """One line a proposal; a second one where what happened since lies outside the forecast that it rests on."""
    app = open_app()
    found, alerts = app.proposals.all(), plan_words(app.plan_alerts())
    if arguments.json:
        print_json({"proposals": [{**brief(one), "plan_again": alerts.get(one.id, "")} for one in found]})
    else:
        lines = [
            f"{p.id}  {p.status:8s}  {p.kind:8s}  {p.made['user']:12.12s}  {p.summary}"
            + (f"\n              {alerts[p.id]}" if p.id in alerts else "")
            for p in found
        ]
        print("\n".join(lines) or "There are no proposals. Ask for a bed plan or a roster to get one.")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """One proposal; with --json plan and inputs as well."""
    proposal = open_app().proposals.get(arguments.id)
    if arguments.json:
        print_json(vars(proposal))
        return 0
    for name, value in brief(proposal).items():
        print(f"{name:14s} {value}")
    return 0


def approve(arguments: argparse.Namespace) -> int:
    """Approve, if the role may and the records are unchanged."""
    return _decide(arguments, APPROVED)


def reject(arguments: argparse.Namespace) -> int:
    """Reject, with a reason."""
    return _decide(arguments, REJECTED)


def _decide(arguments: argparse.Namespace, verdict: str) -> int:
    app = open_app()
    decided = app.proposals.decide(
        arguments.id, verdict, user_of(arguments), arguments.role, arguments.reason, app.inputs_now
    )
    if arguments.json:
        print_json(brief(decided))
    else:
        print(f"{decided.id} is {decided.status} by {decided.decision['user']} [{decided.decision['journal_id']}].")
    return 0
