/** Estimates the compaction of a store. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreCompaction } from '../../maintenance.js';
import type { Patience } from '../../patience.js';
import { HeldFile } from '../check/held-file.js';
import { readMainTree } from '../check/main-tree.js';
import { Scan } from '../check/scan.js';
import { pagesOfTree } from '../file/tree-descriptor.js';
import { DATA_FILE } from '../layout.js';
import { compactStore, PASSES } from './compact-store.js';

/** See `Maintenance.compaction`. */
export async function compactionOf(path: string, patience?: Patience): Promise<StoreCompaction> {
  const held = await HeldFile.open(path, patience);
  try {
    const { file, meta } = held;
    const { buckets, internal } = readMainTree(new Scan(file, meta));
    const descriptors = [
      meta.main,
      ...buckets.map(({ descriptor }) => descriptor),
      ...internal.values(),
    ];
    const pages = descriptors.reduce((sum, descriptor) => sum + pagesOfTree(descriptor), 0);
    return {
      bytes: statSync(join(path, DATA_FILE)).size,
      neededBytes: pages * file.pageSize,
      workBytes: PASSES * pages * file.pageSize,
      run: (options) => compactStore(path, options, { ...patience, idIsTaken: undefined }),
    };
  } finally {
    await held.close();
  }
}
