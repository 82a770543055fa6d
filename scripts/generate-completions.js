/** Writes completions/ as the built `kv completion` prints them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const kv = fileURLToPath(new URL('bin/kv.js', root));

/** By the file's name, which is what each shell looks for in its folder of completions. */
const shells = { 'kv.bash': 'bash', _kv: 'zsh', 'kv.fish': 'fish' };

mkdirSync(new URL('completions', root), { recursive: true });
for (const [name, shell] of Object.entries(shells)) {
  const script = execFileSync(process.execPath, [kv, 'completion', shell]);
  writeFileSync(new URL(`completions/${name}`, root), script);
}
