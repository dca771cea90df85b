// What the window itself is made with. The core's own list comes with the packages.

export const licences = [
  { name: "Anteroom", licence: "Apache-2.0", holder: "the Anteroom authors" },
  { name: "Svelte", licence: "MIT", holder: "the Svelte contributors" },
  { name: "Inter", licence: "OFL-1.1", holder: "the Inter project authors" },
  { name: "Lucide", licence: "ISC", holder: "the Lucide contributors" },
  {
    name: "Tauri",
    licence: "Apache-2.0 or MIT",
    holder: "the Tauri programme in the Commons Conservancy",
  },
] as const;
