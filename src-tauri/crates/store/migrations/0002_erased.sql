-- What was erased with a contact must not come back when a mailbox is read again.
CREATE TABLE erased (
  key INTEGER PRIMARY KEY
) STRICT;
