# Reads every mail of INBOX whole and in parts, and lets Python's own parser agree on the structure.
import imaplib, sys, re
from email import message_from_bytes, policy

m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))
m.login(sys.argv[3], sys.argv[4])
m.select("INBOX", readonly=True)
japanese = 0
uids = m.uid("SEARCH", "ALL")[1][0].split()
for uid in uids:
    raw = m.uid("FETCH", uid, "(RFC822.SIZE BODY.PEEK[])")[1][0]
    assert int(re.search(rb"RFC822.SIZE (\d+)", raw[0]).group(1)) == len(raw[1])
    message = message_from_bytes(raw[1], policy=policy.default)
    assert not message.defects, (uid, message.defects)
    assert message["Message-ID"] and message["Date"].datetime, uid
    structure = m.uid("FETCH", uid, "(BODYSTRUCTURE)")[1]
    flat = b"".join(part if isinstance(part, bytes) else b"".join(part) for part in structure)
    assert flat.count(b"(") == flat.count(b")"), flat
    # The first leaf by Python's count is the first leaf by the server's.
    path, part = [], message
    while part.is_multipart():
        path.append("1")
        part = part.get_payload(0)
    number = ".".join(path) or "1"
    body = m.uid("FETCH", uid, f"(BODY.PEEK[{number}])")[1][0][1]
    charset = part.get_content_charset() or "us-ascii"
    wanted = part.get_payload(decode=True).decode(charset)
    assert wanted.strip(), uid
    japanese += "\u6bcd\u5b50\u624b\u5e33" in wanted
    if part.get("Content-Transfer-Encoding", "7bit") in ("7bit", "8bit"):
        assert body.decode(charset).strip() == wanted.strip(), uid
assert japanese == 1
print(len(uids), "mails")
m.logout()
