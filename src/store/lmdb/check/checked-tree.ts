/**
 * Checks a tree page by page: each page is what its parent says and used once; keys ascend within a
 * page and across pages, and lie within the bounds of the branches above; the tree's counts of
 * itself are right.
 */
import type { Problem } from '../../maintenance.js';
import { Fault, type Page, type Place } from '../file/page.js';
import { transactionOf } from '../file/page-header.js';
import { type TreeKind, tree } from '../file/tree-descriptor.js';
import { childOf, LeavesAhead, readPage, rootOf } from '../file/walk.js';
import type { Scan } from './scan.js';

/** A tree, and how reports name it. */
export interface CheckedTree {
  readonly kind: TreeKind;
  readonly descriptor: Buffer;
  readonly place: Pick<Problem, 'part' | 'bucket'>;
  /** Called for each page that cannot be used, with the range of its keys. */
  readonly missing?: (span: Span) => void;
}

export interface CheckedLeaf {
  readonly number: number;
  readonly page: Page;
}

/** Keys from `lower` on and before `upper`. */
export interface Span {
  readonly lower: Buffer | undefined;
  readonly upper: Buffer | undefined;
}

export const EVERY_KEY: Span = { lower: undefined, upper: undefined };

/**
 * The readable leaves of a tree, in order; problems are reported. The bytes of a leaf are valid
 * until the next is asked for. Throws `io`.
 */
export function checkTree(scan: Scan, checked: CheckedTree): Generator<CheckedLeaf> {
  return new TreeCheck(scan, checked).run();
}

class TreeCheck {
  readonly #scan: Scan;
  readonly #tree: CheckedTree;
  readonly #options: { readonly newest: bigint; readonly lastPage: number };
  readonly #ahead: LeavesAhead;
  readonly #counts = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
  #isWhole = true;

  constructor(scan: Scan, checked: CheckedTree) {
    this.#scan = scan;
    this.#tree = checked;
    const { transaction: newest, lastPage } = scan.meta;
    this.#options = { newest, lastPage };
    this.#ahead = new LeavesAhead(scan.file);
  }

  *run(): Generator<CheckedLeaf> {
    const { descriptor, kind } = this.#tree;
    const root = rootOf(descriptor, kind);
    if (root) yield* this.#below(root, EVERY_KEY, this.#options.newest, undefined);
    if (this.#isWhole) this.#checkCounts(root === undefined);
    else this.#scan.isPartial = true;
  }

  *#below(
    place: Place,
    span: Span,
    newest: bigint,
    bytes: Buffer | undefined,
  ): Generator<CheckedLeaf> {
    const page = this.#read(place, newest, bytes);
    if (page === undefined) this.#tree.missing?.(span);
    if (page === undefined) return;
    const { number } = place;
    this.#checkKeys(page, number, span);
    if (page.isLeaf) {
      this.#counts.leafPages++;
      this.#counts.entries += page.count;
      this.#useOverflow(page, number);
      yield { number, page };
      return;
    }
    this.#counts.branchPages++;
    if (page.count < 2 && place.tree !== 'free') this.#report(number, 'it is a branch to one page');
    const above = transactionOf(page.bytes);
    let { lower } = span;
    for (let node = 0; node < page.count; node++) {
      const upper = node + 1 < page.count ? page.key(node + 1) : span.upper;
      const child = childOf(place, page, node);
      const bytes = child.depth === 1 ? this.#ahead.read(page, node) : undefined;
      yield* this.#below(child, { lower, upper }, above, bytes);
      lower = upper;
    }
  }

