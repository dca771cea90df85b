import { expect, test } from "vitest";
import { score } from "./score";

test("better fits come first", () => {
  const order = ["Snooze…", "Go to Snoozed", "Resnooze", "Sort zone order newest"];
  const scores = order.map((name) => score("snooze", name));
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(new Set(scores.slice(0, 3)).size).toBe(3);
});

test("word beginnings in any order, initials, and accents", () => {
  expect(score("inb go", "Go to Inbox")).toBe(80);
  expect(score("gti", "Go to Inbox")).toBe(60);
  expect(score("espanol", "Español")).toBe(100);
});

test("what does not fit is not shown, and nothing typed shows all", () => {
  expect(score("xyz", "Close")).toBe(0);
  expect(score("", "Close")).toBeGreaterThan(0);
});
