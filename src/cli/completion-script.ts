/** The completion scripts for the shells: files of the package, in completions/. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The file name that each shell looks for in its folder of completions. */
const files = { bash: 'kv.bash', zsh: '_kv', fish: 'kv.fish' } as const;

/** A shell's completion script, to be sourced. It only defines functions and registers them. */
export async function completionScript(shell: keyof typeof files): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('wasi-keyvalue/package.json');
  return readFile(join(dirname(manifest), 'completions', files[shell]), 'utf8');
}
