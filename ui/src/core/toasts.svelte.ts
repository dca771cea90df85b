// Short messages in the corner: what was done, with the way back.

export type Toast = {
  id: number;
  text: string;
  tone: "done" | "error" | "arrived";
  /** What the button does and says. */
  action?: { label: string; run: () => void } | undefined;
  /** Counts down to this instant, for the undo time of a reply. */
  until?: number | undefined;
};

let last = 0;
export const toasts = $state<Toast[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** Shows a message; errors stay until closed, the rest goes by itself. */
export function toast(given: Omit<Toast, "id">): number {
  last += 1;
  const id = last;
  // What was done last is what one may want back; older ones make room, unless they count down.
  if (given.tone === "done") for (const one of [...toasts]) if (one.tone === "done" && !one.until) dismiss(one.id);
  toasts.push({ id, ...given });
  while (toasts.length > 3) dismiss(toasts[0]?.id ?? 0);
  const lasting = given.until ? given.until - Date.now() : given.action ? 9000 : 5000;
  if (given.tone !== "error")
    timers.set(
      id,
      setTimeout(() => {
        dismiss(id);
      }, lasting),
    );
  return id;
}

export function dismiss(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  const index = toasts.findIndex((one) => one.id === id);
  if (index >= 0) toasts.splice(index, 1);
}

/** Leaving the page or locking: nothing of it stays. */
export function dismissAll(): void {
  for (const { id } of [...toasts]) dismiss(id);
}
