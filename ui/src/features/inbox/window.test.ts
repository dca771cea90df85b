import { describe, expect, test } from "vitest";
import { grouped, Window } from "./window";

const heights = { row: 76, heading: 28 };

describe("a long list", () => {
  const rows = Array.from({ length: 100_000 }, (_, id) => ({ id, group: id < 3 ? "a" : "b" }));
  const list = new Window(
    grouped(rows, ({ group }) => group),
    heights,
  );

  test("shows only what is on screen, however long it is", () => {
    const shown = list.between(4_000_000, 4_000_700, 300);
    expect(shown.length).toBeLessThan(22);
    expect(shown[0]?.top).toBeLessThanOrEqual(3_999_700);
    expect(shown.at(-1)?.top).toBeGreaterThan(4_000_900);
  });

  test("has a heading before each group and exact heights", () => {
    expect(list.height).toBe(100_000 * 76 + 2 * 28);
    expect(list.topOf(({ id }) => id === 3)).toBe(28 + 3 * 76 + 28);
  });

  test("finds every entry by its height", () => {
    for (const index of [0, 1, 4, 5, 50_000, 100_001]) expect(list.at(list.top(index) + 1)).toBe(index);
  });

  test("can be empty", () => {
    const empty = new Window<number>([], heights);
    expect(empty.height).toBe(0);
    expect(empty.between(0, 700, 300)).toEqual([]);
  });
});
