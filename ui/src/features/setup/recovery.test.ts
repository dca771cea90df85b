import { expect, test } from "vitest";
import { groupsOf, sameGroup } from "./recovery";

test("a key is read in groups, however it is separated", () => {
  expect(groupsOf("K7QD-9MFX 2RTA")).toEqual(["K7QD", "9MFX", "2RTA"]);
});

test("a group typed back may differ in case, spaces and look-alikes, in nothing else", () => {
  expect(sameGroup(" k7 qd ", "K7QD")).toBe(true);
  expect(sameGroup("O1L0", "011O")).toBe(true);
  expect(sameGroup("K7QE", "K7QD")).toBe(false);
  expect(sameGroup("", "")).toBe(false);
});
