"""Adds hard rules to a CP-SAT model under their names, so that a conflict can be told in the hospital's words."""

from ortools.sat.python import cp_model

from assistant.plan.result import Reason

RuleKey = tuple[str, str]
"""Kind and subject of a rule, e.g. `("absence", "N014")`; unique within a plan problem."""


class RuleBook:
    """The hard rules of one CP-SAT model.

    Args:
        model: Where the constraints go.
        switchable: Give every rule a switch literal; the rule holds only while its switch is true. Used to
            find the rules in the way; plans are searched without switches, which is faster.
    """

    def __init__(self, model: cp_model.CpModel, switchable: bool = False) -> None:
        self.model = model
        self.switchable = switchable
        self.reasons: dict[RuleKey, Reason] = {}
        self.switches: dict[RuleKey, cp_model.IntVar] = {}

    def require(self, rule: Reason, *constraints: cp_model.BoundedLinearExpression | bool) -> None:
        """Makes all `constraints` hold, as parts of the one rule named by `rule`."""
        key = (rule.kind, rule.subject)
        self.reasons.setdefault(key, rule)
        for constraint in constraints:
            added = self.model.add(constraint)
            if self.switchable:
                added.only_enforce_if(self._switch(key))

    def _switch(self, key: RuleKey) -> cp_model.IntVar:
        if key not in self.switches:
            self.switches[key] = self.model.new_bool_var(f"rule {key[0]} {key[1]}")
        return self.switches[key]
