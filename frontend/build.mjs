// Build the card into one file: the one that is installed, or another to compare with it.
//
//   node build.mjs [FILE]
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";

const file =
  process.argv[2] ?? "../custom_components/amp_guard/frontend/amp-guard-card.js";
await build({
  entryPoints: ["src/main.ts"],
  outfile: file,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
});
const content = readFileSync(file);
const kB = (size) => (size / 1000).toFixed(1);
console.log(
  `card: ${kB(content.length)} kB, ${kB(gzipSync(content, { level: 9 }).length)} kB gzipped`,
);
