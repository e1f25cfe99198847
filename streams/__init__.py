"""What happened: facts, counted exactly.

::

 streams/   WHAT HAPPENED   facts, exact                dashboard/  WHAT IT MEANS   judgement, delivery           layouts/ + assets/  HOW IT LOOKS
 Kafka -> kafka_log -> ledger -> store ==Redis==> floor -> people -> board ==Redis==> web ----------------------> browser
             ^ sources/                             ^ site, rules                       ^ layouts draw a page once,
             vendor formats                         what the centre decided             assets/js fills it with frames
"""
