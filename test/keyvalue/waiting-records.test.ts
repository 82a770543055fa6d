import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SLOW_RECORDS, WaitingRecords } from '../../src/keyvalue/waiting-records.js';
import { RecordBatch } from '../../src/store/record-batch.js';
import { spanOf } from '../support/record-span.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SCATTERED = 4_000;

function batchOf(waiting: WaitingRecords, scratch: string, keys: readonly string[]): RecordBatch {
  const batch = waiting.widen(new RecordBatch({ room: 0, scattered: SCATTERED, scratch }));
  for (const [at, key] of keys.entries()) batch.add(at + 1, spanOf(key, `value of ${key}`));
  batch.through = keys.length + 7;
  return batch;
}

const keys = Array.from({ length: SLOW_RECORDS }, (_, at) => String((at * 7_919) % SLOW_RECORDS));

test('what cannot wait on the disk is written in order of the input, in pieces', () => {
  const waiting = new WaitingRecords(true);
  const batch = batchOf(waiting, join(temporaryFolder(), 'missing'), keys);
  expect(waiting.take(batch)).toBe(false);
  expect(waiting.borrowed).toBe(undefined);
  const pieces = [...waiting.inPieces(batch)];
  expect(pieces.map(({ count }) => count)).toEqual([4_000, 4_000, 2_000]);
  expect(pieces.map(({ through }) => through)).toEqual([4_000, 8_000, keys.length + 7]);
  const all = pieces.flatMap((piece) => {
    return Array.from({ length: piece.count }, (_, at) => [piece.key(at), `${piece.value(at)}`]);
  });
  expect(all).toEqual(keys.map((key) => [key, `value of ${key}`]));
});

test('a batch in order is written as it is', () => {
  const waiting = new WaitingRecords(true);
  const sorted = keys.map((key) => key.padStart(5, '0')).sort();
  const batch = batchOf(waiting, temporaryFolder(), sorted);
  expect(waiting.take(batch)).toBe(false);
  expect([...waiting.inPieces(batch)]).toEqual([batch]);
});
