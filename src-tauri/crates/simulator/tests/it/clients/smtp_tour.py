# smtplib submits a message with dots, 8-bit text and two recipients.
import smtplib, sys
from email.message import EmailMessage

port, user, password = int(sys.argv[2]), sys.argv[3], sys.argv[4]
s = smtplib.SMTP("127.0.0.1", port, local_hostname="[127.0.0.1]")
s.ehlo()
assert {"pipelining", "size", "8bitmime", "smtputf8", "auth"} <= set(s.esmtp_features), s.esmtp_features
assert s.esmtp_features["auth"].split() == ["PLAIN", "LOGIN"]
try:
    s.sendmail(user, ["a@b.example"], b"Subject: x\r\n\r\nx")
    raise SystemExit("sent without signing in")
except smtplib.SMTPSenderRefused as error:
    assert error.smtp_code == 530
try:
    s.login(user, "wrong")
    raise SystemExit("a wrong password signed in")
except smtplib.SMTPAuthenticationError as error:
    assert error.smtp_code == 535
s.login(user, password)

message = EmailMessage()
message["From"], message["To"], message["Subject"] = user, "sam@other.example", "Dots"
message["Message-ID"] = "<dots@riverside.example>"
message.set_content(".one dot\n..two dots\n.\nGr\u00fc\u00dfe\n", cte="8bit")
s.send_message(message, to_addrs=["sam@other.example", user])
message.replace_header("Message-ID", "<second@riverside.example>")
s.sendmail(user, ["j\u00f6rg@other.example"], message.as_bytes(), mail_options=["SMTPUTF8", "BODY=8BITMIME", "SIZE=400"])
try:
    s.sendmail(user, ["a@b.example"], b"x", mail_options=["SIZE=99999999999"])
    raise SystemExit("too big a message was taken")
except smtplib.SMTPSenderRefused as error:
    assert error.smtp_code == 552
assert s.rset()[0] == 250 and s.noop()[0] == 250
s.quit()

t = smtplib.SMTP("127.0.0.1", port)
t.ehlo()
t.user, t.password = user, password
assert t.auth("LOGIN", t.auth_login)[0] == 235
t.quit()
print("done")
