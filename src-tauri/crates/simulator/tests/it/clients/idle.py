# imaplib has no IDLE before Python 3.14: the lines by hand over its connection.
import imaplib, sys

m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))
m.login(sys.argv[3], sys.argv[4])
m.select("INBOX")
m.send(b"IDLE1 IDLE\r\n")
assert m.readline().startswith(b"+ ")
print("idling")
print(m.readline().decode().strip())
assert m.readline() == b"* 0 RECENT\r\n"
m.send(b"DONE\r\n")
assert m.readline().startswith(b"IDLE1 OK")
m.logout()
