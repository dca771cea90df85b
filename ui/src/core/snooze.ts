// When a snoozed conversation comes back: the presets staff choose from. Pure; the present is handed in.

export type PresetId = "later_today" | "this_evening" | "tomorrow" | "after_weekend" | "next_week" | "two_weeks";
export type Preset = { id: PresetId; until: number };

export const START_OF_DAY = 8;
const EVENING = 17;

/** The presets that make sense now, soonest first. */
export function presets(now: number): Preset[] {
  const date = new Date(now);
  const day = date.getDay();
  const at = (days: number, hour: number): number => {
    const then = new Date(now);
    then.setDate(then.getDate() + days);
    return then.setHours(hour, 0, 0, 0);
  };
  const laterToday = new Date(now + 3 * 3_600_000).setMinutes(0, 0, 0);
  const toMonday = (8 - day) % 7 || 7;
  const list: Preset[] = [];
  if (new Date(laterToday).getHours() < EVENING && new Date(laterToday).getDate() === date.getDate()) {
    list.push({ id: "later_today", until: laterToday });
  }
  if (date.getHours() < EVENING - 1) list.push({ id: "this_evening", until: at(0, EVENING) });
  list.push({ id: "tomorrow", until: at(1, START_OF_DAY) });
  // From Thursday on, "after the weekend" is what people mean; before, "next week".
  if (day >= 4 || day === 0) {
    if (toMonday > 1) list.push({ id: "after_weekend", until: at(toMonday, START_OF_DAY) });
  } else list.push({ id: "next_week", until: at(toMonday, START_OF_DAY) });
  list.push({ id: "two_weeks", until: at(14, START_OF_DAY) });
  return list;
}

/** A local date and time as `<input type="datetime-local">` writes it. */
export function localInput(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The instant behind such a text, if it lies ahead. */
export function fromLocalInput(text: string, now: number): number | undefined {
  const at = new Date(text).getTime();
  return Number.isFinite(at) && at > now ? at : undefined;
}