  /** Reads a page that is sound and not used before. */
  #read(place: Place, newest: bigint, bytes: Buffer | undefined): Page | undefined {
    const { number } = place;
    const page = readPage(this.#scan.file, place, { ...this.#options, newest }, bytes);
    const fault = page instanceof Fault ? page.state : whyUnsound(page);
    if (fault === undefined && this.#scan.census.use(number)) return page as Page;
    this.#isWhole = false;
    this.#report(number, fault ?? 'it is used twice');
    return undefined;
  }

  #checkKeys(page: Page, number: number, { lower, upper }: Span): void {
    const { kind } = this.#tree;
    // A branch has no first key: its first child has all smaller keys.
    const start = page.isLeaf ? 0 : 1;
    for (let node = start; ; ) {
      node = firstMisplaced(page, node, kind);
      if (node < 0) break;
      this.#report(number, 'its keys are out of order', keyText(page.key(node), kind));
    }
    if (page.count <= start) return;
    const first = page.key(start);
    const last = page.key(page.count - 1);
    const isBefore = lower !== undefined && compareKeys(first, lower, kind) < 0;
    const isBeyond = upper !== undefined && compareKeys(last, upper, kind) >= 0;
    if (!isBefore && !isBeyond) return;
    const problem = 'it holds keys that the branch above has elsewhere';
    this.#report(number, problem, keyText(isBefore ? first : last, kind));
  }

  #useOverflow(page: Page, number: number): void {
    const { census, file } = this.#scan;
    for (let node = 0; node < page.count; node++) {
      if (!page.isElsewhere(node)) continue;
      const reference = page.data(node);
      const first = Number(reference.readBigUInt64LE(0));
      const count = Number(reference.readBigUInt64LE(16));
      const key = keyText(page.key(node), this.#tree.kind);
      if (!census.holds({ first, count })) {
        this.#isWhole = false;
        this.#report(number, `it leads to page ${first}, beyond the last one`, key);
        continue;
      }
      const header = file.readOverflow(reference, page.dataSize(node), this.#options.newest, 0);
      if (header instanceof Fault) {
        this.#isWhole = false;
        this.#report(first, header.state, key);
        continue;
      }
      this.#counts.overflowPages += count;
      for (let used = first; used < first + count; used++) {
        if (!census.use(used)) this.#report(used, 'it is used twice', key);
      }
    }
  }

  #checkCounts(isEmpty: boolean): void {
    const { descriptor } = this.#tree;
    const depth = descriptor.readUInt16LE(tree.depth);
    if (isEmpty && depth !== 0) this.#report(undefined, `it holds nothing, and has depth ${depth}`);
    for (const [name, offset] of countOffsets) {
      const said = Number(descriptor.readBigUInt64LE(offset));
      const counted = this.#counts[name];
      if (said === counted) continue;
      this.#report(undefined, `it has ${counted} ${countNames[name]}, and says ${said}`);
    }
  }

  #report(page: number | undefined, problem: string, key?: string): void {
    const { place } = this.#tree;
    this.#scan.report({
      ...(page !== undefined && { page }),
      ...place,
      ...(key !== undefined && { key }),
      problem,
    });
  }
}

const countNames = {
  branchPages: 'branch pages',
  leafPages: 'leaf pages',
  overflowPages: 'overflow pages',
  entries: 'entries',
} as const;

const countOffsets = [
  ['branchPages', tree.branchPages],
  ['leafPages', tree.leafPages],
  ['overflowPages', tree.overflowPages],
  ['entries', tree.entries],
] as const;

/** See `Page.firstMisplaced`. */
function firstMisplaced(page: Page, start: number, kind: TreeKind): number {
  if (kind !== 'free') return page.firstMisplaced(start);
  for (let node = start + 1; node < page.count; node++) {
    if (compareKeys(page.key(node - 1), page.key(node), kind) >= 0) return node;
  }
  return -1;
}

/** Keys in the tree of free pages are numbers in the machine's byte order. */
function compareKeys(a: Buffer, b: Buffer, kind: TreeKind): number {
  if (kind !== 'free' || a.length !== 8 || b.length !== 8) return Buffer.compare(a, b);
  return Number(a.readBigUInt64LE() - b.readBigUInt64LE());
}

function keyText(key: Buffer, kind: TreeKind): string | undefined {
  return kind === 'named' ? key.toString() : undefined;
}

function whyUnsound(page: Page): string | undefined {
  return page.isTiled ? undefined : 'its nodes overlap, or leave gaps';
}
