// The recovery key as people read and type it: groups of letters and digits, look-alikes forgiven.

export const groupsOf = (key: string): string[] => key.split(/[\s-]+/).filter(Boolean);

/** Without case, spaces and dashes; letters and digits that look alike count as one. */
const plain = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");

export const sameGroup = (typed: string, group: string): boolean =>
  plain(group) !== "" && plain(typed) === plain(group);
