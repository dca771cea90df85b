// How one staff member likes the screen. The core keeps them with the practice; the few that a page
// needs before the practice is open (theme, language, layout) are also kept by the page itself. None of
// it is about a contact.
import { type Language, languages, setLanguage, systemLanguage } from "$/i18n/i18n.svelte";
import { call } from "./desk.svelte";

export type Theme = "system" | "light" | "dark" | "contrast";
export type Density = "comfortable" | "compact";
export type AfterClosing = "next" | "stay";
export type Panes = { sidebar: number; list: number; contact: number };

export type Preferences = {
  theme: Theme;
  language: Language | "system";
  density: Density;
  /** Percent of the normal text size. */
  textSize: number;
  panes: Panes;
  contactShown: boolean;
  singleKeys: boolean;
  shortcuts: Record<string, string>;
  afterClosing: AfterClosing;
  group: boolean;
  recentSearches: boolean;
  tourDone: boolean;
};

export const defaults: Preferences = {
  theme: "system",
  language: "system",
  density: "comfortable",
  textSize: 100,
  panes: { sidebar: 12.5, list: 23, contact: 16 },
  contactShown: true,
  singleKeys: true,
  shortcuts: {},
  afterClosing: "next",
  group: true,
  recentSearches: true,
  tourDone: false,
};

export const textSizes = [90, 100, 110, 125, 150, 175, 200];

const KEY = "anteroom.screen";

export const preferences = $state<Preferences>({ ...defaults, ...readKept() });

function readKept(): Partial<Preferences> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}

function keep(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // A page without storage still works; it only forgets its layout.
  }
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const contrast = matchMedia("(prefers-contrast: more)");

export function shownTheme(): Exclude<Theme, "system"> {
  if (preferences.theme !== "system") return preferences.theme;
  if (contrast.matches) return "contrast";
  return dark.matches ? "dark" : "light";
}

/** Puts theme, text size and language on the page. */
export async function applyPreferences(): Promise<void> {
  const root = document.documentElement;
  root.dataset["theme"] = shownTheme();
  root.dataset["density"] = preferences.density;
  root.style.setProperty("--scale", String(preferences.textSize / 100));
  const wanted = preferences.language;
  await setLanguage(wanted !== "system" && wanted in languages ? wanted : systemLanguage());
}

/** Follows the operating system's theme. */
export function followSystem(): void {
  for (const query of [dark, contrast]) query.addEventListener("change", () => void applyPreferences());
}

const owned = [
  "theme",
  "language",
  "density",
  "textSize",
  "singleKeys",
  "shortcuts",
  "afterClosing",
  "group",
  "tourDone",
] as const;

/** Takes over what the core keeps for the staff member who is signed in. */
export function adoptSettings(values: Readonly<Record<string, unknown>>): void {
  const kept = values["screen"];
  if (typeof kept !== "object" || kept === null) return;
  const given = kept as Partial<Preferences>;
  const changes = owned.filter((key) => given[key] !== undefined && !same(given[key], preferences[key]));
  if (changes.length === 0) return;
  Object.assign(preferences, Object.fromEntries(changes.map((key) => [key, given[key]])));
  keep();
  void applyPreferences();
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Changes preferences: at once on the page, then kept by page and core. */
export async function prefer(changes: Partial<Preferences>): Promise<void> {
  Object.assign(preferences, changes);
  keep();
  await applyPreferences();
  if (!owned.some((key) => key in changes)) return;
  const screen = Object.fromEntries(owned.map((key) => [key, $state.snapshot(preferences[key])]));
  // Locked or before set-up the core has nowhere to keep them; the page has.
  await call("save_setting", { key: "screen", value: screen, mine: true }).catch(() => undefined);
}
