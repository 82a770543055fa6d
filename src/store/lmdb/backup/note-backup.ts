/**
 * Noting a backup in its store: an incremental backup may begin only at a moment that the store has gone
 * through. Numbers of transactions do not tell that, since another store has them as well, and so have a copy of
 * its file and a restored store that went on. A note does: whoever has it has all that came before.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { KvError } from '../../../errors.js';
import type { Patience } from '../../patience.js';
import { decodeBackups, encodeBackups, IDENTITY_BYTES } from '../backups-entry.js';
import type { Environment } from '../environment.js';
import { checkDataFile } from '../file/data-file.js';
import { BACKUPS_KEY, DATA_FILE, decodeU64, FORMAT, FORMAT_KEY, sealEntry } from '../layout.js';
import { openLocked } from '../locked-environment.js';
import { readEntry } from '../read-entry.js';

/** How long another writer is waited for at most, in ms: a backup is for reading, and does without its note. */
const WAIT_MS = 2000;

export interface Note {
  /** The backup's, in hexadecimal. */
  readonly identity: string;
  /** Why the store does not have it; undefined where it does. */
  readonly failure: KvError | undefined;
}

/** Notes a backup that is about to be made. What keeps it from that is told, and nothing else comes of it. */
export async function noteBackup(
  path: string,
  isReadOnly: boolean,
  { limit = WAIT_MS }: Patience = {},
): Promise<Note> {
  const identity = randomBytes(IDENTITY_BYTES).toString('hex');
  try {
    if (isReadOnly) throw new KvError('read-only', '--read-only was given');
    checkDataFile(join(path, DATA_FILE));
    const patience = { limit: Math.min(limit, WAIT_MS) };
    const environment = openLocked(path, 'change', { patience });
    try {
      await environment.writes.writersDone();
      environment.writes.transactionSync(() => note(environment, identity));
    } finally {
      await environment.close();
    }
    return { identity, failure: undefined };
  } catch (error) {
    if (error instanceof KvError) return { identity, failure: error };
    throw error;
  }
}

/** Within a transaction. */
function note(environment: Environment, identity: string): void {
  const { main } = environment;
  const format = environment.reads.getCopy(main, FORMAT_KEY);
  if (format?.length !== 8 || decodeU64(format) !== FORMAT) {
    throw new KvError('unknown-format', 'it is in another format');
  }
  const entry = readEntry(environment, main, BACKUPS_KEY);
  const store = randomBytes(IDENTITY_BYTES).toString('hex');
  const known = (entry && decodeBackups(entry)) ?? { store, backups: [] };
  const bytes = encodeBackups({ ...known, backups: [...known.backups, identity] });
  main.putSync(BACKUPS_KEY, sealEntry(main.seed, BACKUPS_KEY, bytes));
}
