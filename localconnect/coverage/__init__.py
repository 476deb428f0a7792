"""Which actions and branches of an instance's flows its test cases reach.

limits.py     what no test case can bring about, and is left out
counting.py   an Observer that counts, and the figures
command.py    `localconnect coverage`
"""

from localconnect.coverage.command import command
from localconnect.coverage.counting import Coverage, Reached, branch_share
from localconnect.coverage.limits import can_be_reached

__all__ = ["Coverage", "Reached", "branch_share", "can_be_reached", "command"]
