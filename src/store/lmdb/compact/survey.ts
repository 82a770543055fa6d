/** The use of the pages of a state, for a compaction. */
import { KvError } from '../../../errors.js';
import { unknownFormat } from '../check/check-store.js';
import { checkTree } from '../check/checked-tree.js';
import { checkFreeLists } from '../check/free-lists.js';
import { readMainTree } from '../check/main-tree.js';
import type { PageCensus } from '../check/page-census.js';
import { Scan } from '../check/scan.js';
import type { PageRun } from '../file/free-list.js';
import { freedPages } from '../file/free-lists.js';
import type { Meta } from '../file/metas.js';
import type { StoreFile } from '../file/store-file.js';
import { FORMAT } from '../layout.js';

/** The pages of a state. */
export interface Survey {
  readonly meta: Meta;
  /** The pages of the trees of records, and of the trees above them. */
  readonly used: PageCensus;
  /** The number of these pages, and the highest of them. */
  readonly pages: number;
  readonly highest: number;
  /** Pages that may be written to, in order. */
  readonly writable: readonly PageRun[];
}

/**
 * Reads all trees. Yields the number of pages done. Throws `damaged` if anything is not in order,
 * `unknown-format`, `io`.
 */
export function* surveyOf(path: string, file: StoreFile, meta: Meta): Generator<number, Survey> {
  const scan = new Scan(file, meta);
  const { census } = scan;
  const requireSound = () => {
    const [problem] = scan.found;
    if (problem !== undefined) throw damaged(path, problem.problem);
  };
  const main = readMainTree(scan);
  if (main.format !== undefined && main.format !== FORMAT) {
    throw unknownFormat('compact', path, main.format);
  }
  requireSound();
  const trees = [
    ...main.buckets.map(({ name, descriptor }) => ({ place: { bucket: name }, descriptor })),
    ...[...main.internal].map(([part, descriptor]) => ({ place: { part }, descriptor })),
  ];
  let before = 0;
  for (const { place, descriptor } of trees) {
    for (const _ of checkTree(scan, { kind: 'named', descriptor, place })) {
      yield census.usedPages - before;
      before = census.usedPages;
    }
    requireSound();
  }
  const pages = census.usedPages;
  const used = census.copyOfUsed();
  for (const _ of checkFreeLists(scan)) yield 0;
  requireSound();
  for (const { first } of census.contradictions()) {
    throw damaged(path, `page ${first} is used, and free as well`);
  }
  // Writers do not reuse what the last transaction freed: the state before it needs that.
  for (const { transaction, runs } of freedPages(file, meta)) {
    if (transaction >= Number(meta.transaction)) census.useAll(runs);
  }
  const highest = [...used.used()].at(-1)!;
  return {
    meta,
    used,
    pages,
    highest: highest.first + highest.count - 1,
    writable: [...census.unused()],
  };
}

function damaged(path: string, state: string): KvError {
  return new KvError('damaged', `cannot compact store "${path}": damaged: ${state}`, {
    hint: 'try: kv store check, which names every problem',
  });
}
