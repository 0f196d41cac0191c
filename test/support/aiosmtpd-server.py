"""
A real mail server, aiosmtpd, which keeps its mails in a Maildir: one port with TLS, one with STARTTLS that must be used. Prints its ports,
then answers each line on stdin with all mails as Python's own mail library reads them. Ends with its stdin.
Arguments: certificate, key, Maildir, user, password, size limit in bytes.
"""
import asyncio
import email
import email.policy
import hashlib
import json
import logging
import mailbox
import ssl
import sys
import warnings

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult

# It warns of logins without STARTTLS also where the whole connection is TLS.
warnings.simplefilter("ignore")
logging.getLogger("mail.log").setLevel(logging.ERROR)

certificate, key, maildir, user, password, limit = sys.argv[1:]


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == user.encode() and data.password == password.encode()
    return AuthResult(success=good, handled=False)


def part_of(part):
    content = part.get_content() if not part.is_multipart() else None
    return {
        "type": part.get_content_type(),
        "disposition": part.get_content_disposition(),
        "id": part["content-id"],
        "name": part.get_filename(),
        "text": content if isinstance(content, str) else None,
        "sha256": hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else None,
        "parts": [part_of(inner) for inner in part.iter_parts()] if part.is_multipart() else [],
    }


def mails():
    box = mailbox.Maildir(maildir, factory=lambda file: email.message_from_binary_file(file, policy=email.policy.default))
    found = []
    for mail in box:
        headers = {name.lower(): str(value) for name, value in mail.items()}
        # What a client wrote wrong is told here.
        defects = [repr(defect) for part in mail.walk() for defect in [*part.defects, *[one for value in part.values() for one in getattr(value, "defects", ())]]]
        found.append({"headers": headers, "at": mail["date"].datetime.isoformat(), "defects": defects, "body": part_of(mail)})
    return found


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    handler = Mailbox(maildir)
    common = {"authenticator": authenticate, "auth_required": True, "data_size_limit": int(limit), "hostname": "mail.test"}
    loop = asyncio.get_running_loop()
    tls = await loop.create_server(lambda: SMTP(handler, auth_require_tls=False, **common), "127.0.0.1", 0, ssl=context)
    starttls = await loop.create_server(lambda: SMTP(handler, tls_context=context, require_starttls=True, **common), "127.0.0.1", 0)
    port = lambda server: server.sockets[0].getsockname()[1]
    print(json.dumps({"tls": port(tls), "starttls": port(starttls)}), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(mails()), flush=True)


asyncio.run(main())
