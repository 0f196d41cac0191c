"""
The same burst through the Apprise library: one notification after the other to all addresses, which it sends side by side.
Arguments: EVENTS, then the addresses. Prints JSON { seconds, cpu, peak }: cpu in s, peak resident memory in MB.
"""
import json
import logging
import resource
import sys
import time

import apprise

logging.getLogger("apprise").setLevel(logging.CRITICAL)
events = int(sys.argv[1])
service = apprise.Apprise()
for address in sys.argv[2:]:
    service.add(address)
began = time.monotonic()
for n in range(events):
    service.notify(title=f"MK4 left bench: event {n}", body="lamp-vase, 62 %", notify_type=apprise.NotifyType.INFO)
seconds = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}))
