import { describe, expect, test } from "vitest";
import { fill, firstName, matching, trigger, unfilled } from "./variables";

const values = {
  "contact.name": "June Abara",
  "contact.first_name": "June",
  "staff.name": "Lena",
  "practice.name": "Northside",
};

describe("variables", () => {
  test("are filled in", () => {
    expect(fill("Dear {contact.first_name|there}, {staff.name}", values)).toBe("Dear June, Lena");
  });
  test("fall back to the spare word, else stay visible", () => {
    const nobody = { ...values, "contact.first_name": "" };
    expect(fill("Dear {contact.first_name|there}", nobody)).toBe("Dear there");
    expect(fill("Dear {contact.first_name} {visit.date}", nobody)).toBe("Dear {contact.first_name} {visit.date}");
    expect(unfilled("at {visit.date}?")).toBe("{visit.date}");
    expect(unfilled("a set {1, 2} of braces")).toBeUndefined();
  });
  test.each([
    ["June Abara", "June"],
    ["Abara, June", "June"],
    ["Dr. Kofi Osei", "Kofi"],
    ["june@mail.example", ""],
    ["", ""],
    ["Zoë", "Zoë"],
  ])("the first name of %s is %s", (name, first) => {
    expect(firstName(name)).toBe(first);
  });
});

describe("a sign that opens a list", () => {
  test.each([
    ["/re", 3, { sign: "/", typed: "re", start: 0 }],
    ["Hello /", 7, { sign: "/", typed: "", start: 6 }],
    ["ask @ines about it", 9, { sign: "@", typed: "ines", start: 4 }],
    ["and/or", 6, undefined],
    ["a@b.example", 3, undefined],
    ["/re done", 8, undefined],
  ])("in %j at %d", (text, cursor, expected) => {
    expect(trigger(text, cursor)).toEqual(expected);
  });
});

test("canned responses are found by shortcut first, then by any word of the title", () => {
  const canned = [
    { id: "1", shortcut: "hours", title: "Opening hours", text: "" },
    { id: "2", shortcut: "refill", title: "Refill is ready", text: "" },
    { id: "3", shortcut: "late", title: "Refill takes longer", text: "" },
  ];
  expect(matching(canned, "ref").map(({ id }) => id)).toEqual(["2", "3"]);
  expect(matching(canned, "").length).toBe(3);
  expect(matching(canned, "x")).toEqual([]);
});
