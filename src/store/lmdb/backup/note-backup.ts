/**
 * Notes a backup in its store, because an incremental backup may begin only at a state that the
 * store went through. The numbers of transactions do not tell: another store has the same ones, and
 * so do a copy of its file and a restored store that was written to since. A note tells: whoever
 * has it also has everything before it.
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

/**
 * How long to wait for another writer at most, in ms: a backup mainly reads, and does without its
 * note.
 */
const WAIT_MS = 2000;

export interface Note {
  /** The backup's identity, in hexadecimal. */
  readonly identity: string;
  /** Why the note could not be written; undefined if it was. */
  readonly failure: KvError | undefined;
}

/** Notes a backup that is about to be made. A failure is returned, and has no other effect. */
export async function noteBackup(
  path: string,
  isReadOnly: boolean,
  { limit = WAIT_MS, idIsTaken }: Patience = {},
): Promise<Note> {
  const identity = randomBytes(IDENTITY_BYTES).toString('hex');
  try {
    if (isReadOnly) throw new KvError('read-only', '--read-only was given');
    checkDataFile(join(path, DATA_FILE), 'change');
    const patience = { limit: Math.min(limit, WAIT_MS), idIsTaken };
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
