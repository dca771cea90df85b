// Words of the screens. Keys and their variables are typed from the English catalogue, so a missing or
// misspelt one does not compile, in any language.
import { en } from "./en";

export type Plural = { readonly one: string; readonly other: string };
export type Key = keyof typeof en;
export type Catalogue = { readonly [K in Key]: (typeof en)[K] extends Plural ? Plural : string };
export type Language = "en" | "es";

export const languages: Record<Language, { name: string; direction: "ltr" | "rtl" }> = {
  en: { name: "English", direction: "ltr" },
  es: { name: "Español", direction: "ltr" },
};

type Variables<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Variables<Rest> : never;
type VariablesOf<T> = T extends Plural ? Variables<T["other"]> | "count" : T extends string ? Variables<T> : never;
type Values<K extends Key> = {
  [V in VariablesOf<(typeof en)[K]>]: V extends "count" ? number : string | number;
};
type Arguments<K extends Key> = [VariablesOf<(typeof en)[K]>] extends [never] ? [] : [Values<K>];

let language = $state<Language>("en");
let catalogue = $state.raw<Catalogue>(en);

export const currentLanguage = (): Language => language;

/** The language with the region of the operating system, for dates and numbers: `en-GB`. */
export const currentLocale = (): string =>
  navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? language;

/** The language of the operating system, if there is a catalogue for it. */
export function systemLanguage(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return wanted.find((tag): tag is Language => tag in languages) ?? "en";
}

/** Changes the words, numbers, dates and the direction of the page. */
export async function setLanguage(to: Language): Promise<void> {
  catalogue = to === "es" ? (await import("./es")).es : en;
  language = to;
  document.documentElement.lang = to;
  const forced = new URLSearchParams(location.search).get("dir");
  document.documentElement.dir = forced === "rtl" ? "rtl" : languages[to].direction;
}

/** The sentence for `key` in the current language. */
export function t<K extends Key>(key: K, ...args: Arguments<K>): string {
  return format(catalogue[key], args[0] ?? {}, currentLocale());
}

/** Whether there is a sentence for a name made at run time. */
export const isKey = (name: string): name is Key => Object.hasOwn(en, name);

export function format(
  message: string | Plural,
  values: Readonly<Record<string, string | number>>,
  locale: string,
): string {
  const count = values["count"];
  const template =
    typeof message === "string"
      ? message
      : new Intl.PluralRules(locale).select(Number(count)) === "one"
        ? message.one
        : message.other;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
  });
}
