/** Whether a stream shows colour. */

/**
 * The first that has something to say: `--color`, `NO_COLOR`, `FORCE_COLOR` (`0` and `false` say
 * no), `TERM=dumb`, and last whether the stream is a terminal.
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
