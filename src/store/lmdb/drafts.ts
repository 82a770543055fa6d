/**
 * Drafts of buckets: they have names that no bucket can have, and are registered as uploads, so
 * that they are removed when their process has ended. Long work is done in steps, which yield the
 * number of records done.
 */
import { bucketDatabase } from './layout.js';
import type { Parts } from './parts.js';
import { deleteBucket, type Original } from './whole-buckets.js';

/** The prefix of a draft's name: a bucket's name contains no control characters. */
const DRAFT_PREFIX = '\x01';

export function isDraft(name: string): boolean {
  return name.startsWith(DRAFT_PREFIX);
}

/** Makes a draft, and returns its name. */
export function createDraft({ catalogue, chunks, environment, transactions }: Parts): string {
  return transactions.run(() => {
    const id = environment.writes.nextNumber();
    const name = DRAFT_PREFIX + id;
    environment.databases.create(bucketDatabase(id));
    catalogue.set(name, { id, created: Date.now() });
    chunks.beginUpload(id);
    return name;
  });
}

/**
 * Puts a draft in place of a bucket, whose records are deleted. Throws `no-bucket` if it is not a
 * draft.
 */
export function* publishDraft(
  parts: Parts,
  { bucket: draft, isUntouched }: Original,
  name: string,
): Generator<number> {
  const { catalogue, chunks } = parts;
  const entry = catalogue.entryOf(draft);
  if (catalogue.find(name)) yield* deleteBucket(parts, { bucket: name, isUntouched });
  catalogue.remove(draft);
  catalogue.set(name, entry);
  chunks.forgetUpload(entry.id);
}

/** Throws `no-bucket` if it is not a draft. */
export function* discardDraft(parts: Parts, draft: Original): Generator<number> {
  const { id } = parts.catalogue.entryOf(draft.bucket);
  yield* deleteBucket(parts, draft);
  parts.chunks.forgetUpload(id);
}

/** All drafts, of other processes too. */
export function draftNames({ catalogue }: Parts): string[] {
  return catalogue.names().filter(isDraft);
}

/**
 * Discards a draft whose process has ended; does nothing for a living process, or a missing draft.
 */
export function* discardAbandoned(parts: Parts, draft: Original): Generator<number> {
  const { catalogue, chunks } = parts;
  const entry = catalogue.find(draft.bucket);
  if (entry && !chunks.isUploading(entry.id)) yield* discardDraft(parts, draft);
}
