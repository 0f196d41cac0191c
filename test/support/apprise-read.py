"""
Reads addresses with the real Apprise library. One argument, JSON: a list of addresses. Prints a list with what it understood of each,
null where it does not take one.
"""
import json
import logging
import sys

import apprise

logging.getLogger("apprise").setLevel(logging.CRITICAL)


def understood(service):
    kind = type(service).__name__
    if kind == "NotifyPushover":
        return {"user": service.user_key, "token": service.token, "devices": list(service.devices), "sound": service.sound, "emergency": int(service.priority) == 2}
    if kind == "NotifyPushBullet":
        return {"token": service.accesstoken, "targets": sorted(service.targets)}
    if kind == "NotifyTelegram":
        return {"token": service.bot_token, "chats": [[str(chat), topic] for chat, topic in service.targets], "silent": service.silent}
    if kind == "NotifyDiscord":
        return {"url": f"https://discord.com/api/webhooks/{service.webhook_id}/{service.webhook_token}", "thread": service.thread_id}
    if kind == "NotifyEmail":
        return {
            "server": service.smtp_host, "port": service.port, "security": service.secure_mode, "user": service.user, "password": service.password,
            "from": service.from_addr[1], "to": [address for _name, address in service.targets], "copies": sorted(service.cc | service.bcc),
        }
    if kind == "NotifyMQTT":
        return {"host": service.host, "port": service.port, "secure": service.secure, "user": service.user, "password": service.password, "topics": list(service.topics), "qos": service.qos, "version": service.version}
    if kind == "NotifySlack":
        return {"token": service.access_token, "parts": [service.token_a, service.token_b, service.token_c], "channels": sorted(service.channels)}
    return {"kind": kind}


services = [apprise.Apprise.instantiate(address) for address in json.loads(sys.argv[1])]
print(json.dumps([None if service is None else understood(service) for service in services], default=str))
