/**
 * Salvage: copies what is sound of a store that may be damaged anywhere to a new one, with
 * versions, times and shared values. The old file is only read, and nothing is written beside it.
 */
import { KvError } from '../../../errors.js';
import type { CheckOptions, Problem, SalvageResult } from '../../maintenance.js';
import { inTurns } from '../../turns.js';
import { dataFileAt } from '../check/held-file.js';
import { readMainTree } from '../check/main-tree.js';
import { Scan } from '../check/scan.js';
import { newestMeta, readEachMeta, readMetas, type TreesState } from '../file/metas.js';
import { StoreFile } from '../file/store-file.js';
import { FORMAT } from '../layout.js';
import { NewStore } from './new-store.js';
import { Salvage } from './salvage.js';
import { SoundTrees } from './sound-trees.js';
import { statesOf } from './states.js';

/** Bytes of a page, until the file says. */
const USUAL_PAGE_BYTES = 4096;

/** See `Maintenance.salvage`. */
export async function salvage(
  from: string,
  to: string,
  options: CheckOptions,
): Promise<SalvageResult> {
  const file = new StoreFile(dataFileAt(from).file, USUAL_PAGE_BYTES);
  try {
    const newest = newestOf(file);
    const meta = bestState(file);
    const store = await NewStore.make(to);
    try {
      const result = await bring(new SoundTrees(file, meta), store, options);
      if (newestOf(file) !== newest) throw written(from);
      await store.publish();
      return { ...result, transaction: Number(meta.transaction) };
    } catch (error) {
      await store.abandon();
      throw store.failure(error);
    }
  } finally {
    file.close();
  }
}

async function bring(
  trees: SoundTrees,
  store: NewStore,
  options: CheckOptions,
): Promise<Pick<SalvageResult, 'buckets'>> {
  const found: Problem[] = [];
  const work = new Salvage(trees, store, (problem) => void found.push(problem));
  const { pageSize } = trees.scan.file;
  const told = async () => {
    for (const problem of [...trees.scan.found.splice(0), ...found.splice(0)]) {
      await options.found(problem);
    }
  };
  await inTurns(
    work.steps(),
    {
      signal: options.signal,
      progress: (pages) => options.progress?.(pages * pageSize),
    },
    told,
  );
  await told();
  return { buckets: work.brought };
}

/** The newest state whose main tree can be read; if there is none, the one that shows most. */
function bestState(file: StoreFile): TreesState {
  let partial: TreesState | undefined;
  for (const meta of statesOf(file, readEachMeta(file))) {
    const { isWhole, format, buckets } = readMainTree(new Scan(file, meta));
    if (format !== undefined && format !== FORMAT) throw unknownFormat(file, format);
    if (isWhole && format !== undefined) return meta;
    if (buckets.length > 0) partial ??= meta;
  }
  if (partial) return partial;
  // Its error describes the file best.
  newestMeta(file, readMetas(file));
  throw new KvError('damaged', `cannot salvage "${file.path}": nothing of its buckets can be read`);
}

/** The newest transaction, as far as the meta pages show. */
function newestOf(file: StoreFile): bigint {
  return readEachMeta(file).reduce((newest, meta) => {
    const isNewer = !(meta instanceof KvError) && meta.transaction > newest;
    return isNewer ? meta.transaction : newest;
  }, 0n);
}

function written(path: string): KvError {
  const state = 'others wrote to it meanwhile';
  return new KvError('busy', `cannot salvage store "${path}": ${state}`);
}

function unknownFormat({ path }: StoreFile, format: number): KvError {
  const state = `it is in format ${format}, and this kv knows ${FORMAT}`;
  return new KvError('unknown-format', `cannot salvage "${path}": ${state}`);
}
