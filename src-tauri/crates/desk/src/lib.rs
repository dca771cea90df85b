//! What a practice does: use cases, the command table, the ingest loop and the outbox loop.
