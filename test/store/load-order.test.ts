import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadOrder } from '../../src/store/load-order.js';
import { NO_LIMITS, RecordBatch } from '../../src/store/record-batch.js';
import { spanOf } from '../support/record-span.js';

function batchOf(keys: readonly string[]): RecordBatch {
  const batch = new RecordBatch(NO_LIMITS);
  for (const [line, key] of keys.entries()) {
    batch.add(line + 1, spanOf(key, ''));
  }
  return batch;
}

const batch = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }));

test('the order of a load has every record once, equal keys as they came', () => {
  fc.assert(
    fc.property(batch, (keys) => {
      const order = [...loadOrder(batchOf(keys))];
      expect(order.toSorted((a, b) => a - b)).toEqual(keys.map((_, position) => position));
      for (const key of new Set(keys)) {
        const positions = order.filter((position) => keys[position] === key);
        expect(positions).toEqual(positions.toSorted((a, b) => a - b));
      }
    }),
  );
});

test('the order of a load is that of the bytes behind what all keys have in common', () => {
  const keys = ['user:9', 'user:10', 'user:1', 'user:', 'user:20', 'user:é'];
  const order = [...loadOrder(batchOf(keys))].map((position) => keys[position]);
  expect(order).toEqual(['user:', 'user:1', 'user:10', 'user:20', 'user:9', 'user:é']);
});

test('a batch knows whether its keys ascend, each once', () => {
  fc.assert(
    fc.property(batch, (keys) => {
      const bytes = keys.map((key) => Buffer.from(key));
      const ascend = bytes.every((key, at) => at === 0 || Buffer.compare(bytes[at - 1]!, key) < 0);
      expect(batchOf(keys).ascending).toBe(ascend);
    }),
  );
});

test('a batch holds what was added, of any length and from anywhere', () => {
  const text = fc.uint8Array({ minLength: 1, maxLength: 80 });
  const records = fc.array(
    fc.tuple(text, fc.uint8Array({ maxLength: 80 }), fc.nat(5), fc.boolean()),
  );
  fc.assert(
    fc.property(records, fc.nat(30), (added, room) => {
      const batch = new RecordBatch({ ...NO_LIMITS, room });
      let source = Buffer.alloc(0);
      for (const [key, value, gap, isElsewhere] of added) {
        const from = isElsewhere
          ? Buffer.alloc(200)
          : source.length > 0
            ? source
            : Buffer.alloc(200);
        source = from;
        from.set(key, gap);
        from.set(value, gap + key.length);
        const [keyStart, keyEnd] = [gap, gap + key.length];
        batch.add(1, {
          bytes: from,
          keyStart,
          keyEnd,
          valueStart: keyEnd,
          valueEnd: keyEnd + value.length,
        });
      }
      for (const [position, [key, value]] of added.entries()) {
        const [start, end, valueStart] = batch.places.subarray(4 * position);
        expect(batch.bytes.subarray(start, end)).toEqual(Buffer.from(key));
        expect(batch.value(position)).toEqual(Buffer.from(value));
        expect(valueStart).toBe(end! + room);
      }
    }),
  );
});
