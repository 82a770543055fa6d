/** Confirms that a bucket's keys are to be deleted: its name is given as an option, or typed. */
import type { Context } from '../context.js';
import { KvError } from '../errors.js';
import { counted } from '../terminal/quantities.js';

export const confirmOption = {
  value: 'NAME',
  summary: "the bucket's name once more, in place of the question",
  completes: 'bucket',
} as const;

/**
 * Returns if the bucket is empty, or its name is given or typed. Throws `not-confirmed` otherwise,
 * `no-bucket`.
 */
export async function confirmBucket(
  { keyvalue, terminal }: Context,
  verb: string,
  name: string,
  given: string | undefined,
): Promise<void> {
  const keys = keyvalue.listing.countKeys(keyvalue.types.Bucket.openBucket(name), {});
  if (keys === 0 || given === name) return;
  const action = `${verb} bucket "${name}"`;
  const state = `it holds ${counted(keys, 'key')}`;
  if (given !== undefined) {
    throw new KvError('not-confirmed', `cannot ${action}: --confirm names "${given}"`);
  }
  if (!terminal.canAsk) {
    throw new KvError('not-confirmed', `cannot ${action}: ${state}, and nobody can be asked`, {
      hint: "try: --confirm=NAME with the bucket's name",
    });
  }
  const typed = await terminal.ask(`${action}? ${state}. Type its name to go on:`);
  if (typed !== name) {
    throw new KvError('not-confirmed', `did not ${action}: the name typed is another`);
  }
}
