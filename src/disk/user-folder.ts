/** The folders that the XDG base directory specification gives to a program of a user. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const folders = {
  data: { variable: 'XDG_DATA_HOME', below: ['.local', 'share'] },
  state: { variable: 'XDG_STATE_HOME', below: ['.local', 'state'] },
  cache: { variable: 'XDG_CACHE_HOME', below: ['.cache'] },
} as const;

/**
 * `$XDG_DATA_HOME/kv`, else `~/.local/share/kv`, and so on; undefined for a user whom the system does
 * not know, as in a container that runs under any number. What is relative in the variable is
 * ignored, as the specification asks.
 */
export function userFolder(kind: keyof typeof folders, env: NodeJS.ProcessEnv): string | undefined {
  const { variable, below } = folders[kind];
  const named = env[variable] ?? '';
  if (isAbsolute(named)) return join(named, 'kv');
  const home = env.HOME || homeOfUser();
  return home && join(home, ...below, 'kv');
}

function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
