/** A call that comes too late is refused before it takes a handle, which is then given back with the others. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { IncomingValue } from '../../src/keyvalue/incoming-value.js';
import { BUCKET, CONSUME, GET, OPEN, run } from '../guests/hostile/parts.js';
import { guestOf } from '../support/hostile-guest.js';
import { outcomeOf, requestOf } from '../support/in-process.js';
import { openTestKeyvalue } from '../support/open-test-store.js';

/** Milliseconds, which no guest here takes by itself. */
const TIMEOUT = 600_000;

test('a value that is passed when the time is over is given back', async () => {
  const bytes = await guestOf({
    imports: [
      OPEN,
      GET,
      CONSUME,
      'wasi:cli/stdout#get-stdout',
      'wasi:io/streams#[method]output-stream.check-write',
      'wasi:io/streams#[method]output-stream.write',
    ],
    core: run(
      `(call $eventual.get (call $bucket) (i32.const 32) (i32.const 6) (i32.const 1024))
      (local.set $h (i32.load (i32.const 1032)))
      (local.set $b (call $stdout.get-stdout))
      (call $streams.output-stream.check-write (local.get $b) (i32.const 1024))
      (call $streams.output-stream.write (local.get $b) (i32.const 0) (i32.const 1) (i32.const 1024))
      (call $types.incoming-value.incoming-value-consume-sync (local.get $h) (i32.const 1024))`,
      BUCKET,
    ),
  });
  const keyvalue = await openTestKeyvalue();
  const bucket = keyvalue.buckets.openOrCreate('default');
  keyvalue.atomic.increment(bucket, 'victim', 1n);
  const open = () => keyvalue.types.Bucket.openBucket('default');
  const grants = [{ guest: 'default', bucket: 'default', readOnly: false, open }];
  let got: IncomingValue | undefined;
  let given = 0;
  const noting = Object.create(keyvalue, {
    eventual: {
      value: {
        ...keyvalue.eventual,
        get(...parameters: Parameters<typeof keyvalue.eventual.get>) {
          got = keyvalue.eventual.get(...parameters);
          const dispose = got![Symbol.dispose].bind(got);
          got![Symbol.dispose] = () => {
            given++;
            dispose();
          };
          return got;
        },
      },
    },
  }) as typeof keyvalue;
  const request = requestOf(bytes, { keyvalue: noting, grants, timeout: TIMEOUT });
  // The time is over while it writes.
  const write = () => {
    const late = performance.now() + TIMEOUT;
    const clock = vi.spyOn(performance, 'now').mockReturnValue(late);
    onTestFinished(() => clock.mockRestore());
  };
  const outcome = outcomeOf({ ...request, ends: { ...request.ends, stdout: { write } } });
  expect(outcome).toMatchObject({ code: 'timed-out' });
  expect([got === undefined, given]).toEqual([false, 1]);
});
