/**
 * Guests that call the host where hardly any stack is left: each call is answered, or not begun. One that was
 * broken off in its midst would leave a transaction that nobody ends.
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KvError } from '../../src/errors.js';
import { runComponent } from '../../src/host/index.js';
import { StackGuard } from '../../src/host/stack-guard.js';
import { type Called, everyCall, guestCalling } from '../support/calling-guest.js';
import { requestOf } from '../support/in-process.js';
import { openTestKeyvalue } from '../support/open-test-store.js';

/** Written over in the component's bytes: a number of five bytes in LEB128. */
const MARK = 0x0badcafe;

/** More calls than fit on the stack. */
const TOO_DEEP = 100_000;

/** Calls of the guest's between the places from which two functions are answered at most. */
const SPREAD = 60;

/** How many places are tried, from the last one whence a call is answered to the end of the stack. */
const PLACES = 4;

/** What there is for an answer, at least, in words of 8 bytes: 56 KiB. */
const ROOM_WORDS = 7168;

/** KiB of V8's stack, and the last of them, which are tried: what the host leaves free, and some more. */
const STACK_KIB = 984;
const TRIED_KIB = 80;

/** From how deep a call is answered; found once, since all are answered from nearly as deep. */
let answered: number | undefined;

test.each(
  everyCall.map((one) => [`${one.interfaceName}#${one.member}`, one.isPresent, one] as const),
)('%s at the end of the stack, of a key that is there: %s', async (_, __, called) => {
  const outcomeAt = await outcomesOf(called);
  answered ??= deepest((depth) => outcomeAt(depth) === 0);
  const beyond = answered * (TRIED_KIB / STACK_KIB);
  const outcomes = new Set([outcomeAt(1), outcomeAt(answered - SPREAD)]);
  for (let place = 1; place <= PLACES; place++) {
    outcomes.add(outcomeAt(answered + Math.round((beyond * place) / PLACES)));
  }
  expect([...outcomes]).toEqual([0, 'call stack exhausted']);
});

test('where the guard finds room there is some, also once V8 has optimized it', () => {
  const guard = new StackGuard();
  for (let call = 0; call < 200_000; call++) guard.check();
  const words = new Array<number>(ROOM_WORDS).fill(0);
  const room = () => undefined;
  const lacking: number[] = [];
  const checkAt = (depth: number): void => {
    if (depth > 0) {
      checkAt(depth - 1);
      return;
    }
    guard.check();
    if (throws(() => room.apply(undefined, words as []))) lacking.push(depth);
  };
  const fits = deepest((depth) => !throws(() => checkAt(depth)));
  // Optimized, its own calls take less of the stack.
  for (let depth = fits - 100; depth < 4 * fits; depth += 25) throws(() => checkAt(depth));
  expect(fits).toBeGreaterThan(1000);
  expect(lacking).toEqual([]);
  expect(throws(() => checkAt(4 * fits))).toBe(true);
});

/** What a guest that calls the function ends with, by how deep it calls from. */
async function outcomesOf(called: Called): Promise<(depth: number) => unknown> {
  const keyvalue = await openTestKeyvalue();
  const bucket = keyvalue.buckets.openOrCreate('default');
  const open = () => keyvalue.types.Bucket.openBucket('default');
  const grants = [{ guest: 'default', bucket: 'default', readOnly: false, open }];
  const bytes = Buffer.from(await guestCalling(called, MARK));
  const place = bytes.indexOf(leb(MARK));
  const request = requestOf(bytes, { keyvalue, grants, config: new Map([['a', 'b']]) });
  const refuse = () => {
    throw new KvError('io', 'nobody reads it');
  };
  const ends = { ...request.ends, stderr: { write: refuse } };
  return (depth) => {
    keyvalue.eventual.delete(bucket, 'victim');
    keyvalue.atomic.increment(bucket, 'victim', 5n);
    leb(depth).copy(bytes, place);
    writeFileSync(request.path, bytes);
    try {
      return runComponent({ ...request, ends });
    } catch (thrown) {
      if (!(thrown instanceof KvError)) throw thrown;
      return thrown.message.replace(/.*: /, '');
    } finally {
      expect(keyvalue.store.inTransaction).toBe(false);
    }
  };
}

/** The largest number of which it holds, where it holds up to there. */
function deepest(holds: (depth: number) => boolean): number {
  let [fits, exceeds] = [0, TOO_DEEP];
  while (exceeds - fits > 1) {
    const middle = (fits + exceeds) >> 1;
    if (holds(middle)) fits = middle;
    else exceeds = middle;
  }
  return fits;
}

function throws(work: () => void): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}

function leb(value: number): Buffer {
  const bytes = Array.from({ length: 5 }, (_, at) => ((value >> (7 * at)) & 0x7f) | 0x80);
  bytes[4]! &= 0x7f;
  return Buffer.from(bytes);
}
