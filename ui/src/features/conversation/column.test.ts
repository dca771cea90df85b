import { expect, test } from "vitest";
import type { MessageView, TimelineEntry } from "$/generated/desk";
import { column } from "./column";

const noon = new Date("2026-03-10T12:00").getTime();
const message = (id: string, minutes: number): MessageView => ({ id, at: noon + minutes * 60_000 }) as MessageView;
const entry = (what: string, minutes: number): TimelineEntry =>
  ({ operation: `${what} ${minutes}`, what, at: noon + minutes * 60_000 }) as TimelineEntry;
const shape = (...given: Parameters<typeof column>): string[] =>
  column(...given).map((item) =>
    item.kind === "event" ? `event ×${item.entries.length}` : item.kind === "message" ? item.key : item.kind,
  );

test("messages and what staff did come in the order they happened, a line before each day", () => {
  expect(shape([message("a", 0), message("b", 30), message("c", 60 * 24)], [entry("tag_added", 10)], null)).toEqual([
    "day",
    "a",
    "event ×1",
    "b",
    "day",
    "c",
  ]);
});

test("what the messages tell themselves is not said twice", () => {
  expect(shape([message("a", 0)], [entry("reply_sent", 1), entry("conversation_viewed", 2)], null)).toEqual([
    "day",
    "a",
  ]);
});

test("several things done in a row share a line", () => {
  const done = [entry("tag_added", 5), entry("assigned", 5.5), entry("pooled", 6), entry("state_set", 30)];
  expect(shape([message("a", 0)], done, null)).toEqual(["day", "a", "event ×3", "event ×1"]);
});

test("the first unread message has a line before it, unless it is the first at all", () => {
  expect(shape([message("a", 0), message("b", 1)], [], "b")).toEqual(["day", "a", "new", "b"]);
  expect(shape([message("a", 0)], [], "a")).toEqual(["day", "a"]);
});

test("with only the newest page shown, what happened earlier stays with the older messages", () => {
  expect(shape([message("z", 600)], [entry("tag_added", 1), entry("state_set", 601)], null)).toEqual([
    "day",
    "z",
    "event ×1",
  ]);
});
