/**
 * The leaves of a tree, from the store's file itself, in the order of the keys. Asking LMDB for each
 * record costs many times as much; and what is damaged here is an error, where LMDB ends the process.
 */
import { KvError } from '../../../errors.js';
import { Fault, type Page } from './page.js';
import type { StoreFile } from './store-file.js';
import { type Bounds, rootOf, walkInOrder } from './walk.js';

/** Nodes of a leaf that lie within bounds, in order; at least one. */
export interface Leaf {
  readonly page: Page;
  /** The first node, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

/**
 * The leaves of the tree with this descriptor whose keys lie within bounds. The pages are of a
 * snapshot, which somebody has to hold, of a transaction that is not after `newest`. Throws
 * `damaged`, `io`.
 */
export function* leavesOf(
  file: StoreFile,
  descriptor: Buffer,
  newest: bigint,
  bounds: Bounds,
): Generator<Leaf> {
  const root = rootOf(descriptor, 'named');
  if (root === undefined) return;
  const { lower, upper } = bounds;
  for (const found of walkInOrder(file, root, bounds, { newest })) {
    const page = sound(file, found.page);
    if (!page.isLeaf) continue;
    const from = lower ? page.firstFrom(lower, 0) : 0;
    const to = upper ? page.firstFrom(upper, 0) : page.count;
    if (from < to) yield { page, from, to };
  }
}

/** Throws `damaged` for a fault. */
export function sound<T>(file: StoreFile, found: T | Fault): T {
  if (!(found instanceof Fault)) return found;
  const state = `damaged: ${found.state}`;
  throw new KvError('damaged', `cannot read store file "${file.path}": ${state}`);
}
