import { expect, test } from "vitest";
import { findingsOf, reasonsOf } from "./findings";

test("whatever comes is read without a fault", () => {
  for (const odd of [null, undefined, 3, "x", [], { red_flags: 1 }, { red_flags: [null, 7, {}] }, { acuity: "soon" }]) {
    expect(findingsOf(odd)).toEqual({ acuity: undefined, flags: [] });
  }
});

test("each reason is said once, with the words that raised it", () => {
  const { acuity, flags } = findingsOf({
    acuity: "emergency",
    red_flags: [
      { start: 3, end: 9, text: "panic attacks", reason: "A crisis", source: "NHS" },
      { text: "Panic attacks", reason: "A crisis", source: "NHS" },
      { start: 20, end: 25, text: "faint", reason: "Fainting", source: "NICE" },
    ],
  });
  expect(acuity).toBe("emergency");
  expect(reasonsOf(flags)).toEqual([
    { reason: "A crisis", source: "NHS", words: ["panic attacks"] },
    { reason: "Fainting", source: "NICE", words: ["faint"] },
  ]);
});
