import { expect, test } from "vitest";
import { pieces } from "./text";

const bytes = (text: string): number => new TextEncoder().encode(text).length;

test("a text without folds is one piece, an empty one none", () => {
  expect(pieces("hello", [])).toEqual([{ text: "hello" }]);
  expect(pieces("", [])).toEqual([]);
});

test("folds are counted in bytes, so accents and emoji do not shift them", () => {
  const read = "Mañana 🙂 ";
  const quote = "> él escribió";
  expect(pieces(read + quote, [{ kind: "quote", start: bytes(read), end: bytes(read + quote) }])).toEqual([
    { text: read },
    { text: quote, fold: "quote" },
  ]);
});

test("nothing is ever lost, however wrong the folds are", () => {
  const text = "añb cde";
  const wrong = [
    { kind: "quote" as const, start: 2, end: 4 }, // inside ñ
    { kind: "quote" as const, start: 900, end: 901 },
    { kind: "signature" as const, start: 5, end: 5 },
  ];
  expect(
    pieces(text, wrong)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});
