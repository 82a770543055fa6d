/**
 * All that a store holds and whether it is sound, found in the test's own process: a command started for each would
 * take most of the time of tests that look at hundreds of stores.
 */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import type { Problem } from '../../src/store/maintenance.js';
import type { StoredValue } from '../../src/store/record.js';

/** Values by `BUCKET/KEY`; of one that is long its size and hash: see `shown`. */
export type Contents = ReadonlyMap<string, string>;

/** The longest value that is shown as it is, in bytes. */
const SHOWN_BYTES = 200;

/** A value as `Contents` has it. */
export function shown(value: Uint8Array | string): string {
  const bytes = Buffer.from(value);
  if (bytes.length <= SHOWN_BYTES) return bytes.toString('latin1');
  return `${bytes.length} bytes, ${createHash('sha1').update(bytes).digest('hex')}`;
}

/** What `kv store check` would print. */
async function problemsIn(path: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  await checkOf(path).run({ found: async (problem) => void problems.push(problem) });
  return problems;
}

/** Expects it to be sound; `about` is for the failure. */
export async function expectSound(path: string, about: unknown): Promise<void> {
  expect({ about, problems: await problemsIn(path) }).toEqual({ about, problems: [] });
}

/** All records of a store. Throws what reading one throws. */
export async function contentsOf(path: string): Promise<Contents> {
  const store = (await openStore(path, 'read'))!;
  try {
    const contents = new Map<string, string>();
    for (const name of store.bucketNames('')) {
      for (const page of store.bucket(name)!.records({})) {
        for (let at = 0; at < page.count; at++) {
          contents.set(`${name}/${page.key(at)}`, shown(bytesOf(page.value(at)!)));
        }
      }
    }
    return contents;
  } finally {
    await store.close();
  }
}

/** The whole of a value, which is closed. */
export function bytesOf(value: StoredValue): Buffer {
  try {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < value.size; at += pieces.at(-1)!.length) {
      pieces.push(value.read(at, value.size - at));
    }
    return Buffer.concat(pieces);
  } finally {
    value.close();
  }
}
