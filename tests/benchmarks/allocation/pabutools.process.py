"""Answers, one JSON object per line: how long pabutools takes for an election and a rule, and what it selects.

pabutools is under the GPL: it runs here alone, and nothing of it is part of the product.
"""

import json
import sys
import time

from pabutools.election import ApprovalMultiProfile, Cost_Sat, parse_pabulib
from pabutools.election.satisfaction import AdditiveSatisfaction
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule



class PointsTimesCost(AdditiveSatisfaction):
    def __init__(self, instance, profile, ballot):
        super().__init__(instance, profile, ballot, lambda _i, _p, points, project, _v: points.get(project, 0) * project.cost)


def votes(profile, project):
    if isinstance(profile, ApprovalMultiProfile):
        return profile.approval_score(project)
    return sum(profile.multiplicity(ballot) for ballot in profile if project in ballot)


TIES = TieBreakingRule(lambda _, profile, project: (project.cost, -votes(profile, project), project.name))
elections = {}


def decide(path, rule):
    if path not in elections:
        instance, profile = parse_pabulib(path)
        # Like ballots together: faster, and ours does the same.
        elections[path] = instance, profile.as_multiprofile()
    instance, profile = elections[path]
    satisfaction = Cost_Sat if isinstance(profile, ApprovalMultiProfile) else PointsTimesCost
    options = {"sat_class": satisfaction, "tie_breaking": TIES}
    begun = time.perf_counter()
    if rule == "greedy":
        outcome = greedy_utilitarian_welfare(instance, profile, **options)
    else:
        increment = 1 if rule == "add1" else None
        outcome = method_of_equal_shares(instance, profile, voter_budget_increment=increment, **options)
    milliseconds = (time.perf_counter() - begun) * 1000
    return {"milliseconds": milliseconds, "selected": sorted(project.name for project in outcome)}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(decide(asked["path"], asked["rule"])), flush=True)
