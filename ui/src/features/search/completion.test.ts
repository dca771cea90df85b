import { describe, expect, test } from "vitest";
import type { Vocabulary } from "$/generated/desk";
import { complete, operators, take, wordAt } from "./completion";

const words = {
  tags: [
    { id: "1", name: "refill", colour: "blue" },
    { id: "2", name: "Red flag", colour: "red" },
    { id: "3", name: "español", colour: "grey" },
  ],
  pools: [{ id: "1", name: "Front desk" }],
  views: [{ id: "1", name: "Spanish", query: "", only_for: null }],
  staff: [{ id: "1", name: "Ines Barros", role: "nurse", active: true }],
  canned: [],
} as Vocabulary;
const now = new Date("2026-03-10T12:00").getTime();
const labels = (text: string, cursor = text.length): string[] =>
  complete(text, cursor, words, ["desk@northside.example"], now).offers.map(({ label }) => label);

describe("the search box offers", () => {
  test("every operator while it is empty", () => {
    expect(labels("")).toEqual(operators.map((name) => `${name}:`));
  });
  test("operators that begin as typed, and none for plain words", () => {
    expect(labels("warfarin ta")).toEqual(["tag:"]);
    expect(labels("warfarin")).toEqual([]);
    expect(labels("warfarin ")).toEqual([]);
    expect(labels("-i")).toEqual(["-in:", "-is:"]);
  });
  test("values, those that begin as typed first, quoted where they must be", () => {
    expect(labels("tag:re")).toEqual(["tag:refill", 'tag:"Red flag"']);
    expect(labels("tag:fl")).toEqual(['tag:"Red flag"']);
    expect(labels("in:")).toEqual(['in:"Front desk"', "in:Spanish"]);
    expect(labels("account:desk")).toEqual(["account:desk@northside.example"]);
    expect(labels("is:un")).toEqual(["is:unread", "is:unassigned"]);
  });
  test("without regard to accents", () => {
    expect(labels("tag:espan")).toEqual(["tag:español"]);
  });
  test("days as dates", () => {
    expect(labels("after:")).toEqual(["after:2026-03-10", "after:2026-03-03", "after:2026-02-08"]);
  });
  test("nothing more once a value is complete", () => {
    expect(labels("is:unread")).toEqual([]);
  });
});

test("the word under the cursor ends at a space outside quotes", () => {
  const text = 'fever in:"Front desk" old';
  expect(wordAt(text, 15)).toEqual({ start: 6, end: 21, word: 'in:"Front' });
  expect(wordAt(text, 3)).toEqual({ start: 0, end: 5, word: "fev" });
});

test("taking an offer replaces the word and goes on behind it", () => {
  const text = "fever ta old";
  const first = complete(text, 8, words, [], now);
  const operator = first.offers[0];
  expect(operator && take(text, first, operator)).toEqual({ text: "fever tag: old", cursor: 10 });
  const second = complete("tag:ref", 7, words, [], now);
  const value = second.offers[0];
  expect(value && take("tag:ref", second, value)).toEqual({ text: "tag:refill ", cursor: 11 });
});
