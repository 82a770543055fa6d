/** The facts that a store on LMDB reports. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { BucketInfo, Fact } from '../store.js';
import { pagesOf, statsOf } from './database.js';
import { META_PAGES } from './file/meta-layout.js';
import { pagesOfTree } from './file/tree-descriptor.js';
import { DATA_FILE, EXPIRY_DATABASE, FORMAT, internalDatabases } from './layout.js';
import type { Parts } from './parts.js';

export function storeFacts(
  { environment, chunks, expiry }: Parts,
  buckets: readonly BucketInfo[],
): Fact[] {
  const main = statsOf(environment.main);
  const internal = internalDatabases.map((name) =>
    environment.databases.sizeOf(environment.databases.get(name)),
  );
  const index = environment.databases.findDescriptor(EXPIRY_DATABASE, undefined);
  const usedPages =
    sum([main.root, main.free].map(pagesOf)) +
    sum(internal.map(({ pages }) => pages)) +
    (index ? pagesOfTree(index) : 0);
  const bucketBytes = sum(buckets.map(({ bytes }) => bytes));
  const usedBytes = (META_PAGES + usedPages) * main.pageSize + bucketBytes;
  // Of the file, not up to the last page: a killed writer leaves it longer than that.
  const fileSize = statSync(join(environment.path, DATA_FILE)).size;
  return [
    { name: 'path', value: environment.path },
    { name: 'format', value: FORMAT },
    { name: 'buckets', value: buckets.length },
    { name: 'keys', value: sum(buckets.map(({ keys }) => keys)) },
    { name: 'chunkedValues', value: chunks.countValues() },
    // Absent, but still stored.
    { name: 'expired', value: expiry.countExpired(environment.writes.moment) },
    // In progress, of all processes, and those waiting to be reclaimed.
    { name: 'uploads', value: chunks.countUploads() },
    { name: 'fileSize', value: fileSize, unit: 'bytes' },
    // Unused room that will be used again.
    { name: 'freeSize', value: Math.max(0, fileSize - usedBytes), unit: 'bytes' },
    { name: 'pageSize', value: main.pageSize },
    // Processes and threads with a slot in the reader table.
    { name: 'readers', value: main.numReaders },
    { name: 'lastTransaction', value: main.lastTxnId },
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
