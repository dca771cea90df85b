import { describe, expect, test } from "vitest";
import { heldScroll } from "./hold";
import { grouped, Window } from "./window";

const heights = { row: 76, heading: 28 };
const list = (...ids: string[]) =>
  new Window(
    grouped(
      ids.map((id) => ({ id })),
      undefined,
    ),
    heights,
  );
const five = list("a", "b", "c", "d", "e");

describe("when rows come in above", () => {
  test("the row under the mouse stays under the mouse", () => {
    const after = list("new", "a", "b", "c", "d", "e");
    expect(heldScroll(five, after, { scrolled: 0, height: 300, pointer: 160 })).toBe(76);
  });
  test("also when the new row comes between the first row and the mouse", () => {
    const after = list("a", "new", "b", "c", "d", "e");
    expect(heldScroll(five, after, { scrolled: 0, height: 300, pointer: 160 })).toBe(76);
    expect(heldScroll(five, after, { scrolled: 0, height: 300, pointer: 10 })).toBe(0);
  });
  test("the first row seen stays when the mouse is elsewhere", () => {
    const after = list("new", "a", "b", "c", "d", "e");
    expect(heldScroll(five, after, { scrolled: 90, height: 150, pointer: undefined })).toBe(166);
  });
  test("at the top with the mouse elsewhere they are seen coming in", () => {
    expect(heldScroll(five, list("new", "a"), { scrolled: 0, height: 300, pointer: undefined })).toBeUndefined();
  });
});

describe("when rows go", () => {
  test("the next row that is left holds the place", () => {
    const after = list("a", "c", "d", "e");
    expect(heldScroll(five, after, { scrolled: 80, height: 300, pointer: undefined })).toBe(4);
  });
  test("a list that is another one altogether begins anew", () => {
    expect(heldScroll(five, list("x", "y"), { scrolled: 80, height: 300, pointer: 20 })).toBeUndefined();
  });
});
