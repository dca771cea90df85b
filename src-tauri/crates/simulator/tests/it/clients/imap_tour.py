# Every command of imaplib against a mailbox of five mails. Fails by exception.
import imaplib, sys, re, email, datetime

port, user, password = int(sys.argv[1]), sys.argv[3], sys.argv[4]
m = imaplib.IMAP4("127.0.0.1", port)
before = set(m.capabilities)
assert "IMAP4REV1" in before and "AUTH=PLAIN" in before and "UIDPLUS" not in before, before

try:
    m.login(user, "wrong")
    raise SystemExit("a wrong password signed in")
except imaplib.IMAP4.error as error:
    assert "AUTHENTICATIONFAILED" in str(error), error

m.authenticate("PLAIN", lambda challenge: b"\0" + user.encode() + b"\0" + password.encode())
typ, data = m.capability()
after = set(data[0].decode().split())
assert {"UIDPLUS", "MOVE", "CONDSTORE", "QRESYNC", "SPECIAL-USE", "IDLE", "ID", "LITERAL+"} <= after, after
assert "AUTH=PLAIN" not in after

assert m.xatom("ENABLE", "CONDSTORE")[0] == "OK"
typ, data = m.list()
listed = b"\n".join(data).decode()
assert '(\\HasNoChildren \\Sent) "/" "Sent"' in listed, listed
assert len(m.list('""', "%")[1]) == 6 and m.lsub()[0] == "OK"

typ, data = m.status("INBOX", "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)")
assert re.search(rb"MESSAGES 5 UIDNEXT 6 UIDVALIDITY \d+ UNSEEN 3 HIGHESTMODSEQ \d+", data[0]), data

assert m.select("INBOX", readonly=True) == ("OK", [b"5"])
assert m.response("PERMANENTFLAGS")[1] == [b"()"]
m.fetch("1", "(BODY[])")
assert b"\\Seen" not in m.fetch("1", "(FLAGS)")[1][0], "EXAMINE must not mark"
assert m.select("INBOX") == ("OK", [b"5"])
assert m.response("UIDNEXT")[1] == [b"6"]

# PEEK leaves the message unread, BODY does not, and says so.
m.fetch("1", "(BODY.PEEK[])")
assert b"\\Seen" not in m.fetch("1", "(FLAGS)")[1][0]
typ, data = m.fetch("1", "(BODY[TEXT])")
assert data[0][1] == b"Body of mail 1.\r\n", data
assert b"\\Seen" in m.fetch("1", "(FLAGS)")[1][0]

typ, data = m.uid("FETCH", "2", "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE "
                  "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT X-NONE)])")
head, fields = data[0]
assert b'ENVELOPE ("Fri, 1 May 2026 10:02:00 +0000" "Mail 2" (("Ada Fenn" NIL "ada2" "fen.example"))' in head, head
assert b'BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 17 1 NIL NIL NIL NIL)' in head, head
assert fields == b"Subject: Mail 2\r\nMessage-ID: <m2@fen.example>\r\n\r\n", fields
assert imaplib.Internaldate2tuple(head) is not None

typ, data = m.uid("FETCH", "2", "(BODY.PEEK[]<6.10>)")
assert b"BODY[]<6> {10}" in data[0][0] and data[0][1] == b"Fri, 1 May", data
typ, data = m.uid("FETCH", "2", "(BODY.PEEK[]<100000.10>)")
assert data[0][1] == b"" if isinstance(data[0], tuple) else b'{0}' in data[0], data

# The trap: n:* holds the last message even when its UID is below n.
typ, data = m.uid("FETCH", "6:*", "(UID)")
assert data == [b"5 (UID 5)"], data

