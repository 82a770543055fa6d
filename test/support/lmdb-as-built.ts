/** lmdb as the build has it, for the tests: one file, with the replacements in it. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { replacements } from '../../scripts/replacements.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Makes the file, and returns its path. Node loads it as it is: vitest leaves node_modules alone. */
export function buildLmdb(): string {
  const { outputFiles } = buildSync({
    stdin: { contents: "export * from 'lmdb'", resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: replacements,
    drop: ['console'],
    write: false,
    logLevel: 'error',
  });
  const folder = join(root, 'node_modules/.cache/kv');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'lmdb.mjs');
  const written = `${file}-${process.pid}`;
  writeFileSync(written, outputFiles[0]!.contents);
  // Another run may be loading it.
  renameSync(written, file);
  return file;
}
