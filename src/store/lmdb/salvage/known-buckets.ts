/**
 * The buckets that pages of the main tree tell of, whatever transaction they are of: where the newest page is
 * damaged, an older one mostly has the names. Whether a bucket is still there is for its leaves to say.
 */
import { isDraft } from '../check/main-tree.js';
import { seedOf } from '../checksum.js';
import { META_PAGES } from '../file/meta-layout.js';
import { Fault, type Page } from '../file/page.js';
import { transactionOf } from '../file/page-header.js';
import type { StoreFile } from '../file/store-file.js';
import {
  BUCKET_ENTRY_BYTES,
  bucketIdOf,
  decodeBucketEntry,
  decodeTreeSize,
  isNameKey,
  nameOfKey,
  openEntry,
  treeOfSizeKey,
} from '../layout.js';
import { mainLeaf, pagesOf } from './states.js';

const SEED = seedOf('main');

/** What the newest page says that has it. */
export interface KnownBucket {
  readonly id: number;
  /** Undefined where it had none but that of a draft, or another bucket has it by now. */
  readonly name?: string;
  /** Milliseconds since the epoch. */
  readonly created?: number;
  /** How many keys there were. */
  readonly keys?: number;
}

/** By their ids. Throws `io`. */
export function knownBuckets(file: StoreFile): Map<number, KnownBucket> {
  const pages: { readonly page: Page; readonly transaction: bigint }[] = [];
  for (let number = META_PAGES; number < pagesOf(file); number++) {
    const bytes = file.readPages(number, 1);
    const page = bytes instanceof Fault ? undefined : mainLeaf(bytes, number);
    if (page) pages.push({ page, transaction: transactionOf(page.bytes) });
  }
  // What a later page says takes the place of what is known.
  pages.sort((a, b) => Number(a.transaction - b.transaction));
  const found = new Map<number, KnownBucket>();
  for (const { page } of pages) {
    for (let node = 0; node < page.count; node++) take(found, page, node);
  }
  const byName = new Map([...found.values()].map(({ id, name }) => [name, id]));
  for (const [id, bucket] of found) {
    const { name, ...others } = bucket;
    if (name !== undefined && byName.get(name) !== id) found.set(id, others);
  }
  return found;
}

function take(found: Map<number, KnownBucket>, page: Page, node: number): void {
  const key = page.key(node);
  const bytes = page.isTree(node) ? undefined : openEntry(SEED, key, page.data(node));
  const learn = (id: number, facts: Partial<KnownBucket>) => {
    const known = found.get(id) ?? { id };
    // The last to be told comes last.
    found.delete(id);
    found.set(id, { ...known, ...facts });
  };
  if (page.isTree(node)) {
    const id = bucketIdOf(key.toString().replace(/\0$/, ''));
    if (id !== undefined) learn(id, {});
  } else if (isNameKey(key) && bytes?.length === BUCKET_ENTRY_BYTES) {
    const { id, created } = decodeBucketEntry(bytes);
    const name = nameOfKey(key);
    learn(id, isDraft(name) ? { created } : { name, created });
  } else if (bytes) {
    const id = bucketIdOf(treeOfSizeKey(key) ?? '');
    const size = decodeTreeSize(bytes);
    if (id !== undefined && size) learn(id, { keys: size.entries });
  }
}
