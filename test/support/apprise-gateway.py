"""
An Apprise API server for tests, as small as can be: it reads the request as apprise-api does, and hands it to the real Apprise
library. Started with one argument, JSON: {"configs": {KEY: [[URL, [TAG, ...]], ...]}, "login": "user:password" or null}. Prints its
port on one line, and ends when its standard input does.
"""
import base64
import email.parser
import email.policy
import json
import logging
import os
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import apprise

SETTINGS = json.loads(sys.argv[1])
LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def read_form(content_type, body):
    """The parts of a multipart body: fields by name, and files as (name, bytes, type)."""
    parser = email.parser.BytesParser(policy=email.policy.HTTP)
    message = parser.parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields, files = {}, []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        filename = part.get_filename()
        if filename is None:
            fields[name] = part.get_payload(decode=True).decode("utf-8")
        else:
            files.append((filename, part.get_payload(decode=True), part.get_content_type()))
    return fields, files


def read_tags(text):
    """A comma is OR, a blank is AND (apprise-api, views.py)."""
    return [tuple(group.split()) if " " in group.strip() else group.strip() for group in text.split(",") if group.strip()] or None


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        login = SETTINGS.get("login")
        if login and self.headers.get("Authorization") != "Basic " + base64.b64encode(login.encode()).decode():
            return self.answer(401, {"error": "Access Denied"})
        parts = self.path.strip("/").split("/")
        if parts[0] != "notify" or len(parts) > 2:
            return self.answer(404, {"error": "not found"})
        fields, files = read_form(self.headers["Content-Type"], body)
        logger = logging.getLogger("apprise")
        level = LEVELS[self.headers.get("X-Apprise-Log-Level", "warning").lower()]
        logger.setLevel(level)
        gateway = apprise.Apprise(asset=apprise.AppriseAsset(body_format=fields.get("format") or None))
        if len(parts) == 2:
            if parts[1] not in SETTINGS["configs"]:
                return self.answer(204, None)
            for url, tags in SETTINGS["configs"][parts[1]]:
                gateway.add(url, tag=tags)
        else:
            gateway.add(fields.get("urls", ""))
            if len(gateway) == 0:
                return self.answer(204, None)
        if not fields.get("body") or fields.get("type", "info") not in [str(kind.value) for kind in apprise.NotifyType]:
            return self.answer(400, {"error": "Payload lacks minimum requirements"})
        with tempfile.TemporaryDirectory() as folder:
            attach = apprise.AppriseAttachment()
            for name, content, _kind in files:
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    file.write(content)
                attach.add(path)
            result = gateway.notify(
                fields["body"], title=fields.get("title", ""), notify_type=fields.get("type", "info"), attach=attach if files else None, log_level=level,
                # With a key, no tag means the services that have none.
                tag=read_tags(fields.get("tag", "")) or ("all" if len(parts) == 1 else None),
            )
            details = [[entry.level, str(entry.time), entry.message] for entry in result.logs()]
            result.close()
        if result:
            return self.answer(200, {"error": None, "details": details})
        return self.answer(424, {"error": "One or more notification could not be sent", "details": details})

    def answer(self, status, body):
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments):
        """Nothing: what matters is in the receipts."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
