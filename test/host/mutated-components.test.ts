/**
 * Components with bytes changed, taken out, put in and moved: whatever comes of one, it is a status, or
 * a refusal or a trap with a name, within its time, and the host and the store are as they were.
 * KV_FUZZ_COMPONENTS says how many there are; `npm run test:fuzz-components` has 2,000.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { visibleMessage } from '../../src/terminal/visible.js';
import { allowed } from '../guests/hostile/allowed.js';
import { lies } from '../guests/hostile/lies.js';
import { guestBytes } from '../support/guests.js';
import { bytesOfGuest } from '../support/hostile-guest.js';
import { outcomeOf, requestOf } from '../support/in-process.js';

const RUNS = Number(process.env.KV_FUZZ_COMPONENTS ?? 200);

/** Milliseconds that one may take: some mutations make a loop without an end. */
const TIMEOUT = 300;

const hostile = await Promise.all(
  [...Object.values(lies), ...Object.values(allowed)].map(({ guest }) => bytesOfGuest(guest)),
);

/** Half of what is tried is of the hostile, which use what no compiler makes. */
const original = fc.oneof(
  fc.constantFrom(
    ...['count', 'tally', 'check', 'grants', 'bench', 'bad', 'loop', 'widen'].map(guestBytes),
  ),
  fc.constantFrom(...hostile),
);

/** Names that lead out of the objects of a careless host. */
const names = ['constructor', '__proto__', 'prototype', 'toString', "x'];1;['", '\\', '\u2028'];

/** A change of bytes at a place, given in parts of 100,000 of the length. */
const change = fc.record({
  // Most others leave no component, which is seen before anything runs.
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('set' as const) },
    { weight: 1, arbitrary: fc.constantFrom('remove', 'repeat', 'number', 'name') },
  ),
  place: fc.integer({ min: 0, max: 99_999 }),
  length: fc.integer({ min: 1, max: 24 }),
  byte: fc.nat(255),
  name: fc.constantFrom(...names),
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const endings = new Set(['not-a-component', 'not-offered', 'trapped', 'timed-out', 'too-large']);

test('a mutated component ends by name, and leaves the host and the store as they were', {
  timeout: 2000 * RUNS,
}, () => {
  const hostNames = () =>
    [globalThis, Object.prototype, Array.prototype, Function.prototype].map(
      Object.getOwnPropertyNames,
    );
  const before = hostNames();
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(original, fc.array(change, { minLength: 1, maxLength: 2 }), (bytes, changes) => {
      const keyvalue = createKeyvalue(new MemoryStore());
      keyvalue.buckets.openOrCreate('default');
      keyvalue.buckets.openOrCreate('secret');
      const grant = { guest: 'default', bucket: 'default', readOnly: false };
      const open = () => keyvalue.types.Bucket.openBucket('default');
      const request = requestOf(changes.reduce(changed, bytes), {
        keyvalue,
        grants: [{ ...grant, open }],
        words: ['exists', '10'],
        timeout: TIMEOUT,
        maxMemory: 64 * 2 ** 20,
      });
      const outcome = outcomeOf(request);
      const ending = typeof outcome === 'number' ? 'status' : outcome.code;
      seen.set(ending, (seen.get(ending) ?? 0) + 1);
      if (typeof outcome !== 'number') {
        expect(endings).toContain(outcome.code);
        expect(outcome.message).not.toMatch(
          /Cannot (read|set)|(of|is) undefined|is not (a function|iterable)|kv's own/,
        );
        expect(visibleMessage(outcome.message)).not.toContain('\n');
      }
      const secret = keyvalue.types.Bucket.openBucket('secret');
      expect(keyvalue.eventualBatch.keys(secret)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
  expect(hostNames()).toEqual(before);
  // Some of each, or nothing has been tried.
  expect(seen.get('not-a-component')).toBeGreaterThan(0);
  expect(seen.get('status')).toBeGreaterThan(0);
});

function changed(bytes: Uint8Array, { kind, place, length, byte, name }: Change): Uint8Array {
  const at = Math.floor((place / 100_000) * bytes.length);
  const [head, rest] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (kind) {
    case 'set':
      return Buffer.concat([head, Buffer.of(byte), rest.subarray(1)]);
    case 'remove':
      return Buffer.concat([head, rest.subarray(length)]);
    case 'repeat':
      return Buffer.concat([head, rest.subarray(0, length), rest]);
    case 'number':
      // The largest that 32 bits hold, in LEB128.
      return Buffer.concat([head, Buffer.from([255, 255, 255, 255, 15]), rest.subarray(length)]);
    case 'name':
      return Buffer.concat([head, Buffer.from(name), rest.subarray(Buffer.byteLength(name))]);
    default:
      return kind satisfies never;
  }
}
