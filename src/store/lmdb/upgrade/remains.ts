/** What a killed upgrade leaves beside the store. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** The prefix of the folder in which the new file is written. */
export const UPGRADING_PREFIX = '.upgrading-';

/** Removes it, where nobody upgrades the store now; `names` are those in its folder. */
export function removeRemains(path: string, names: readonly string[]): void {
  for (const name of names) {
    if (name.startsWith(UPGRADING_PREFIX))
      rmSync(join(path, name), { recursive: true, force: true });
  }
}
