// One readable column: messages, notes and what staff did, in the order in which it happened.
import type { MessageView, TimelineEntry } from "$/generated/desk";

export type Item =
  | { kind: "message"; key: string; at: number; message: MessageView }
  | { kind: "event"; key: string; at: number; entries: TimelineEntry[] }
  | { kind: "day"; key: string; at: number }
  | { kind: "new"; key: string; at: number };

/** Entries that the messages themselves tell, or that nobody needs to read here. */
const SILENT = new Set([
  "note_added",
  "reply_queued",
  "reply_sending",
  "reply_sent",
  "reply_deferred",
  "reply_failed",
  "reply_uncertain",
  "conversation_viewed",
  "read_set",
  "attachment_opened",
  "searched",
  "contact_saved",
]);

/** Messages and timeline in order, with a line before each new day and before the first unread one. */
export function column(
  messages: readonly MessageView[],
  timeline: readonly TimelineEntry[],
  firstUnread: string | null,
): Item[] {
  const oldest = messages[0]?.at ?? -Infinity;
  const items: Item[] = messages.map((message) => ({
    kind: "message",
    key: message.id,
    at: message.at,
    message,
  }));
  for (const [index, entry] of timeline.entries()) {
    // What happened before the oldest message shown comes with the older messages.
    if (SILENT.has(entry.what) || (entry.at < oldest && messages.length > 0)) continue;
    items.push({ kind: "event", key: `${entry.operation} ${index}`, at: entry.at, entries: [entry] });
  }
  items.sort((a, b) => a.at - b.at || (a.kind === "message" ? -1 : 1));
  const out: Item[] = [];
  let day: string | undefined;
  for (const item of items) {
    const today = new Date(item.at).toDateString();
    if (today !== day) out.push({ kind: "day", key: `day ${today}`, at: item.at });
    day = today;
    const last = out.at(-1);
    if (item.kind === "message" && item.key === firstUnread && out.some(({ kind }) => kind === "message")) {
      out.push({ kind: "new", key: "new", at: item.at });
    }
    // Several things done in a row share a line.
    if (item.kind === "event" && last?.kind === "event" && item.at - last.at < 120_000)
      last.entries.push(...item.entries);
    else out.push(item);
  }
  return out;
}
