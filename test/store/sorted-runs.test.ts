import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { putInKeyOrder } from '../../src/store/key-order.js';
import { loadOrder } from '../../src/store/load-order.js';
import { NO_LIMITS, RecordBatch } from '../../src/store/record-batch.js';
import { SortedRuns } from '../../src/store/sorted-runs.js';
import { spanOf } from '../support/record-span.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface Added {
  readonly key: string;
  readonly value: string;
  readonly expires: number | undefined;
}

function batchOf(records: readonly Added[]): RecordBatch {
  const batch = new RecordBatch({ ...NO_LIMITS, room: 20 });
  for (const [at, { key, value, expires }] of records.entries()) {
    batch.add(at + 1, spanOf(key, value), expires);
  }
  return batch;
}

function runsOf(batches: readonly (readonly Added[])[]): SortedRuns {
  const runs = new SortedRuns(temporaryFolder());
  onTestFinished(() => runs.close());
  for (const batch of batches) runs.add(batchOf(batch));
  return runs;
}

/** What a merge yields, in batches of at most so many records. */
function mergedOf(runs: SortedRuns, records: number): Added[] {
  const all: Added[] = [];
  for (const batch of runs.merged(new RecordBatch(NO_LIMITS), records)) {
    if (batch === undefined) continue;
    expect(batch.count).toBeLessThanOrEqual(records);
    expect(batch.ascending).toBe(true);
    for (let position = 0; position < batch.count; position++) {
      const [key, value] = [batch.key(position), batch.value(position).toString()];
      all.push({ key, value, expires: batch.expires?.[position] || undefined });
    }
    batch.clear();
  }
  return all;
}

/** The last record of each key, in the order of the keys' bytes. */
function expected(batches: readonly (readonly Added[])[]): Added[] {
  const last = new Map(batches.flat().map((record) => [record.key, record]));
  return [...last.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

const key = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
  fc.nat(40).map((number) => `user:0000000${number}`),
  fc.constantFrom('user:', 'user:\0', 'user:\0\0', 'user:0000000', 'u'.repeat(1978)),
);
const record = fc.record({
  key,
  value: fc.oneof(
    { weight: 30, arbitrary: fc.string({ maxLength: 100 }) },
    { weight: 1, arbitrary: fc.constant('long'.repeat(100_000)) },
  ),
  expires: fc.option(fc.integer({ min: 1, max: 2 ** 50 }), { nil: undefined }),
});

test('merging yields each key once, in order, as it came last', () => {
  const batches = fc.array(fc.array(record, { minLength: 1 }), { maxLength: 8 });
  fc.assert(
    fc.property(batches, fc.integer({ min: 1, max: 9 }), (added, records) => {
      expect(mergedOf(runsOf(added), records)).toEqual(expected(added));
    }),
    { seed: 1 },
  );
});

test('a run of many blocks comes back whole', () => {
  const added = [3, 7, 11].map((step) =>
    Array.from({ length: 20_011 }, (_, at) => {
      const number = (at * step * 1009) % 20_011;
      return { key: `key ${number}`, value: `${step} of ${number}`.repeat(9), expires: undefined };
    }),
  );
  const runs = runsOf(added);
  expect(runs.count).toBe(60_033);
  expect(mergedOf(runs, 5_000)).toEqual(expected(added));
});

test('its file has no name, and what it borrows is told', () => {
  const folder = temporaryFolder();
  const runs = new SortedRuns(folder);
  runs.add(batchOf([{ key: 'k', value: 'x'.repeat(1000), expires: undefined }]));
  expect(readdirSync(folder)).toEqual([]);
  expect(runs.bytes).toBeGreaterThan(1000);
  expect(runs.folder).toBe(folder);
  runs.close();
});

test('keys are put in order however far they are from it', () => {
  const numbers = Array.from({ length: 3_000 }, (_, at) => (at * 1009) % 3_000);
  const batch = batchOf(
    numbers.map((number) => {
      return { key: `${'a'.repeat(5 + (number % 2))}${number}`, value: '', expires: undefined };
    }),
  );
  const worst = Uint32Array.from(numbers, (_, at) => numbers.length - 1 - at);
  for (const order of [loadOrder(batch), worst]) {
    const keys = [...putInKeyOrder(order, batch)].map((position) => batch.key(position));
    expect(keys).toEqual(keys.toSorted());
    expect(new Set(keys).size).toBe(3_000);
  }
});
