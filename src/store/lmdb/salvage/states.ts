/**
 * The states of a store that its file may still contain, the best first: those of its meta pages,
 * and if these are lost, those of main-tree roots found by reading all pages. Each transaction
 * writes the main tree's root anew, so the newest root belongs to the last one.
 */
import type { KvError } from '../../../errors.js';
import { isMainKey } from '../check/main-tree.js';
import { META_PAGES } from '../file/meta-layout.js';
import type { Meta, TreesState } from '../file/metas.js';
import { Fault, Page } from '../file/page.js';
import { numberOf, transactionOf } from '../file/page-header.js';
import type { StoreFile } from '../file/store-file.js';
import { NO_PAGE, tree } from '../file/tree-descriptor.js';

/** Roots that are tried, besides those of the meta pages. */
const ROOT_LIMIT = 16;

/** A branch below the main tree's root: trees of names and buckets are not deeper. */
const DEPTH_LIMIT = 4;

/** Any transaction. */
const ANY = 2n ** 64n - 1n;

/** Throws `io`. */
export function* statesOf(
  file: StoreFile,
  metas: readonly (Meta | KvError)[],
): Generator<TreesState> {
  const sound = metas.filter((meta): meta is Meta => 'transaction' in meta);
  sound.sort((a, b) => Number(b.transaction - a.transaction));
  const isNewest = sound.length === metas.length;
  if (isNewest) yield* sound;
  const found = foundRoots(file);
  if (isNewest) yield* found;
  // The lost one may have been the newer. A meta page says more about the same state.
  else yield* [...sound, ...found].sort((a, b) => Number(b.transaction - a.transaction));
}

interface Root {
  readonly number: number;
  readonly depth: number;
  readonly transaction: bigint;
}

function foundRoots(file: StoreFile): TreesState[] {
  const pages = Math.floor((file.size ?? 0) / file.pageSize);
  const roots = mainPages(file, pages);
  roots.sort((a, b) => Number(b.transaction - a.transaction) || b.depth - a.depth);
  return roots.slice(0, ROOT_LIMIT).map((root) => metaOf(root, pages - 1));
}

/** The pages of main trees of any time: leaves by their keys, branches by their children. */
function mainPages(file: StoreFile, pages: number): Root[] {
  const known = new Map<number, Root>();
  const branches: number[] = [];
  for (let number = META_PAGES; number < pages; number++) {
    const bytes = file.readPages(number, 1);
    if (bytes instanceof Fault || numberOf(bytes) !== number) continue;
    const leaf = Page.parse(bytes, { number, tree: 'main', depth: 1 }, ANY);
    if (!(leaf instanceof Fault)) {
      const keys = Array.from({ length: leaf.count }, (_, node) => node);
      if (!keys.every((node) => isMainKey(leaf, node))) continue;
      known.set(number, { number, depth: 1, transaction: transactionOf(bytes) });
    } else if (!(Page.parse(bytes, { number, tree: 'main', depth: 2 }, ANY) instanceof Fault)) {
      branches.push(number);
    }
  }
  for (let depth = 2; depth <= DEPTH_LIMIT; depth++) {
    for (const number of branches) {
      const bytes = file.readPages(number, 1) as Buffer;
      const page = Page.parse(bytes, { number, tree: 'main', depth }, ANY) as Page;
      const children = Array.from({ length: page.count }, (_, node) => page.child(node));
      if (!children.some((child) => known.get(child)?.depth === depth - 1)) continue;
      known.set(number, { number, depth, transaction: transactionOf(bytes) });
    }
  }
  return [...known.values()];
}

function metaOf({ number, depth, transaction }: Root, lastPage: number): TreesState {
  const free = Buffer.alloc(tree.bytes);
  free.writeBigUInt64LE(NO_PAGE, tree.root);
  const main = Buffer.alloc(tree.bytes);
  main.writeUInt16LE(depth, tree.depth);
  main.writeBigUInt64LE(BigInt(number), tree.root);
  return { transaction, lastPage, free, main, roots: [{ number, tree: 'main', depth }] };
}
