/** Where the words that complete a line come from: the registry, the store, the folder. */
import { opendirSync, statSync } from 'node:fs';
import type { Registry } from '../command.js';
import type { Bucket, Context, Settings } from '../context.js';

/** Keys that are offered at once. */
const KEY_LIMIT = 200;

/** Names in a folder that are looked at. */
const FILE_LIMIT = 10_000;

/** The words that begin with a prefix, or some of them. */
export interface Found {
  readonly words: readonly string[];
  /** Whether there are more. */
  readonly isCut: boolean;
  /** What all of them begin with, also those that are left out. */
  readonly common: string;
}

export interface Sources {
  readonly verbs: Registry;
  /** Stored keys, by a seek: however many there are, a few are read. */
  keys(prefix: string, bucket: string | undefined): Found;
  buckets(prefix: string): Found;
  files(prefix: string): Found;
}

export function sourcesOf(context: Context, settings: Settings): Sources {
  return {
    verbs: context.manual.verbs,
    keys: (prefix, bucket = settings.bucket) =>
      orNone(() => {
        const opened = context.keyvalue.types.Bucket.openBucket(bucket);
        return keysOf(context, opened, prefix);
      }),
    buckets: (prefix) => orNone(() => foundIn(context.keyvalue.buckets.names(prefix))),
    files: (prefix) => orNone(() => filesOf(prefix)),
  };
}

/** All of a list of words. */
export function foundIn(words: readonly string[]): Found {
  const [first, ...rest] = words;
  return { words, isCut: false, common: rest.reduce(commonBeginning, first ?? '') };
}

function keysOf({ keyvalue }: Context, bucket: Bucket, prefix: string): Found {
  const { listKeys } = keyvalue.listing;
  const keys = [...listKeys(bucket, { prefix, limit: KEY_LIMIT + 1 })];
  if (keys.length <= KEY_LIMIT) return foundIn(keys);
  const [last] = listKeys(bucket, { prefix, limit: 1, reverse: true });
  // They are in order: what the first and the last begin with, all between them do.
  const common = commonBeginning(keys[0]!, last ?? prefix);
  return { words: keys.slice(0, KEY_LIMIT), isCut: true, common };
}

/** Folders end with a slash. */
function filesOf(prefix: string): Found {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const beginning = prefix.slice(folder.length);
  const names: string[] = [];
  const directory = opendirSync(folder || '.');
  try {
    for (let seen = 0; seen < FILE_LIMIT; seen++) {
      const entry = directory.readSync();
      if (entry === null) break;
      if (!entry.name.startsWith(beginning)) continue;
      if (entry.name.startsWith('.') && !beginning.startsWith('.')) continue;
      const path = folder + entry.name;
      const stats = statSync(path, { throwIfNoEntry: false });
      names.push(stats?.isDirectory() ? `${path}/` : path);
    }
  } finally {
    directory.closeSync();
  }
  return foundIn(names.sort());
}

/** What two texts begin with, in whole characters. */
function commonBeginning(a: string, b: string): string {
  let common = '';
  for (const character of a) {
    if (!b.startsWith(character, common.length)) break;
    common += character;
  }
  return common;
}

/** A bucket that is not there, a prefix that no key can have: nothing is offered, nothing is said. */
function orNone(find: () => Found): Found {
  try {
    return find();
  } catch {
    return foundIn([]);
  }
}
