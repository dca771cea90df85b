import { expect, test } from "vitest";
import { place } from "./place";

const window = { width: 1000, height: 600 };

test("a popover opens below its anchor where there is room", () => {
  const at = place({ left: 100, top: 50, right: 200, bottom: 80 }, { width: 240, height: 300 }, window, "start", false);
  expect(at).toMatchObject({ left: 100, top: 84, side: "below" });
});

test("it opens above near the bottom, and touches the anchor even when it is cut", () => {
  const at = place(
    { left: 100, top: 500, right: 200, bottom: 530 },
    { width: 240, height: 900 },
    window,
    "start",
    false,
  );
  expect(at.side).toBe("above");
  expect(at.top + at.maxHeight).toBe(496);
});

test("it never leaves the window and mirrors in right-to-left", () => {
  const anchor = { left: 950, top: 10, right: 990, bottom: 40 };
  expect(place(anchor, { width: 240, height: 100 }, window, "start", false).left).toBe(752);
  expect(place(anchor, { width: 240, height: 100 }, window, "start", true).left).toBe(750);
});
