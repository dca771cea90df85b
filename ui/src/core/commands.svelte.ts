// What can be done now. Parts of the screen bind handlers to command ids while they are shown; keys, the
// palette and the `?` sheet read the same table.
import { untrack } from "svelte";
import { chord, Sequences, takesText, showKeys, ariaKeys } from "./keys";
import { preferences } from "./preferences.svelte";
import { session } from "./session.svelte";
import { commandIds, type CommandId, keysOf, worksWhileTyping } from "./shortcuts";

export type Handler = { run: () => void; when?: () => boolean };

export const isMac = /mac/i.test(navigator.userAgent);

let current = $state.raw<ReadonlyMap<CommandId, readonly Handler[]>>(new Map());
const sequences = new Sequences();

/** Binds handlers while a component lives; the last bound wins. Returns what unbinds them. */
export function bindCommands(bound: Partial<Record<CommandId, Handler | (() => void)>>): () => void {
  const added = new Map<CommandId, Handler>();
  const table = new Map(untrack(() => current));
  for (const id of Object.keys(bound) as CommandId[]) {
    const given = bound[id];
    if (!given) continue;
    const handler = typeof given === "function" ? { run: given } : given;
    added.set(id, handler);
    table.set(id, [...(table.get(id) ?? []), handler]);
  }
  current = table;
  return () => {
    const left = new Map(untrack(() => current));
    for (const [id, handler] of added) {
      left.set(
        id,
        (left.get(id) ?? []).filter((one) => one !== handler),
      );
    }
    current = left;
  };
}

function handlerOf(id: CommandId): Handler | undefined {
  const bound = current.get(id)?.at(-1);
  return bound && (bound.when?.() ?? true) ? bound : undefined;
}

export const canRun = (id: CommandId): boolean => handlerOf(id) !== undefined;

/** Runs a command if it can be done now. */
export function run(id: CommandId): boolean {
  const handler = handlerOf(id);
  handler?.run();
  return handler !== undefined;
}

/** The commands that can be done now. */
export const runnable = (): CommandId[] => commandIds.filter(canRun);

/** The first shortcut of a command as shown on buttons; none if staff took it away. */
export function keysShown(id: CommandId): string | undefined {
  const keys = keysOf(id, preferences.shortcuts)[0];
  if (!keys || (!preferences.singleKeys && !worksWhileTyping(keys))) return undefined;
  return showKeys(keys, isMac);
}

export function keysForAria(id: CommandId): string | undefined {
  const keys = keysOf(id, preferences.shortcuts)[0];
  return keys && (preferences.singleKeys || worksWhileTyping(keys)) ? ariaKeys(keys, isMac) : undefined;
}

/** The page's one key listener. */
export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = chord(event, isMac);
  if (key === undefined) return;
  const typing = takesText(event.target);
  // A wish to write is on its way to the composer: what is typed meanwhile is text, not commands.
  if (session.compose && !typing) {
    event.preventDefault();
    return;
  }
  const modal = document.querySelector("dialog[open], [popover]:popover-open") !== null;
  const onControl = isControl(event.target) && ["enter", "space", "arrowdown", "arrowup"].includes(key);
  if (onControl || (key === "esc" && (typing || modal))) return;
  if (modal && !["mod+k"].includes(key)) return;
  // In a text field, Ctrl-A and Ctrl-Z belong to the text.
  if (typing && ["mod+a", "mod+z"].includes(key)) return;
  const known = new Map<string, CommandId>();
  for (const id of commandIds) {
    for (const keys of keysOf(id, preferences.shortcuts)) {
      const allowed = worksWhileTyping(keys) || (!typing && (preferences.singleKeys || keys === "esc"));
      if (allowed && !known.has(keys)) known.set(keys, id);
    }
  }
  const meant = sequences.press(key, new Set(known.keys()), event.timeStamp);
  if (meant === "waiting") {
    event.preventDefault();
    return;
  }
  const id = meant === undefined ? undefined : known.get(meant);
  if (id !== undefined && run(id)) event.preventDefault();
}

/** Controls that answer these keys themselves. */
function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("button, a, summary, [role=tab], [role=separator], [role=menu], select, input") !== null
  );
}
