/**
 * The state that a salvage begins from. Where both meta pages are sound, it is that of the newer one. Else it is the
 * best of those that the file may still hold: those of the meta pages, and of the roots of the main tree that are
 * found by going through all pages. Each transaction writes the main tree's root anew, so the newest root is that of
 * the last one.
 */
import { KvError } from '../../../errors.js';
import { isMainKey, readMainTree } from '../check/main-tree.js';
import { Scan } from '../check/scan.js';
import { META_PAGES } from '../file/meta-layout.js';
import { newerOf } from '../file/meta-order.js';
import type { Meta, TreesState } from '../file/metas.js';
import { Fault, Page } from '../file/page.js';
import { numberOf, transactionOf } from '../file/page-header.js';
import type { StoreFile } from '../file/store-file.js';
import { NO_PAGE, tree } from '../file/tree-descriptor.js';
import { rootOf } from '../file/walk.js';
import { FORMAT } from '../layout.js';

/** Roots that are tried, besides those of the meta pages. */
const ROOT_LIMIT = 16;

/** A branch below the main tree's root: trees of names and buckets are not deeper. */
const DEPTH_LIMIT = 4;

/** Any transaction. */
export const ANY_TRANSACTION = 2n ** 64n - 1n;

export interface BestState {
  readonly trees: TreesState;
  /** Whether it is that of the last transaction: if not, pages of later ones may be a part of the store. */
  readonly isLast: boolean;
}

/** Throws `unknown-format` for a store of another format, `io`. */
export function bestState(file: StoreFile, metas: readonly (Meta | KvError)[]): BestState {
  const sound = metas.filter((meta): meta is Meta => !(meta instanceof KvError));
  const lastMeta = sound.length === 2 ? newerOf(file, sound[0]!, sound[1]!) : undefined;
  if (lastMeta) return { trees: withMainTree(file, lastMeta), isLast: true };
  const lastPage = pagesOf(file) - 1;
  const dated = sound.map((meta) => ({ ...meta, transaction: writerOf(file, meta), lastPage }));
  const candidates = [...dated, ...foundRoots(file)];
  candidates.sort((a, b) => Number(b.transaction - a.transaction));
  const trees = bestMainTree(file, candidates) ?? dated[0] ?? nothing(lastPage);
  return { trees: { ...trees, lastPage }, isLast: false };
}

/** The transaction of a state by its main tree: the number on its meta page may be what is damaged. */
function writerOf(file: StoreFile, meta: Meta): bigint {
  const root = rootOf(meta.main, 'main');
  const bytes = root && file.readPages(root.number, 1);
  const isPage = bytes instanceof Buffer && numberOf(bytes) === root!.number;
  return isPage ? transactionOf(bytes) : meta.transaction;
}

/** A state whose main tree cannot be read from where it says, and can be from another page. */
function withMainTree(file: StoreFile, meta: Meta): TreesState {
  if (isWhole(file, meta)) return meta;
  const roots = foundRoots(file).filter(({ transaction }) => transaction === meta.transaction);
  const found = roots.find((root) => isWhole(file, { ...root, lastPage: meta.lastPage }));
  return found ? { ...meta, main: found.main } : meta;
}

/** The first whose main tree is whole; where there is none, the first of which some buckets can be read. */
function bestMainTree(file: StoreFile, states: readonly TreesState[]): TreesState | undefined {
  return (
    states.find((state) => isWhole(file, state)) ??
    states.find((state) => readMainTree(new Scan(file, state)).buckets.length > 0)
  );
}

function isWhole(file: StoreFile, state: TreesState): boolean {
  const { isWhole, format } = readMainTree(new Scan(file, state));
  if (format !== undefined && format !== FORMAT) throw unknownFormat(file, format);
  return isWhole && format !== undefined;
}

interface Root {
  readonly number: number;
  readonly depth: number;
  readonly transaction: bigint;
}

function foundRoots(file: StoreFile): TreesState[] {
  const pages = pagesOf(file);
  const roots = mainPages(file, pages);
  roots.sort((a, b) => Number(b.transaction - a.transaction) || b.depth - a.depth);
  return roots.slice(0, ROOT_LIMIT).map((root) => stateOf(root, pages - 1));
}

/** The pages of main trees of any time: leaves by their keys, branches by their children. */
function mainPages(file: StoreFile, pages: number): Root[] {
  const known = new Map<number, Root>();
  const branches: number[] = [];
  for (let number = META_PAGES; number < pages; number++) {
    const bytes = file.readPages(number, 1);
    if (bytes instanceof Fault || numberOf(bytes) !== number) continue;
    if (mainLeaf(bytes, number)) {
      known.set(number, { number, depth: 1, transaction: transactionOf(bytes) });
      continue;
    }
    const place = { number, tree: 'main', depth: 2 } as const;
    if (!(Page.parse(bytes, place, ANY_TRANSACTION) instanceof Fault)) branches.push(number);
  }
  for (let depth = 2; depth <= DEPTH_LIMIT; depth++) {
    for (const number of branches) {
      const bytes = file.readPages(number, 1) as Buffer;
      const page = Page.parse(bytes, { number, tree: 'main', depth }, ANY_TRANSACTION) as Page;
      const children = Array.from({ length: page.count }, (_, node) => page.child(node));
      if (!children.some((child) => known.get(child)?.depth === depth - 1)) continue;
      known.set(number, { number, depth, transaction: transactionOf(bytes) });
    }
  }
  return [...known.values()];
}

/** The leaf of a main tree of any time that the bytes are; undefined where they are none. */
export function mainLeaf(bytes: Buffer, number: number): Page | undefined {
  const page = Page.parse(bytes, { number, tree: 'main', depth: 1 }, ANY_TRANSACTION);
  if (page instanceof Fault) return undefined;
  const nodes = Array.from({ length: page.count }, (_, node) => node);
  return nodes.every((node) => isMainKey(page, node)) ? page : undefined;
}

/** How many whole pages the file has. */
export function pagesOf(file: StoreFile): number {
  return Math.floor((file.size ?? 0) / file.pageSize);
}

function stateOf({ number, depth, transaction }: Root, lastPage: number): TreesState {
  const { free, main } = nothing(lastPage);
  main.writeUInt16LE(depth, tree.depth);
  main.writeBigUInt64LE(BigInt(number), tree.root);
  return { transaction, lastPage, free, main, roots: [{ number, tree: 'main', depth }] };
}

/** A state of which nothing is known. */
function nothing(lastPage: number): TreesState {
  const [free, main] = [Buffer.alloc(tree.bytes), Buffer.alloc(tree.bytes)];
  for (const one of [free, main]) one.writeBigUInt64LE(NO_PAGE, tree.root);
  return { transaction: 0n, lastPage, free, main, roots: [] };
}

function unknownFormat({ path }: StoreFile, format: number): KvError {
  const state = `it is in format ${format}, and this kv knows ${FORMAT}`;
  return new KvError('unknown-format', `cannot salvage "${path}": ${state}`);
}
