import { expect, test } from "vitest";
import { snippetParts, termParts } from "./highlight";

test("a snippet's marks become parts, and no mark remains", () => {
  expect(snippetParts("ran out of \u2068warfarin\u2069 yesterday")).toEqual([
    { text: "ran out of ", hit: false },
    { text: "warfarin", hit: true },
    { text: " yesterday", hit: false },
  ]);
  expect(snippetParts("")).toEqual([]);
});

test("words that begin with a term are hits, whatever their case and accents", () => {
  const hits = (text: string, ...terms: string[]): string[] =>
    termParts(text, terms)
      .filter(({ hit }) => hit)
      .map((part) => part.text);
  expect(hits("La mamá de Tomás", "tomas")).toEqual(["Tomás"]);
  expect(hits("Refill, refills, prefilled", "refill")).toEqual(["Refill", "refills"]);
  expect(hits("nothing here", "")).toEqual([]);
});

test("parts put together are the text", () => {
  const text = "Dr. Osei: “warfarin 3 mg”, då & nå";
  expect(
    termParts(text, ["war", "nå"])
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});
