"""``python -m tests.house`` prints the rooms with their floors and arrows."""

import sys

from tests.golden import ROOT
from tests.house.walls import arrows, plan_of

sys.stdout.write(plan_of(arrows(ROOT)) + "\n")
