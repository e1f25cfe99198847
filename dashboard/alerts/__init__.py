"""Alerts: what somebody must be told now, by the limits of the site file; and whom and what a lead looks at first."""
