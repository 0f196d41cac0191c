"""
Sends with the real Apprise library, as an independent sender. One argument, JSON: {"url", "title", "body", "type", "attach": path or null,
"pushover": address in the place of Pushover's own or null}. Prints {"sent": true or false, "logs": [...]}.
"""
import json
import sys

import apprise
from apprise.plugins.pushover import NotifyPushover

wanted = json.loads(sys.argv[1])
if wanted.get("pushover"):
    NotifyPushover.notify_url = wanted["pushover"]
sender = apprise.Apprise(asset=apprise.AppriseAsset(body_format="text"))
sender.add(wanted["url"])
result = sender.notify(wanted["body"], title=wanted["title"], notify_type=wanted.get("type", "info"), attach=wanted.get("attach"))
print(json.dumps({"sent": bool(result), "logs": [entry.message for entry in result.logs()]}))
