/** Writes man/kv.1 as the built kv says it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const kv = fileURLToPath(new URL('bin/kv.js', root));

mkdirSync(new URL('man', root), { recursive: true });
writeFileSync(new URL('man/kv.1', root), execFileSync(process.execPath, [kv, '__man']));
