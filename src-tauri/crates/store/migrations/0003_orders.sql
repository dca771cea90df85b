-- Orders that lists had to sort for: everything by urgency and by waiting, and what is unread in a
-- long conversation. Leaves of the full-text index that fit on an encrypted page (4,016 bytes without
-- the page's seal, less the row's header), instead of spilling a few hundred bytes onto a second one.

CREATE INDEX conversations_all_urgent  ON conversations(less_urgent, waits_since, id) WHERE merged_into IS NULL;
CREATE INDEX conversations_all_waiting ON conversations(waits_since, id) WHERE merged_into IS NULL;
CREATE INDEX messages_unread ON messages(conversation, at, id) WHERE unread = 1;
INSERT INTO search(search, rank) VALUES ('pgsz', 3960);
