/**
 * Salvage: copies what is sound of a store that may be damaged anywhere to a new one, with
 * versions, times and shared values. The old file is only read, and nothing is written beside it.
 */
import { KvError } from '../../../errors.js';
import type { CheckOptions, Problem, SalvageResult } from '../../maintenance.js';
import { inTurns } from '../../turns.js';
import { dataFileAt } from '../check/held-file.js';
import { newestMeta, readEachMeta, readMetas } from '../file/metas.js';
import { StoreFile } from '../file/store-file.js';
import { NewStore } from './new-store.js';
import { Salvage } from './salvage.js';
import { SoundTrees } from './sound-trees.js';
import { bestState } from './states.js';

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
    const state = bestState(file, readEachMeta(file));
    const trees = new SoundTrees(file, state);
    const store = await NewStore.make(to);
    try {
      const result = await bring(trees, store, options);
      if (result.buckets.length === 0 && !trees.main.isWhole) throw nothingThere(file);
      if (newestOf(file) !== newest) throw written(from);
      await store.publish();
      return { ...result, transaction: Number(state.trees.transaction) };
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
  const reportFound = async () => {
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
    reportFound,
  );
  await reportFound();
  return { buckets: work.brought };
}

/** The newest transaction, as far as the meta pages tell. */
function newestOf(file: StoreFile): bigint {
  return readEachMeta(file).reduce((newest, meta) => {
    const isNewer = !(meta instanceof KvError) && meta.transaction > newest;
    return isNewer ? meta.transaction : newest;
  }, 0n);
}

/** Why a file has nothing to be brought. Throws what best says what is wrong with it. */
function nothingThere(file: StoreFile): KvError {
  newestMeta(file, readMetas(file));
  return new KvError(
    'damaged',
    `cannot salvage "${file.path}": nothing of its buckets can be read`,
  );
}

function written(path: string): KvError {
  const state = 'others wrote to it meanwhile';
  return new KvError('busy', `cannot salvage store "${path}": ${state}`);
}
