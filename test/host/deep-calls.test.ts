/**
 * Guests that call the host where hardly any stack is left: each write is done, or not begun. One that was
 * broken off in its midst would leave a transaction that nobody ends.
 */
import { expect, test } from 'vitest';
import { BUCKET, NEW, OPEN } from '../guests/hostile/parts.js';
import { guestOf } from '../support/hostile-guest.js';
import { outcomeOf, requestOf } from '../support/in-process.js';
import { openTestKeyvalue } from '../support/open-test-store.js';

/** Written over in the component's bytes: a number of five bytes in LEB128. */
const MARK = 0x0badcafe;

/** How far beyond the last place from which it is done it is tried, in frames of the guest's, and how many lie between two tries. */
const STACK_FRAMES = 4000;
const STEP_FRAMES = 100;

const NAMED = '(i32.const 48) (i32.const 6)';

const calls: Record<string, { imports: string[]; call: string }> = {
  increment: {
    imports: ['wasi:keyvalue/atomic#increment'],
    call: `(call $atomic.increment (local.get $b) ${NAMED} (i64.const 1) (i32.const 1024))`,
  },
  set: {
    imports: ['wasi:keyvalue/eventual#set', NEW],
    call: `(call $eventual.set (local.get $b) ${NAMED} (call $types.outgoing-value.new-outgoing-value) (i32.const 1024))`,
  },
  delete: {
    imports: ['wasi:keyvalue/eventual#delete'],
    call: `(call $eventual.delete (local.get $b) ${NAMED} (i32.const 1024))`,
  },
  exists: {
    imports: ['wasi:keyvalue/eventual#exists'],
    call: `(call $eventual.exists (local.get $b) ${NAMED} (i32.const 1024))`,
  },
  'open-bucket': {
    imports: [],
    call: '(call $types.bucket.open-bucket (i32.const 16) (i32.const 7) (i32.const 1024))',
  },
};

test.each(Object.entries(calls))('%s at the end of the stack', async (_, { imports, call }) => {
  const keyvalue = await openTestKeyvalue();
  keyvalue.buckets.openOrCreate('default');
  const open = () => keyvalue.types.Bucket.openBucket('default');
  const grants = [{ guest: 'default', bucket: 'default', readOnly: false, open }];
  const bytes = await deep(imports, call);
  const place = bytes.indexOf(leb(MARK));
  const outcomeAt = (depth: number) => {
    leb(depth).copy(bytes, place);
    const outcome = outcomeOf(requestOf(bytes, { keyvalue, grants }));
    expect(keyvalue.store.inTransaction).toBe(false);
    return typeof outcome === 'number' ? outcome : outcome.message.replace(/.*: /, '');
  };
  let [fits, exceeds] = [0, 1_000_000];
  while (exceeds - fits > STEP_FRAMES) {
    const middle = (fits + exceeds) >> 1;
    if (outcomeAt(middle) === 0) fits = middle;
    else exceeds = middle;
  }
  const outcomes = new Set<unknown>();
  for (let depth = fits; depth < fits + STACK_FRAMES; depth += STEP_FRAMES) {
    outcomes.add(outcomeAt(depth));
  }
  expect([...outcomes]).toEqual([0, 'call stack exhausted']);
  expect(keyvalue.atomic.increment(open(), 'after', 1n)).toBe(1n);
});

/** Calls itself, so many times, and then does this. */
async function deep(imports: readonly string[], instructions: string): Promise<Buffer> {
  const core = `${BUCKET} (func $deep (param $b i32) (param $n i32)
      (if (i32.eqz (local.get $n)) (then ${instructions})
        (else (call $deep (local.get $b) (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "run") (result i32)
      (call $deep (call $bucket) (i32.const ${MARK})) (i32.const 0))`;
  return Buffer.from(await guestOf({ imports: [OPEN, ...imports], core }));
}

function leb(value: number): Buffer {
  const bytes = Array.from({ length: 5 }, (_, at) => ((value >> (7 * at)) & 0x7f) | 0x80);
  bytes[4]! &= 0x7f;
  return Buffer.from(bytes);
}
