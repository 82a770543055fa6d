/** How a stream shows emphasis: by colour, or not at all. */
import type { Style } from './terminal.js';

/** The theme, in the first sixteen colours, which a person has chosen for their terminal. */
const looks = {
  heading: 'bold',
  label: 'dim',
  detail: 'dim',
  match: 'red',
  hint: 'dim',
  error: 'red',
  warning: 'yellow',
  question: 'cyan',
  choice: 'cyan',
  done: 'green',
} as const satisfies Record<keyof Style, string>;

export const plainStyle: Style = styleOf(() => (text) => text);

/** Chalk takes 4 ms to load, so it is loaded only where colour is shown. */
export async function colorStyle(): Promise<Style> {
  const { Chalk } = await import('chalk');
  // Chalk's own guess of the level ignores NO_COLOR, and which stream is meant.
  const chalk = new Chalk({ level: 1 });
  return styleOf((look) => chalk[look]);
}

function styleOf(show: (look: (typeof looks)[keyof Style]) => (text: string) => string): Style {
  const roles = Object.entries(looks).map(([role, look]) => [role, show(look)] as const);
  return Object.fromEntries(roles) as Record<keyof Style, (text: string) => string>;
}

/**
 * Whether a stream shows colour. The first of these that applies: `--color`, `NO_COLOR`,
 * `FORCE_COLOR` (`0` and `false` say no), `TERM=dumb`, and last whether the stream is a terminal.
 */
export function showsColor(
  choice: 'auto' | 'always' | 'never',
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}
