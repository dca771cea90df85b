import { describe, expect, test } from "vitest";
import { fileSize, shortDate } from "./dates";
import { en } from "./en";
import { es } from "./es";
import { format, type Plural } from "./i18n.svelte";

type Message = string | Plural;
const texts = (message: Message): string[] => (typeof message === "string" ? [message] : [message.one, message.other]);
const variables = (message: Message): string[] =>
  [...new Set(texts(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();
const pairs = Object.keys(en).map((key): [string, Message, Message] => {
  const known = key as keyof typeof en;
  return [key, en[known], es[known]];
});

describe("the Spanish catalogue", () => {
  test.each(pairs)("%s has the same variables as the English one", (_, english, spanish) => {
    expect(variables(spanish)).toEqual(variables(english));
    expect(typeof spanish).toBe(typeof english);
  });
  test("has no key that English does not have", () => {
    expect(Object.keys(es).filter((key) => !(key in en))).toEqual([]);
  });
});

test("no message shouts", () => {
  const all = pairs.flatMap(([, english, spanish]) => [...texts(english), ...texts(spanish)]);
  expect(all.filter((text) => text.includes("!") || text.includes("¡"))).toEqual([]);
});

test("variables are filled, numbers in the language's own way, plurals chosen", () => {
  expect(format({ one: "{count} one", other: "{count} many" }, { count: 1 }, "en")).toBe("1 one");
  expect(format({ one: "{count} one", other: "{count} many" }, { count: 12345 }, "es")).toBe("12.345 many");
  expect(format("{who} and {other}", { who: "Ines" }, "en")).toBe("Ines and {other}");
});

test("dates are as short as they can be without doubt", () => {
  const now = new Date("2026-03-10T12:00").getTime();
  expect(shortDate(new Date("2026-03-10T09:05").getTime(), now, "en-GB")).toBe("09:05");
  expect(shortDate(new Date("2026-03-08T09:05").getTime(), now, "en-GB")).toBe("Sun");
  expect(shortDate(new Date("2026-01-08T09:05").getTime(), now, "en-GB")).toBe("8 Jan");
  expect(shortDate(new Date("2024-01-08T09:05").getTime(), now, "en-GB")).toBe("8 Jan 2024");
  expect(fileSize(2_340_118, "en")).toBe("2.3 MB");
});
