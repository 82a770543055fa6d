/** Completion scripts for the shells, written from the registry. */
import type { Registry } from '../command.js';
import { bashScript } from './bash-completion.js';
import { fishScript } from './fish-completion.js';
import { zshScript } from './zsh-completion.js';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The script of a shell, to be sourced. It does nothing but define functions and register them. */
export async function completion(
  shell: 'bash' | 'zsh' | 'fish',
  registry: Registry,
): Promise<string> {
  return scripts[shell](await Promise.all(registry.map((entry) => entry.load())));
}
