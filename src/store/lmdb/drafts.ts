/**
 * Buckets in the making: they have names that no bucket can have, and are registered as uploads, so that they go
 * when their process has ended. What lasts is done in steps, which yield how many records they were through with.
 */
import { bucketDatabase } from './layout.js';
import type { Parts } from './parts.js';
import { deleteBucket, type Original } from './whole-buckets.js';

/** Begins the name of a draft: no bucket's name may hold a control character. */
const DRAFT_PREFIX = '\x01';

export function isDraft(name: string): boolean {
  return name.startsWith(DRAFT_PREFIX);
}

/** Makes one, and returns its name. */
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

/** Puts a draft in the place of a bucket, whose records go. Throws `no-bucket` for no draft. */
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

/** Throws `no-bucket` for no draft. */
export function* discardDraft(parts: Parts, draft: Original): Generator<number> {
  const { id } = parts.catalogue.entryOf(draft.bucket);
  yield* deleteBucket(parts, draft);
  parts.chunks.forgetUpload(id);
}

/** All there are, also those of other processes. */
export function draftNames({ catalogue }: Parts): string[] {
  return catalogue.names().filter(isDraft);
}

/** Discards a draft whose process has ended; nothing of one that lives, or has gone. */
export function* discardAbandoned(parts: Parts, draft: Original): Generator<number> {
  const { catalogue, chunks } = parts;
  const entry = catalogue.find(draft.bucket);
  if (entry && !chunks.isUploading(entry.id)) yield* discardDraft(parts, draft);
}
