// Keys as text: `j`, `shift+x`, `mod+enter`, `g i`. `mod` is Command on a Mac and Ctrl elsewhere.

export type KeyPress = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const named: Record<string, string> = { " ": "space", Escape: "esc", "+": "plus" };

/** The text of one key press, or nothing for a lone modifier. */
export function chord(press: KeyPress, mac: boolean): string | undefined {
  if (["Control", "Shift", "Alt", "Meta", "AltGraph", "Dead"].includes(press.key)) return undefined;
  const mod = mac ? press.metaKey : press.ctrlKey;
  const foreign = mac ? press.ctrlKey : press.metaKey;
  if (foreign) return undefined;
  const key = named[press.key] ?? press.key.toLowerCase();
  // Shift is part of what a sign is (`?`), but a modifier of a letter or a named key.
  const shifted = press.shiftKey && (key.length > 1 || /\p{L}/u.test(key));
  return [mod && "mod", press.altKey && "alt", shifted && "shift", key].filter(Boolean).join("+");
}

/** Whether typing goes into the place that has the focus. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}

/** Follows sequences such as `g i`: a prefix waits for its next key for a moment. */
export class Sequences {
  #prefix: string | undefined;
  #since = 0;
  readonly #patience: number;

  constructor(patience = 1200) {
    this.#patience = patience;
  }

  /** What the keys so far mean among `known`; `waiting` while they begin a longer one. */
  press(key: string, known: ReadonlySet<string>, now: number): string | "waiting" | undefined {
    const prefix = now - this.#since < this.#patience ? this.#prefix : undefined;
    this.#prefix = undefined;
    const whole = prefix ? `${prefix} ${key}` : key;
    if (known.has(whole)) return whole;
    if ([...known].some((keys) => keys.startsWith(`${whole} `))) {
      this.#prefix = whole;
      this.#since = now;
      return "waiting";
    }
    return prefix && known.has(key) ? key : undefined;
  }
}

const signs: Record<string, [mac: string, other: string]> = {
  mod: ["⌘", "Ctrl"],
  shift: ["⇧", "Shift"],
  alt: ["⌥", "Alt"],
  enter: ["⏎", "⏎"],
  esc: ["Esc", "Esc"],
  arrowdown: ["↓", "↓"],
  arrowup: ["↑", "↑"],
  plus: ["+", "+"],
  space: ["␣", "␣"],
};

/** How a shortcut is shown: `Ctrl ⏎`, `G I`. */
export function showKeys(keys: string, mac: boolean): string {
  return keys
    .split(/[ +]/)
    .map((part) => signs[part]?.[mac ? 0 : 1] ?? part.toLocaleUpperCase())
    .join(" ");
}

/** How a shortcut is written for assistive technology (`aria-keyshortcuts`). */
export function ariaKeys(keys: string, mac: boolean): string {
  return keys
    .split(" ")
    .map((press) =>
      press
        .split("+")
        .map((part) => (part === "mod" ? (mac ? "Meta" : "Control") : part === "esc" ? "Escape" : part))
        .map((part) => (part.length > 1 ? part[0]?.toUpperCase() + part.slice(1) : part))
        .join("+"),
    )
    .join(" ");
}
