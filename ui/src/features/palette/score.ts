// How well what was typed fits a name: whole words first, then word beginnings, then letters in order.

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** 0 where it does not fit at all; an empty text fits everything. */
export function score(typed: string, name: string): number {
  const wanted = fold(typed).trim();
  if (wanted === "") return 1;
  const text = fold(name);
  if (text.startsWith(wanted)) return 100;
  const words = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const parts = wanted.split(/\s+/);
  if (parts.every((part) => words.some((word) => word.startsWith(part)))) return 80;
  if (
    words
      .map((word) => word[0])
      .join("")
      .startsWith(wanted)
  )
    return 60;
  if (wanted.length < 2) return 0;
  if (text.includes(wanted)) return 40;
  if (wanted.length < 3) return 0;
  let at = 0;
  for (const letter of wanted.replace(/\s/g, "")) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return 0;
  }
  return 10;
}
