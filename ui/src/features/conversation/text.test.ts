import { expect, test } from "vitest";
import { flag, pieces } from "./text";

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

test("flagged words are found in the piece that holds them, joined where they overlap", () => {
  const text = "Señor, my chest pain is bad\n> old text";
  const parts = pieces(text, [{ kind: "quote", start: bytes("Señor, my chest pain is bad\n"), end: bytes(text) }]);
  const from = bytes("Señor, my ");
  const marked = flag(text, parts, [
    { start: from, end: from + 10 },
    { start: from + 6, end: from + 10 },
    { start: 99_999, end: 100_000 },
  ]);
  const first = marked[0];
  expect(first?.flagged?.map(({ start, end }) => first.text.slice(start, end))).toEqual(["chest pain"]);
  expect(marked[1]?.flagged).toBeUndefined();
});
