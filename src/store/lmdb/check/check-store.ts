/** Checks a whole store: every page of its file, and every record, name, number and chunk. */
import { statSync } from 'node:fs';
import { KvError } from '../../../errors.js';
import type { CheckOptions, CheckResult, StoreCheck } from '../../maintenance.js';
import type { Patience } from '../../patience.js';
import { inTurns } from '../../turns.js';
import { newerOf } from '../file/meta-order.js';
import type { Meta } from '../file/metas.js';
import { FORMAT } from '../layout.js';
import { Expiries } from './expiries.js';
import { checkCensus, checkFreeLists } from './free-lists.js';
import { dataFileAt, HeldFile } from './held-file.js';
import { isDraft, type MainContents, readMainTree } from './main-tree.js';
import { Records } from './records.js';
import { Scan } from './scan.js';
import { Values } from './values.js';

/** A check of the store in a folder, or of a copy of its data file. Throws `no-store`, `io`. */
export function checkOf(path: string, patience?: Patience): StoreCheck {
  const { file } = dataFileAt(path);
  return { bytes: statSync(file).size, run: (options) => runCheck(path, options, patience) };
}

async function runCheck(
  path: string,
  options: CheckOptions,
  patience?: Patience,
): Promise<CheckResult> {
  const held = await HeldFile.open(path, patience);
  try {
    const scan = new Scan(held.file, held.meta);
    for (const [page, meta] of held.metas.entries()) {
      if (meta instanceof KvError) scan.report({ page, problem: meta.message });
    }
    const [first, second] = held.metas as [Meta | KvError, Meta | KvError];
    const areSound = !(first instanceof KvError || second instanceof KvError);
    if (areSound && !newerOf(held.file, first, second)) {
      const problem = 'the two meta pages are not of one transaction and the next';
      scan.report({ page: 0, problem });
    }
    const check = new Check(scan);
    const reportFound = async () => {
      for (const problem of scan.found.splice(0)) await options.found(problem);
    };
    await inTurns(pagesDone(scan, check), { ...options, ...progressOf(scan, options) }, () =>
      scan.found.length > 0 ? reportFound() : undefined,
    );
    await reportFound();
    if (!held.isHeld && held.hasChanged()) throw written(path);
    return { ...check.result(), isHeld: held.isHeld };
  } finally {
    await held.close();
  }
}

function written(path: string): KvError {
  const state = 'others wrote to it meanwhile, and it cannot be opened to hold a moment of it';
  return new KvError('busy', `cannot check store "${path}": ${state}`);
}

/** The steps of the check; each yields the number of pages done. */
function* pagesDone(scan: Scan, check: Check): Generator<number> {
  let before = 0;
  for (const _ of check.steps()) {
    const done = scan.census.usedPages + scan.census.freePages;
    yield done - before;
    before = done;
  }
}

function progressOf(scan: Scan, { progress }: CheckOptions) {
  return progress && { progress: (pages: number) => progress(pages * scan.file.pageSize) };
}

class Check {
  readonly #scan: Scan;
  #main: MainContents | undefined;
  #values: Values | undefined;
  #records: Records | undefined;
  #lostPages = 0;

  constructor(scan: Scan) {
    this.#scan = scan;
  }

  *steps(): Generator<void> {
    const scan = this.#scan;
    yield* checkFreeLists(scan);
    const main = readMainTree(scan);
    this.#main = main;
    if (main.format !== undefined && main.format !== FORMAT)
      throw unknownFormat('check', scan.file.path, main.format);
    yield;
    const values = new Values(scan, main.internal);
    this.#values = values;
    yield* values.read();
    const expiries = new Expiries(scan, main.internal);
    yield* expiries.read();
    const { sequence = Number.POSITIVE_INFINITY } = main;
    const records = new Records(scan, { values, expiries, sequence });
    this.#records = records;
    for (const bucket of main.buckets) yield* records.check(bucket);
    yield* values.checkHolders();
    yield* expiries.checkRecords();
    this.#lostPages = checkCensus(scan);
  }

  result(): Omit<CheckResult, 'isHeld'> {
    const { census, file, meta, problems } = this.#scan;
    const [main, values] = [this.#main!, this.#values!];
    return {
      problems,
      transaction: Number(meta.transaction),
      buckets: main.buckets.filter(({ name }) => !isDraft(name)).length,
      keys: this.#records!.keys,
      chunkedValues: values.table.count,
      chunks: values.chunks,
      uploads: values.uploads.size,
      pageSize: file.pageSize,
      usedPages: census.usedPages,
      freePages: census.freePages,
      lostPages: this.#lostPages,
    };
  }
}

/** The error for a store in another format, whose contents this kv cannot tell from damage. */
export function unknownFormat(action: string, path: string, format: number): KvError {
  const state = `it is in format ${format}, and this kv knows ${FORMAT}`;
  return new KvError('unknown-format', `cannot ${action} store "${path}": ${state}`);
}
