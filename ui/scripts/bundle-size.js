// Prints what the built page weighs and fails above the limit: code and styles, compressed, without fonts.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 250 * 1024;
const assets = fileURLToPath(new URL("../dist/assets", import.meta.url));
const weights = readdirSync(assets)
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => ({ name, bytes: gzipSync(readFileSync(join(assets, name))).length }));
const total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
console.log(`bundle: ${(total / 1024).toFixed(1)} kB gzip of ${LIMIT / 1024} kB`);
if (total > LIMIT) {
  console.error(weights.map(({ name, bytes }) => `  ${name} ${bytes}`).join("\n"));
  process.exit(1);
}
