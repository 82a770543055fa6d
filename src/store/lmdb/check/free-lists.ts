/**
 * Checks the lists of free pages: each page of the file that is in no tree is in one list, once.
 */
import { runsOf } from '../file/free-list.js';
import { META_PAGES } from '../file/meta-layout.js';
import { Fault, type Page } from '../file/page.js';
import { checkTree } from './checked-tree.js';
import type { Scan } from './scan.js';

const FREE_PAGES = { part: 'free pages' } as const;

/** Reads the lists. Yields after each of their pages. Throws `io`. */
export function* checkFreeLists(scan: Scan): Generator<void> {
  scan.census.useAll([{ first: 0, count: META_PAGES }]);
  const { free: descriptor } = scan.meta;
  for (const leaf of checkTree(scan, { kind: 'free', descriptor, place: FREE_PAGES })) {
    for (let node = 0; node < leaf.page.count; node++)
      checkList(scan, leaf.number, leaf.page, node);
    yield;
  }
}

/** Compares used pages with free ones; to be called when all trees have been checked. */
export function checkCensus(scan: Scan): number {
  const { census } = scan;
  for (const { first, count } of census.contradictions()) {
    scan.report({ page: first, problem: `${pages(count)} used, and free as well` });
  }
  let lost = 0;
  for (const { first, count } of census.lost()) {
    lost += count;
    // If a tree could not be read to its end, the pages may belong to it.
    if (!scan.isPartial)
      scan.report({ page: first, problem: `${pages(count)} neither used nor free` });
  }
  return lost;
}

function pages(count: number): string {
  return count === 1 ? 'it is' : `it and the ${count - 1} after it are`;
}

function checkList(scan: Scan, number: number, page: Page, node: number): void {
  const report = (problem: string) => scan.report({ page: number, ...FREE_PAGES, problem });
  const key = page.key(node);
  const transaction = key.length === 8 ? key.readBigUInt64LE() : 0n;
  if (transaction === 0n || transaction > scan.meta.transaction) {
    report('a list is not of a transaction that there has been');
  }
  const list = scan.dataOf(page, node);
  // Problems with the pages of a list have been reported with the pages.
  if (list instanceof Fault) return;
  const runs = runsOf(list);
  if (runs === undefined) report('a list is longer than its room');
  for (const run of runs ?? []) {
    if (run.first < META_PAGES || !scan.census.holds(run)) {
      report(`a list names page ${run.first}, which is none of the file`);
      continue;
    }
    for (let free = run.first; free < run.first + run.count; free++) {
      if (scan.census.release(free)) continue;
      scan.report({ page: free, ...FREE_PAGES, problem: 'it is free twice' });
    }
  }
}
