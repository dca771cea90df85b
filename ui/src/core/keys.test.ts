import { describe, expect, test } from "vitest";
import { ariaKeys, chord, type KeyPress, Sequences, showKeys } from "./keys";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("a key press as text", () => {
  test.each([
    [press("j"), "j"],
    [press("X", { shiftKey: true }), "shift+x"],
    [press("?", { shiftKey: true }), "?"],
    [press("k", { ctrlKey: true }), "mod+k"],
    [press("Enter", { ctrlKey: true, shiftKey: true }), "mod+shift+enter"],
    [press("Escape"), "esc"],
    [press("ñ"), "ñ"],
  ])("%o is %s", (pressed, expected) => {
    expect(chord(pressed, false)).toBe(expected);
  });

  test("a modifier alone, and the other system's modifier, mean nothing", () => {
    expect(chord(press("Shift", { shiftKey: true }), false)).toBeUndefined();
    expect(chord(press("k", { metaKey: true }), false)).toBeUndefined();
    expect(chord(press("k", { metaKey: true }), true)).toBe("mod+k");
  });
});

describe("sequences", () => {
  const known = new Set(["j", "g i", "g m", "i"]);

  test("a prefix waits for the rest", () => {
    const keys = new Sequences();
    expect(keys.press("g", known, 0)).toBe("waiting");
    expect(keys.press("i", known, 400)).toBe("g i");
    expect(keys.press("j", known, 500)).toBe("j");
  });

  test("a prefix does not wait for ever", () => {
    const keys = new Sequences();
    keys.press("g", known, 0);
    expect(keys.press("i", known, 5000)).toBe("i");
  });

  test("a prefix and a key that does not follow it: the key counts alone", () => {
    const keys = new Sequences();
    keys.press("g", known, 0);
    expect(keys.press("j", known, 10)).toBe("j");
    keys.press("g", known, 20);
    expect(keys.press("q", known, 30)).toBeUndefined();
  });
});

test("keys are shown in the words of the system", () => {
  expect(showKeys("mod+shift+enter", false)).toBe("Ctrl Shift ⏎");
  expect(showKeys("mod+k", true)).toBe("⌘ K");
  expect(showKeys("g i", false)).toBe("G I");
  expect(ariaKeys("mod+enter", false)).toBe("Control+Enter");
});
