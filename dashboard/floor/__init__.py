"""The numbers of a floor, now or at a past moment: cells, plan, judgement, months."""
