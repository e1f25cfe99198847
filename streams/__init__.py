"""What happened: facts, exact.

::

 streams/   WHAT HAPPENED   facts, exact                dashboard/  WHAT IT MEANS   judgement, delivery           layouts/ + assets/  HOW IT LOOKS
 Kafka -> fetch -> decode -> ledger -> counters -> store ==Redis==> read_model -> publish ==Redis==> web ----------> browser
                     ^ sources/                                       ^ rules/                         ^ layouts draw a page once,
                     vendor formats                                   pure functions                     assets/js fills it with frames
"""
