import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const frameStyle = readFileSync(here("./src/features/conversation/mail-frame.css"), "utf8");
const frameHash = createHash("sha256").update(frameStyle.trim()).digest("base64");

/**
 * The content security policy of the built page. A mail frame inherits it, so the frame's one style
 * block is allowed by its hash; nothing inline is allowed otherwise. Not set while developing, because
 * Vite's hot reload injects styles.
 */
function contentSecurityPolicy(hash: string): Plugin {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'sha256-${hash}'`,
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self' ipc: http://ipc.localhost",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return {
    name: "anteroom-content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policy },
        injectTo: "head-prepend",
      },
    ],
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), contentSecurityPolicy(frameHash)],
  base: "./",
  define: { __MAIL_FRAME_HASH__: JSON.stringify(frameHash) },
  // Tests run Svelte's browser build.
  resolve: {
    alias: { $: here("./src") },
    ...(process.env["VITEST"] ? { conditions: ["browser"] } : {}),
  },
  build: {
    target: "es2022",
    // Patient data never reaches the page's source; maps only help whoever reads a crash in development.
    sourcemap: mode === "development",
    assetsInlineLimit: 0,
  },
  server: {
    port: 5173,
    strictPort: true,
    // The dev server in front of the real core: `npm run dev` beside `devhost`.
    proxy: {
      "/call": "http://127.0.0.1:4173",
      "/events": "http://127.0.0.1:4173",
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
  },
}));
