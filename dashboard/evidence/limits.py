"""The limit h of ``drop`` by stratum: how far the CUSUM must rise to be one false alarm per 500-agent shift (rules.md 9).

The default is what research/reliability.md C3 found for Poisson calls by calls per hour; between its volumes the limit is
interpolated over the logarithm of the volume, beyond them it stays.
"""

import numpy as np

from dashboard.rules.deduction import Numbers

_PER_HOUR = (6.0, 10.0, 20.0, 40.0)
_LIMITS = (5.15, 6.15, 7.31, 8.51)


def default_limit(counted: Numbers, expected: Numbers, exposed_s: Numbers) -> float:
    """Calls, expected calls and exposure of the past agent-shifts x hours of one stratum -> h; without hours the highest."""
    del expected
    hours = float(exposed_s.sum()) / 3600
    if hours <= 0:
        return _LIMITS[-1]
    per_hour = max(float(counted.sum()) / hours, _PER_HOUR[0])
    return float(np.interp(np.log(per_hour), np.log(_PER_HOUR), _LIMITS))
