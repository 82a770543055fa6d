/** A user's folders by the XDG base directory specification. */
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

const folders = {
  data: { variable: 'XDG_DATA_HOME', home: '.local/share' },
  state: { variable: 'XDG_STATE_HOME', home: '.local/state' },
  cache: { variable: 'XDG_CACHE_HOME', home: '.cache' },
} as const;

export type FolderKind = keyof typeof folders;

/**
 * `$XDG_DATA_HOME/kv`, else `~/.local/share/kv`, and so on; undefined for a user unknown to the
 * system, as in a container that runs under any number. A relative path in the variable is ignored,
 * as the specification requires, and so is a relative HOME: it would mean another folder in each
 * folder.
 */
export function userFolder(kind: FolderKind, env: NodeJS.ProcessEnv): string | undefined {
  const { variable, home } = folders[kind];
  const named = env[variable] ?? '';
  if (isAbsolute(named)) return join(named, 'kv');
  const { HOME = '' } = env;
  const folder = isAbsolute(HOME) ? HOME : homeOfUser();
  return folder && join(folder, home, 'kv');
}

/** The variables that determine the folder. */
export function variablesOf(kind: FolderKind): readonly string[] {
  return [folders[kind].variable, 'HOME'];
}

/** The path of a file in the folder without the variable: `~/.local/share/kv/store`. */
export function homePath(kind: FolderKind, file: string): string {
  return `~/${folders[kind].home}/kv/${file}`;
}

/**
 * The path of a file in the folder, in words: `$XDG_DATA_HOME/kv/store, else
 * ~/.local/share/kv/store`.
 */
export function placeInWords(kind: FolderKind, file: string): string {
  return `$${folders[kind].variable}/kv/${file}, else ${homePath(kind, file)}`;
}

/** From the system's list of users, whatever HOME says. */
function homeOfUser(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}
