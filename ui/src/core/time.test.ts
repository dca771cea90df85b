import { describe, expect, test } from "vitest";
import { fromLocalInput, localInput, presets } from "./snooze";
import { longSpan, shortSpan, span } from "./waiting";

const MINUTE = 60_000;

describe("waiting times", () => {
  test.each([
    [-5 * MINUTE, "now", 0],
    [59_999, "now", 0],
    [MINUTE, "minute", 1],
    [59 * MINUTE, "minute", 59],
    [60 * MINUTE, "hour", 1],
    [25 * 60 * MINUTE, "day", 1],
    [20 * 24 * 60 * MINUTE, "week", 2],
  ])("%d ms is %s × %d", (length, unit, count) => {
    expect(span(length)).toEqual({ unit, count });
  });

  test("are said short in the list and long for screen readers", () => {
    expect(shortSpan(4 * MINUTE)).toBe("4 min");
    expect(longSpan(MINUTE)).toBe("1 minute");
    expect(longSpan(4 * MINUTE)).toBe("4 minutes");
  });
});

describe("snooze presets", () => {
  const ids = (at: string): string[] => presets(new Date(at).getTime()).map(({ id }) => id);

  test("on a Tuesday morning the day still has two", () => {
    expect(ids("2026-03-10T09:30")).toEqual(["later_today", "this_evening", "tomorrow", "next_week", "two_weeks"]);
  });
  test("late on a Friday the next working day comes after the weekend", () => {
    const friday = presets(new Date("2026-03-13T19:00").getTime());
    expect(friday.map(({ id }) => id)).toEqual(["tomorrow", "after_weekend", "two_weeks"]);
    expect(localInput(friday[1]?.until ?? 0)).toBe("2026-03-16T08:00");
  });
  test("on a Sunday, tomorrow is Monday and is offered once", () => {
    expect(ids("2026-03-15T12:00")).toEqual(["later_today", "this_evening", "tomorrow", "two_weeks"]);
  });
  test("all of them lie ahead, soonest first, at any hour of a week", () => {
    const monday = new Date("2026-03-09T00:00").getTime();
    for (let hour = 0; hour < 24 * 7; hour += 1) {
      const now = monday + hour * 3_600_000 + 1;
      const times = presets(now).map(({ until }) => until);
      expect(Math.min(...times)).toBeGreaterThan(now);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });
  test("a typed date counts only when it lies ahead", () => {
    const now = new Date("2026-03-10T09:30").getTime();
    expect(fromLocalInput("2026-03-10T09:00", now)).toBeUndefined();
    expect(fromLocalInput("", now)).toBeUndefined();
    expect(fromLocalInput("2026-03-11T09:00", now)).toBe(new Date("2026-03-11T09:00").getTime());
  });
});