# Searches.
for criterion, wanted in [
    (("ALL",), b"1 2 3 4 5"), (("UNSEEN",), b"3 5"), (("SEEN",), b"1 2 4"),
    (("SINCE", "3-May-2026"), b"4 5"), (("BEFORE", "2-May-2026"), b"1 2"), (("ON", "2-May-2026"), b"3"),
    (("HEADER", "Message-ID", "<m4@fen.example>"), b"4"), (("SUBJECT", '"mail 3"'), b"3"),
    (("FROM", "ada5"), b"5"), (("BODY", '"of mail 1"'), b"1"), (("TEXT", "ada2"), b"2"),
    (("UID", "2:3"), b"2 3"), (("4:*",), b"4 5"), (("NOT", "SEEN"), b"3 5"),
    (("OR", "UID", "1", "UID", "5"), b"1 5"), (("(SEEN 1:2)",), b"1 2"), (("LARGER", "100000"), b""),
    (("SENTON", "1-May-2026"), b"1 2 3 4 5"), (("KEYWORD", "$Forwarded"), b""),
]:
    typ, data = m.uid("SEARCH", *criterion)
    assert typ == "OK" and data[0] == wanted, (criterion, data)

# Flags.
# (STATUS HIGHESTMODSEQ has turned CONDSTORE on, so each change tells its MODSEQ.)
data = m.store("3", "+FLAGS", "(\\Flagged $Important)")[1]
assert re.fullmatch(rb"3 \(UID 3 FLAGS \(\$Important \\Flagged\) MODSEQ \(\d+\)\)", data[0]), data
data = m.uid("STORE", "3", "-FLAGS.SILENT", "(\\Flagged)")[1]
assert re.fullmatch(rb"3 \(UID 3 MODSEQ \(\d+\)\)", data[0]), data
assert b"$Important" in m.fetch("3", "(FLAGS)")[1][0]
assert m.uid("SEARCH", "KEYWORD", "$Important")[1] == [b"3"]

# Append, copy, move, expunge.
message = b"From: desk@riverside.example\r\nSubject: sent copy\r\nMessage-ID: <s1@riverside.example>\r\n\r\nHello {3} there\r\n"
when = imaplib.Time2Internaldate(datetime.datetime(2026, 5, 2, 9, 35, tzinfo=datetime.timezone.utc))
typ, data = m.append("Sent", "(\\Seen)", when, message)
assert typ == "OK" and re.match(rb"\[APPENDUID \d+ 1\]", data[0]), data
assert m.append("Nowhere", None, None, message)[0] == "NO"
typ, data = m.uid("COPY", "1:2", "Archive")
codes = m.response("COPYUID")[1]
assert re.fullmatch(rb"\d+ 1:2 1:2", codes[0]), codes
typ, data = m.uid("MOVE", "1", "Archive")
assert typ == "OK" and b"1" in m.response("EXPUNGE")[1]
assert m.uid("SEARCH", "ALL")[1] == [b"2 3 4 5"]
m.uid("STORE", "2:3", "+FLAGS", "(\\Deleted)")
typ, data = m.uid("EXPUNGE", "3")
assert m.uid("SEARCH", "ALL")[1] == [b"2 4 5"] and m.response("EXPUNGE")[1] == [b"2"]
typ, data = m.expunge()
assert data == [b"1"], data
assert m.select("Archive") == ("OK", [b"3"])
assert m.select("Nowhere")[0] == "NO"
assert m.select("Sent") == ("OK", [b"1"])
typ, data = m.fetch("1", "(INTERNALDATE BODY.PEEK[])")
assert data[0][1] == message and b"02-May-2026 09:35:00" in data[0][0], data
m.select("INBOX")
assert m.uid("SEARCH", "ALL")[1] == [b"4 5"]
assert m.create("Billing/Old")[0] == "OK" and m.create("Billing/Old")[0] == "NO"
assert any(b"Billing/Old" in line for line in m.list('""', "Billing/*")[1])
assert m.delete("Billing/Old")[0] == "OK"
assert m.namespace()[0] == "OK" and m.noop()[0] == "OK" and m.check()[0] == "OK"
assert m.close()[0] == "OK"
assert m.logout()[0] == "BYE"
print("done")
