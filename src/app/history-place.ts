/** Where the history of the prompt is stored. */
import { join } from 'node:path';
import { damagedVariable } from '../line/environment.js';
import { userFolder, variablesOf } from '../line/user-folder.js';
import type { HistoryPlace } from '../repl/history-file.js';
import { makeFolder } from '../store/lmdb/make-folder.js';

/** The history file, with its folder made; no path where the folder cannot be made. */
export function historyPlace(env: NodeJS.ProcessEnv): HistoryPlace {
  const folder = userFolder('state', env);
  if (folder === undefined) return { path: undefined };
  const damaged = damagedVariable(folder, variablesOf('state'), env);
  if (damaged !== undefined) {
    return { path: undefined, reason: `the environment variable ${damaged} is not UTF-8` };
  }
  try {
    makeFolder(folder);
  } catch {
    return { path: undefined };
  }
  return { path: join(folder, 'history') };
}
