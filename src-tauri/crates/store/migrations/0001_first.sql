-- The first schema. What tables and columns mean stands in schema.sql beside this folder.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY NOT NULL,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE migrations (
  number     INTEGER PRIMARY KEY NOT NULL,
  name       TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff (
  id     INTEGER PRIMARY KEY,
  uuid   BLOB NOT NULL UNIQUE,
  name   TEXT NOT NULL,
  role   TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE pools (
  id       INTEGER PRIMARY KEY,
  uuid     BLOB NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  removed  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE tags (
  id       INTEGER PRIMARY KEY,
  uuid     BLOB NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  colour   TEXT NOT NULL DEFAULT 'grey',
  removed  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE views (
  id       INTEGER PRIMARY KEY,
  uuid     BLOB NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  query    TEXT NOT NULL,
  only_for INTEGER REFERENCES staff(id),
  removed  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE canned (
  id       INTEGER PRIMARY KEY,
  uuid     BLOB NOT NULL UNIQUE,
  shortcut TEXT NOT NULL,
  title    TEXT NOT NULL,
  text     TEXT NOT NULL,
  removed  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE settings (
  staff INTEGER NOT NULL DEFAULT 0,
  key   TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (staff, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  id          INTEGER PRIMARY KEY,
  uuid        BLOB NOT NULL UNIQUE,
  channel     TEXT NOT NULL DEFAULT 'email',
  address     TEXT NOT NULL,
  settings    TEXT NOT NULL DEFAULT '{}',
  removed     INTEGER NOT NULL DEFAULT 0,
  cursor      TEXT,
  health      TEXT NOT NULL DEFAULT '{}',
  complete    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE contacts (
  id          INTEGER PRIMARY KEY,
  uuid        BLOB NOT NULL UNIQUE,
  name        TEXT NOT NULL DEFAULT '',
  named       INTEGER NOT NULL DEFAULT 0,
  patient     INTEGER NOT NULL DEFAULT 0,
  merged_into INTEGER REFERENCES contacts(id),
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_merged ON contacts(merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE handles (
  id      INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  name    TEXT NOT NULL DEFAULT '',
  contact INTEGER NOT NULL REFERENCES contacts(id),
  home    INTEGER NOT NULL REFERENCES contacts(id),
  UNIQUE (channel, address)
) STRICT;
CREATE INDEX handles_contact ON handles(contact);
CREATE INDEX handles_home ON handles(home);

CREATE TABLE conversations (
  id               INTEGER PRIMARY KEY,
  uuid             BLOB NOT NULL UNIQUE,
  account          INTEGER NOT NULL REFERENCES accounts(id),
  channel          TEXT NOT NULL,
  public           INTEGER NOT NULL DEFAULT 0,
  contact          INTEGER NOT NULL REFERENCES contacts(id),
  handle           INTEGER NOT NULL REFERENCES handles(id),
  subject          TEXT NOT NULL DEFAULT '',
  preview          TEXT NOT NULL DEFAULT '',
  state            INTEGER NOT NULL DEFAULT 0,
  snoozed_until    INTEGER,
  acuity           INTEGER NOT NULL DEFAULT 0,
  acuity_reason    TEXT NOT NULL DEFAULT '',
  red_flag         INTEGER NOT NULL DEFAULT 0,
  pool             INTEGER NOT NULL REFERENCES pools(id),
  assignee         INTEGER REFERENCES staff(id),
  unread           INTEGER NOT NULL DEFAULT 0,
  messages         INTEGER NOT NULL DEFAULT 0,
  notes            INTEGER NOT NULL DEFAULT 0,
  attachments      INTEGER NOT NULL DEFAULT 0,
  drafts           INTEGER NOT NULL DEFAULT 0,
  pending          INTEGER NOT NULL DEFAULT 0,
  failed           INTEGER NOT NULL DEFAULT 0,
  last_at          INTEGER NOT NULL,
  last_inbound_at  INTEGER,
  last_outbound_at INTEGER,
  waiting_since    INTEGER,
  settled_at       INTEGER,
  settled_before   INTEGER,
  last_kind        INTEGER NOT NULL DEFAULT 0,
  created_at       INTEGER NOT NULL,
  continues        INTEGER REFERENCES conversations(id),
  merged_into      INTEGER REFERENCES conversations(id),
  less_urgent      INTEGER NOT NULL GENERATED ALWAYS AS (3 - acuity) VIRTUAL,
  waits_since      INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(waiting_since, 9007199254740991)) VIRTUAL
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
CREATE INDEX conversations_merged   ON conversations(merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX conversations_continues ON conversations(continues) WHERE continues IS NOT NULL;

CREATE TABLE conversation_tags (
  tag          INTEGER NOT NULL REFERENCES tags(id),
  conversation INTEGER NOT NULL REFERENCES conversations(id),
  PRIMARY KEY (tag, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tags_conversation ON conversation_tags(conversation);

CREATE TABLE messages (
  id           INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  conversation INTEGER NOT NULL REFERENCES conversations(id),
  kind         INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  received_at  INTEGER NOT NULL,
  staff        INTEGER REFERENCES staff(id),
  network_id   TEXT NOT NULL DEFAULT '',
  fingerprint  BLOB,
  names        INTEGER NOT NULL DEFAULT 0,
  gone_at      INTEGER,
  unread       INTEGER NOT NULL DEFAULT 0,
  automatic    INTEGER NOT NULL DEFAULT 0,
  protection   INTEGER NOT NULL DEFAULT 0,
  acuity       INTEGER NOT NULL DEFAULT 0,
  files        INTEGER NOT NULL DEFAULT 0,
  subject      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX messages_conversation ON messages(conversation, at, id);

CREATE TABLE bodies (
  message INTEGER PRIMARY KEY REFERENCES messages(id),
  text    TEXT NOT NULL
) STRICT;

CREATE TABLE extras (
  message INTEGER NOT NULL REFERENCES messages(id),
  kind    TEXT NOT NULL,
  value   ANY NOT NULL,
  PRIMARY KEY (message, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE remote_names (
  account INTEGER NOT NULL REFERENCES accounts(id),
  name    TEXT NOT NULL,
  message INTEGER NOT NULL REFERENCES messages(id),
  PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_names_message ON remote_names(message);

CREATE TABLE thread_keys (
  key          INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  message      INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (key, conversation, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  id      INTEGER PRIMARY KEY,
  address BLOB NOT NULL UNIQUE,
  key     BLOB NOT NULL,
  size    INTEGER NOT NULL,
  inside  BLOB
) STRICT;

CREATE TABLE attachments (
  id           INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  message      INTEGER REFERENCES messages(id),
  draft        INTEGER REFERENCES conversations(id),
  name         TEXT NOT NULL,
  media_type   TEXT NOT NULL,
  size         INTEGER NOT NULL,
  inline       INTEGER NOT NULL DEFAULT 0,
  content_id   TEXT,
  danger       TEXT,
  part         INTEGER NOT NULL DEFAULT 0,
  blob         INTEGER REFERENCES blobs(id),
  created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_message ON attachments(message) WHERE message IS NOT NULL;
CREATE INDEX attachments_draft ON attachments(draft) WHERE draft IS NOT NULL;
CREATE INDEX attachments_blob ON attachments(blob) WHERE blob IS NOT NULL;

CREATE TABLE outbox (
  message    INTEGER PRIMARY KEY REFERENCES messages(id),
  account    INTEGER NOT NULL REFERENCES accounts(id),
  state      TEXT NOT NULL,
  public     INTEGER NOT NULL DEFAULT 0,
  channel    TEXT NOT NULL,
  address    TEXT NOT NULL,
  name       TEXT NOT NULL DEFAULT '',
  answers    INTEGER REFERENCES messages(id),
  not_before INTEGER NOT NULL,
  attempt    INTEGER NOT NULL DEFAULT 0,
  failure    TEXT,
  why        TEXT NOT NULL DEFAULT '',
  after      TEXT NOT NULL,
  evidence   TEXT,
  queued_at  INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox(account, not_before) WHERE state IN ('held', 'queued');
CREATE INDEX outbox_open ON outbox(state) WHERE state NOT IN ('sent', 'cancelled');

CREATE TABLE drafts (
  conversation INTEGER PRIMARY KEY REFERENCES conversations(id),
  kind         TEXT NOT NULL,
  recipient    TEXT,
  subject      TEXT NOT NULL DEFAULT '',
  text         TEXT NOT NULL,
  staff        INTEGER NOT NULL REFERENCES staff(id),
  saved_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE marks (
  id      INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES messages(id),
  mark    TEXT NOT NULL,
  UNIQUE (message, mark)
) STRICT;

CREATE TABLE timeline_notes (
  id           INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  conversation INTEGER NOT NULL REFERENCES conversations(id),
  message      INTEGER,
  at           INTEGER NOT NULL,
  kind         TEXT NOT NULL
) STRICT;
CREATE INDEX timeline_notes_conversation ON timeline_notes(conversation, at);

CREATE TABLE operations (
  seq          INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  version      INTEGER NOT NULL,
  wall         INTEGER NOT NULL,
  counter      INTEGER NOT NULL,
  device       BLOB NOT NULL,
  staff        BLOB,
  origin       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  conversation BLOB,
  body_hash    BLOB NOT NULL,
  hash         BLOB NOT NULL,
  undone_by    INTEGER,
  erased_by    INTEGER
) STRICT;

CREATE TABLE operation_bodies (
  seq  INTEGER PRIMARY KEY REFERENCES operations(seq),
  salt BLOB NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE operation_conversations (
  conversation INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE operation_inverses (
  seq     INTEGER PRIMARY KEY REFERENCES operations(seq),
  wall    INTEGER NOT NULL,
  steps   TEXT NOT NULL
) STRICT;

CREATE TABLE counts (
  what  TEXT NOT NULL,
  of    INTEGER NOT NULL DEFAULT 0,
  staff INTEGER NOT NULL DEFAULT 0,
  n     INTEGER NOT NULL,
  PRIMARY KEY (what, of, staff)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5(
  subject, text, sender, receiver, note, files,
  content = '',
  columnsize = 0,
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '2 3'
);
INSERT INTO search(search, rank) VALUES ('secure-delete', 1);
