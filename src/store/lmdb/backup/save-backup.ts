/** Writes a backup to a file, which appears complete, read back and on the disk, or not at all. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ioError } from '../../../errors.js';
import { sourceOfFile } from '../../backup/byte-source.js';
import type { WorkOptions } from '../../store.js';
import { inTurns } from '../../turns.js';
import { flush } from '../flush.js';
import { FlushedFile } from './flushed-file.js';
import { inspectBackup } from './read-backup.js';

/** The ending of the name of a file that is being written. */
const PART = '.part';

/**
 * Writes the blocks to `path`, readable by the owner alone. Rejects with errors of the blocks,
 * `full`, `io`, the signal's reason.
 */
export async function saveBackup(
  path: string,
  blocks: Iterable<Buffer | undefined>,
  { signal, progress }: WorkOptions,
): Promise<void> {
  const part = `${path}${PART}`;
  const action = `write backup "${path}"`;
  try {
    await rm(part, { force: true });
    const file = await open(part, 'wx+', 0o600);
    try {
      const flushed = new FlushedFile(file);
      await inTurns(written(flushed, blocks), { signal, progress });
      await Promise.all([flushed.flush(), inspectBackup(sourceOfFile(file.fd, part), { signal })]);
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    await rename(part, path);
    flush(dirname(path));
  } catch (error) {
    await rm(part, { force: true });
    if (signal?.aborted) throw signal.reason;
    throw ioError(action, error);
  }
}

/** Writes the blocks; each step yields the bytes it has written. */
function* written(file: FlushedFile, blocks: Iterable<Buffer | undefined>): Generator<number> {
  let position = 0;
  for (const block of blocks) {
    if (block) file.write(block, position);
    const bytes = block?.length ?? 0;
    position += bytes;
    yield bytes;
  }
}
