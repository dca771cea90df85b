-- The database, as all migrations together make it. For readers: nothing runs this file, and a test
-- compares it with the real schema. Instants are milliseconds since 1970; uuid columns hold sixteen
-- bytes and are the ids that leave the crate; row numbers never do.

-- Facts of this file: practice, practice_name, device (the id of this installation).
CREATE TABLE meta (  -- see above
  key   TEXT PRIMARY KEY NOT NULL,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Which migrations have run.
CREATE TABLE migrations (
  number     INTEGER PRIMARY KEY NOT NULL,
  name       TEXT NOT NULL,
  applied_at INTEGER NOT NULL  -- milliseconds since 1970, as every instant here
) STRICT;

-- Staff members. Never deleted: their names stand beside what they did.
CREATE TABLE staff (
  id     INTEGER PRIMARY KEY,
  uuid   BLOB NOT NULL UNIQUE,  -- sixteen bytes; the id that leaves this crate
  name   TEXT NOT NULL,
  role   TEXT NOT NULL,  -- word of domain::Role
  active INTEGER NOT NULL DEFAULT 1  -- 1: still signs in
) STRICT;

-- Pools. The first one in use receives what no rule routes.
CREATE TABLE pools (
  id       INTEGER PRIMARY KEY,
  uuid     BLOB NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  removed  INTEGER NOT NULL DEFAULT 0  -- 1: put away; kept so that it can come back
) STRICT;

-- Tags.
CREATE TABLE tags (
  id       INTEGER PRIMARY KEY,
  uuid     BLOB NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  colour   TEXT NOT NULL DEFAULT 'grey',  -- word of domain::TagColour
  removed  INTEGER NOT NULL DEFAULT 0  -- 1: put away; conversations keep it unseen
) STRICT;

-- Saved views.
CREATE TABLE views (
  id       INTEGER PRIMARY KEY,
  uuid     BLOB NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  query    TEXT NOT NULL,  -- in the language of the search box
  only_for INTEGER REFERENCES staff(id),  -- the one staff member who sees it; NULL: all
  removed  INTEGER NOT NULL DEFAULT 0  -- 1: put away
) STRICT;

-- Canned responses.
CREATE TABLE canned (
  id       INTEGER PRIMARY KEY,
  uuid     BLOB NOT NULL UNIQUE,
  shortcut TEXT NOT NULL,  -- typed after /
  title    TEXT NOT NULL,
  text     TEXT NOT NULL,
  removed  INTEGER NOT NULL DEFAULT 0  -- 1: put away
) STRICT;

-- Settings, without secrets.
CREATE TABLE settings (
  staff INTEGER NOT NULL DEFAULT 0,  -- 0: the practice's own
  key   TEXT NOT NULL,
  value TEXT NOT NULL,  -- JSON
  PRIMARY KEY (staff, key)
) STRICT, WITHOUT ROWID;

-- Connected accounts.
CREATE TABLE accounts (
  id          INTEGER PRIMARY KEY,
  uuid        BLOB NOT NULL UNIQUE,
  channel     TEXT NOT NULL DEFAULT 'email',  -- word of domain::Channel
  address     TEXT NOT NULL,
  settings    TEXT NOT NULL DEFAULT '{}',  -- JSON in the shape of the channel, without secrets
  removed     INTEGER NOT NULL DEFAULT 0,  -- 1: disconnected; its messages stay
  cursor      TEXT,  -- where fetching goes on; written with the messages
  health      TEXT NOT NULL DEFAULT '{}',  -- JSON of domain::views::AccountHealth
  complete    INTEGER NOT NULL DEFAULT 0  -- 1: the first fetch came to its end
) STRICT;

-- People who write.
CREATE TABLE contacts (
  id          INTEGER PRIMARY KEY,
  uuid        BLOB NOT NULL UNIQUE,
  name        TEXT NOT NULL DEFAULT '',  -- what staff see; the address where no name is known
  named       INTEGER NOT NULL DEFAULT 0,  -- 1: staff chose the name
  patient     INTEGER NOT NULL DEFAULT 0,  -- 1: staff confirmed it
  merged_into INTEGER REFERENCES contacts(id),  -- the same person, said staff
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_merged ON contacts(merged_into) WHERE merged_into IS NOT NULL;

-- How contacts are known on each network.
CREATE TABLE handles (
  id      INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,  -- canonical: e-mail in lower case
  name    TEXT NOT NULL DEFAULT '',
  contact INTEGER NOT NULL REFERENCES contacts(id),  -- whose it is now
  home    INTEGER NOT NULL REFERENCES contacts(id),  -- whose it was before any merger
  UNIQUE (channel, address)
) STRICT;
CREATE INDEX handles_contact ON handles(contact);
CREATE INDEX handles_home ON handles(home);

-- Conversations. What is said of messages is a function of the messages (message::refresh).
CREATE TABLE conversations (
  id               INTEGER PRIMARY KEY,
  uuid             BLOB NOT NULL UNIQUE,
  account          INTEGER NOT NULL REFERENCES accounts(id),
  channel          TEXT NOT NULL,
  public           INTEGER NOT NULL DEFAULT 0,  -- 1: others can read it
  contact          INTEGER NOT NULL REFERENCES contacts(id),
  handle           INTEGER NOT NULL REFERENCES handles(id),  -- the other side
  subject          TEXT NOT NULL DEFAULT '',
  preview          TEXT NOT NULL DEFAULT '',  -- beginning of the newest message
  state            INTEGER NOT NULL DEFAULT 0,  -- 0 open, 1 waiting, 2 snoozed, 3 closed
  snoozed_until    INTEGER,
  acuity           INTEGER NOT NULL DEFAULT 0,  -- 0 administrative, 1 routine, 2 same day, 3 emergency
  acuity_reason    TEXT NOT NULL DEFAULT '',
  red_flag         INTEGER NOT NULL DEFAULT 0,  -- 1: a finding raised it to same day or more
  pool             INTEGER NOT NULL REFERENCES pools(id),
  assignee         INTEGER REFERENCES staff(id),
  unread           INTEGER NOT NULL DEFAULT 0,  -- unread inbound messages
  messages         INTEGER NOT NULL DEFAULT 0,  -- inbound and replies
  notes            INTEGER NOT NULL DEFAULT 0,
  attachments      INTEGER NOT NULL DEFAULT 0,  -- files of them
  drafts           INTEGER NOT NULL DEFAULT 0,  -- 0 or 1
  pending          INTEGER NOT NULL DEFAULT 0,  -- replies held, queued, sending
  failed           INTEGER NOT NULL DEFAULT 0,  -- replies failed, uncertain
  last_at          INTEGER NOT NULL,  -- newest inbound or reply
  last_inbound_at  INTEGER,
  last_outbound_at INTEGER,  -- newest reply that was sent
  waiting_since    INTEGER,  -- first inbound after the last answer and after settled_at
  settled_at       INTEGER,  -- what was written until then was settled by staff
  settled_before   INTEGER,  -- the same before that, for taking it back
  last_kind        INTEGER NOT NULL DEFAULT 0,  -- kind of the newest message
  created_at       INTEGER NOT NULL,
  continues        INTEGER REFERENCES conversations(id),  -- the older conversation it follows
  merged_into      INTEGER REFERENCES conversations(id),  -- its messages are there now
  less_urgent      INTEGER NOT NULL GENERATED ALWAYS AS (3 - acuity) VIRTUAL,  -- for ordering by urgency
  waits_since      INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(waiting_since, 9007199254740991)) VIRTUAL  -- for ordering by waiting
) STRICT;
CREATE INDEX conversations_recent   ON conversations(last_at, id) WHERE merged_into IS NULL;
CREATE INDEX conversations_state    ON conversations(state, last_at, id) WHERE merged_into IS NULL;
CREATE INDEX conversations_urgent   ON conversations(state, less_urgent, waits_since, id) WHERE merged_into IS NULL;
CREATE INDEX conversations_waiting  ON conversations(state, waits_since, id) WHERE merged_into IS NULL;
CREATE INDEX conversations_pool     ON conversations(pool, state, last_at, id) WHERE merged_into IS NULL;
CREATE INDEX conversations_assignee ON conversations(assignee, state, last_at, id) WHERE assignee IS NOT NULL AND merged_into IS NULL;
CREATE INDEX conversations_contact  ON conversations(contact, last_at, id);
CREATE INDEX conversations_handle   ON conversations(handle);
CREATE INDEX conversations_snoozed  ON conversations(snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX conversations_outbox   ON conversations(last_at, id) WHERE pending + failed > 0 AND merged_into IS NULL;
CREATE INDEX conversations_flagged  ON conversations(last_at, id) WHERE acuity >= 2 AND merged_into IS NULL;
CREATE INDEX conversations_drafts   ON conversations(last_at, id) WHERE drafts > 0 AND merged_into IS NULL;
CREATE INDEX conversations_unread   ON conversations(last_at, id) WHERE unread > 0 AND merged_into IS NULL;
CREATE INDEX conversations_all_urgent  ON conversations(less_urgent, waits_since, id) WHERE merged_into IS NULL;
CREATE INDEX conversations_all_waiting ON conversations(waits_since, id) WHERE merged_into IS NULL;
CREATE INDEX conversations_merged   ON conversations(merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX conversations_continues ON conversations(continues) WHERE continues IS NOT NULL;

-- Which tags a conversation carries.
CREATE TABLE conversation_tags (  -- see above
  tag          INTEGER NOT NULL REFERENCES tags(id),
  conversation INTEGER NOT NULL REFERENCES conversations(id),
  PRIMARY KEY (tag, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tags_conversation ON conversation_tags(conversation);

-- Inbound messages, replies, notes. Rows are numbered by day (message::first_row), so that the full-text index gives the newest first.
CREATE TABLE messages (
  id           INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  conversation INTEGER NOT NULL REFERENCES conversations(id),
  kind         INTEGER NOT NULL,  -- 0 inbound, 1 reply, 2 note, 3 reply taken back
  at           INTEGER NOT NULL,  -- when written or sent
  received_at  INTEGER NOT NULL,
  staff        INTEGER REFERENCES staff(id),  -- who wrote it here
  network_id   TEXT NOT NULL DEFAULT '',  -- Message-ID or the like
  fingerprint  BLOB,  -- first half of SHA-256 over the delivered bytes
  names        INTEGER NOT NULL DEFAULT 0,  -- names the network has for it now
  gone_at      INTEGER,  -- since when it has none
  unread       INTEGER NOT NULL DEFAULT 0,
  automatic    INTEGER NOT NULL DEFAULT 0,  -- 0 no, 1 reply, 2 notice, 3 list, 4 report
  protection   INTEGER NOT NULL DEFAULT 0,  -- 0 none, 1 signed, 2 encrypted
  acuity       INTEGER NOT NULL DEFAULT 0,  -- what was found in it
  files        INTEGER NOT NULL DEFAULT 0,  -- number of attachments
  subject      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX messages_conversation ON messages(conversation, at, id);
CREATE INDEX messages_unread ON messages(conversation, at, id) WHERE unread = 1;

-- Texts, apart so that the rows of messages stay small.
CREATE TABLE bodies (  -- see above
  message INTEGER PRIMARY KEY REFERENCES messages(id),
  text    TEXT NOT NULL
) STRICT;

-- What few messages have: folds, html, remote_images, others, reply_to, writer, parents, problems, findings, mentions (JSON or text), raw (bytes).
CREATE TABLE extras (  -- see above
  message INTEGER NOT NULL REFERENCES messages(id),
  kind    TEXT NOT NULL,
  value   ANY NOT NULL,
  PRIMARY KEY (message, kind)
) STRICT, WITHOUT ROWID;

-- Hashes of the names of what was erased with a contact, so that a mailbox that is read again does not bring it back.
CREATE TABLE erased (  -- see above
  key INTEGER PRIMARY KEY
) STRICT;

-- The networks' names for messages; many names may mean one message.
CREATE TABLE remote_names (  -- see above
  account INTEGER NOT NULL REFERENCES accounts(id),
  name    TEXT NOT NULL,
  message INTEGER NOT NULL REFERENCES messages(id),
  PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_names_message ON remote_names(message);

-- What ties messages together, by hash (ingest::thread).
CREATE TABLE thread_keys (
  key          INTEGER NOT NULL,  -- eight bytes of SHA-256 over account and id
  conversation INTEGER NOT NULL,
  message      INTEGER NOT NULL DEFAULT 0,  -- 0: only named by others
  PRIMARY KEY (key, conversation, message)
) STRICT, WITHOUT ROWID;

-- Attachments' bytes.
CREATE TABLE blobs (
  id      INTEGER PRIMARY KEY,
  address BLOB NOT NULL UNIQUE,  -- keyed hash of the content
  key     BLOB NOT NULL,  -- seals the file whose name comes from it; empty when inside
  size    INTEGER NOT NULL,
  inside  BLOB  -- the bytes themselves, when few
) STRICT;

-- Files of messages and drafts.
CREATE TABLE attachments (
  id           INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  message      INTEGER REFERENCES messages(id),  -- NULL while it hangs on a draft
  draft        INTEGER REFERENCES conversations(id),  -- the conversation whose draft it hangs on
  name         TEXT NOT NULL,
  media_type   TEXT NOT NULL,
  size         INTEGER NOT NULL,
  inline       INTEGER NOT NULL DEFAULT 0,
  content_id   TEXT,
  danger       TEXT,  -- word of domain::message::Danger
  part         INTEGER NOT NULL DEFAULT 0,  -- place in the message; in a draft -1 until the draft names it
  blob         INTEGER REFERENCES blobs(id),  -- NULL: still on the server
  created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_message ON attachments(message) WHERE message IS NOT NULL;
CREATE INDEX attachments_draft ON attachments(draft) WHERE draft IS NOT NULL;
CREATE INDEX attachments_blob ON attachments(blob) WHERE blob IS NOT NULL;

-- Replies written here, on their way or arrived.
CREATE TABLE outbox (
  message    INTEGER PRIMARY KEY REFERENCES messages(id),
  account    INTEGER NOT NULL REFERENCES accounts(id),
  state      TEXT NOT NULL,  -- word of domain::OutboxState
  public     INTEGER NOT NULL DEFAULT 0,
  channel    TEXT NOT NULL,
  address    TEXT NOT NULL,
  name       TEXT NOT NULL DEFAULT '',
  answers    INTEGER REFERENCES messages(id),  -- the message it answers
  not_before INTEGER NOT NULL,
  attempt    INTEGER NOT NULL DEFAULT 0,
  failure    TEXT,  -- word of domain::SendFailure
  why        TEXT NOT NULL DEFAULT '',  -- the network's words
  after      TEXT NOT NULL,  -- what becomes of the conversation then
  evidence   TEXT,  -- how it is known to be sent
  queued_at  INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox(account, not_before) WHERE state IN ('held', 'queued');
CREATE INDEX outbox_open ON outbox(state) WHERE state NOT IN ('sent', 'cancelled');

-- What staff were about to write: one per conversation.
CREATE TABLE drafts (
  conversation INTEGER PRIMARY KEY REFERENCES conversations(id),
  kind         TEXT NOT NULL,
  recipient    TEXT,  -- JSON of a handle; NULL: the usual one
  subject      TEXT NOT NULL DEFAULT '',
  text         TEXT NOT NULL,
  staff        INTEGER NOT NULL REFERENCES staff(id),
  saved_at     INTEGER NOT NULL
) STRICT;

-- Marks made here that the mailbox does not show yet.
CREATE TABLE marks (
  id      INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES messages(id),
  mark    TEXT NOT NULL,  -- seen, unseen, answered
  UNIQUE (message, mark)
) STRICT;

-- What happened to a conversation without an operation.
CREATE TABLE timeline_notes (
  id           INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  conversation INTEGER NOT NULL REFERENCES conversations(id),
  message      INTEGER,
  at           INTEGER NOT NULL,
  kind         TEXT NOT NULL  -- removed_elsewhere
) STRICT;
CREATE INDEX timeline_notes_conversation ON timeline_notes(conversation, at);

-- The log: append-only, chained by hash (log).
CREATE TABLE operations (
  seq          INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  version      INTEGER NOT NULL,
  wall         INTEGER NOT NULL,  -- hybrid time, with counter and device
  counter      INTEGER NOT NULL,
  device       BLOB NOT NULL,
  staff        BLOB,  -- NULL: the machine
  origin       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  conversation BLOB,  -- if it is about one
  body_hash    BLOB NOT NULL,  -- over salt and body
  hash         BLOB NOT NULL,  -- over every field above and the hash before
  undone_by    INTEGER,  -- the operation that took it back; outside the chain
  erased_by    INTEGER  -- the erasure that took its body; outside the chain
) STRICT;

-- The changes themselves; erasing takes rows away here.
CREATE TABLE operation_bodies (
  seq  INTEGER PRIMARY KEY REFERENCES operations(seq),
  salt BLOB NOT NULL,  -- so that a removed body cannot be guessed from its hash
  body TEXT NOT NULL  -- JSON of domain::Change
) STRICT;

-- Which conversations an operation is about.
CREATE TABLE operation_conversations (  -- see above
  conversation INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

-- How to take operations back, for some days.
CREATE TABLE operation_inverses (
  seq     INTEGER PRIMARY KEY REFERENCES operations(seq),
  wall    INTEGER NOT NULL,
  steps   TEXT NOT NULL  -- JSON of commit::Step
) STRICT;

-- Maintained counts (work::tally).
CREATE TABLE counts (
  what  TEXT NOT NULL,  -- inbox, mine, pool, tag, view …
  of    INTEGER NOT NULL DEFAULT 0,  -- the pool, tag or view
  staff INTEGER NOT NULL DEFAULT 0,  -- for whom it differs; else 0
  n     INTEGER NOT NULL,
  PRIMARY KEY (what, of, staff)
) STRICT, WITHOUT ROWID;

-- Full text. Contentless: it keeps no text of its own, so an entry is taken out by naming exactly what
-- was put in (message::document). secure-delete overwrites what is taken out; pgsz makes a leaf fit on
-- an encrypted page.
CREATE VIRTUAL TABLE search USING fts5(
  subject, text, sender, receiver, note, files,
  content = '',
  columnsize = 0,
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '2 3'
);
INSERT INTO search(search, rank) VALUES ('secure-delete', 1);
INSERT INTO search(search, rank) VALUES ('pgsz', 3960);
