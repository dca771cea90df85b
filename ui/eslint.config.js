import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** The arrows of the house: views → features → core → design; the rest is named rule by rule. */
const forbid = (...rules) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: [
        {
          group: ["@tauri-apps/*"],
          message: "Only backend/tauri.ts knows Tauri.",
        },
        ...rules.map(([group, message]) => ({ group, message })),
      ],
    },
  ],
});
const noViews = [["$/views/*", "**/views/**"], "Only main.ts and views know views."];
const noFeatures = [
  ["$/features/*", "$/features/**", "**/features/**"],
  "Features are put together in views; shared logic belongs in core, shared looks in design.",
];
const noCore = [["$/core/*", "$/core/**"], "This layer knows nothing of the product's state."];
const noBackend = [["$/backend/*", "$/backend/**"], "Go through core."];

export default ts.config(
  { ignores: ["dist", "node_modules", "src/generated"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: [".svelte"] },
    },
    rules: {
      // Patient text is shown as text; markup from outside lives in the mail frame only.
      "svelte/no-at-html-tags": "error",
      "svelte/require-each-key": "error",
      "svelte/no-target-blank": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "prefer-const": "off",
      // Plain maps and sets are meant where nothing on screen reads them directly.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    files: ["scripts/**", "*.config.*"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
  { files: ["src/**"], rules: forbid() },
  { files: ["src/design/**"], rules: forbid(noViews, noFeatures, noCore, noBackend) },
  { files: ["src/i18n/**"], rules: forbid(noViews, noFeatures, noCore, noBackend) },
  { files: ["src/core/**"], rules: forbid(noViews, noFeatures) },
  { files: ["src/features/**"], rules: forbid(noViews, noFeatures) },
  { files: ["src/backend/**"], rules: forbid(noViews, noFeatures, noCore) },
  { files: ["src/backend/tauri.ts"], rules: { "no-restricted-imports": "off" } },
);
