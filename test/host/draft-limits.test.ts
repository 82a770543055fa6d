/** What a guest of the later drafts makes kv hold or return is counted as it is for the seed's. */
import { expect, test } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { guestOf } from '../support/hostile-guest.js';
import { outcomeOf, requestOf } from '../support/in-process.js';

const VERSION = '0.2.0-draft2';
const OPEN = `wasi:keyvalue/store@${VERSION}#open`;
const GET = `wasi:keyvalue/store@${VERSION}#[method]bucket.get`;
const GET_MANY = `wasi:keyvalue/batch@${VERSION}#get-many`;
const SET_MANY = `wasi:keyvalue/batch@${VERSION}#set-many`;
const CACHE_GET = 'wasi:keyvalue/cache@0.1.0#get';
const NEW_CAS = `wasi:keyvalue/atomics@${VERSION}#[static]cas.new`;

const outOfMemory = {
  code: 'trapped',
  message: 'cannot run "PATH": it trapped: it needs more memory than it may have',
};

/** Bytes that a guest may have, and of values that are there. */
const LIMIT = 16 * 1024 * 1024;
const INLINE = 60_000;
const LARGE = 1_000_000;

/** How a guest of that limit ends that opens its bucket and runs `body`, whose last value is what it returns. */
async function outcome(imports: readonly string[], body: string) {
  const keyvalue = createKeyvalue(new MemoryStore());
  const bucket = keyvalue.buckets.create('b');
  for (const [key, size] of [
    ['inline', INLINE],
    ['large', LARGE],
    ['larger', LIMIT + 1],
  ] as const) {
    keyvalue.draft2.store.open('b').set(key, new Uint8Array(size));
  }
  const bytes = await guestOf({
    imports: [OPEN, ...imports],
    core: `(data (i32.const 0) "b") (data (i32.const 16) "inlinelargelarger")
      (func (export "run") (result i32) (local $b i32) (local $i i32)
        (call $store@${VERSION}.open (i32.const 0) (i32.const 1) (i32.const 1024))
        (local.set $b (i32.load (i32.const 1028)))
        ${body})`,
  });
  const grants = [{ guest: 'b', bucket: 'b', readOnly: false, open: () => bucket }];
  const request = requestOf(bytes, { keyvalue, grants, maxMemory: LIMIT });
  const ended = outcomeOf(request);
  return typeof ended === 'number'
    ? ended
    : { ...ended, message: ended.message.replace(request.path, 'PATH') };
}

const times = (count: number, body: string) =>
  `(local.set $i (i32.const 0)) (loop $again ${body}
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const ${count}))))`;

/** Lists so many keys in memory from 4096 on, each the text at a place. */
const listed = (count: number, at: number, length: number) =>
  times(
    count,
    `(i32.store (i32.add (i32.const 4096) (i32.mul (local.get $i) (i32.const 8))) (i32.const ${at}))
     (i32.store (i32.add (i32.const 4100) (i32.mul (local.get $i) (i32.const 8))) (i32.const ${length}))`,
  );

/** 0 where the result at 1024 is the error `other`, 1 where it is another error; a trap for ok. */
const RESULT = `(if (result i32) (i32.load8_u (i32.const 1024))
  (then (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 2))) (else (unreachable)))`;

test('a cas holds the value that it was made of, and is counted', async () => {
  const make = `(call $atomics@${VERSION}.cas.new
    (local.get $b) (i32.const 16) (i32.const 6) (i32.const 1024))`;
  const few = LIMIT / 2 / INLINE;
  expect(await outcome([NEW_CAS], `${times(Math.floor(few), make)} (i32.const 0)`)).toBe(0);
  expect(await outcome([NEW_CAS], `${times(4 * Math.floor(few), make)} (i32.const 0)`)).toEqual(
    outOfMemory,
  );
});

test('a future of the cache holds its value until it is taken or dropped, and is counted', async () => {
  const get = '(call $cache@0.1.0.get (i32.const 16) (i32.const 6))';
  const few = Math.floor(LIMIT / 2 / INLINE);
  const kept = times(4 * few, `(drop ${get})`);
  expect(await outcome([CACHE_GET], `${times(few, `(drop ${get})`)} (i32.const 0)`)).toBe(0);
  expect(await outcome([CACHE_GET], `${kept} (i32.const 0)`)).toEqual(outOfMemory);
});

test('a value that no memory of the guest can hold is an error: other', async () => {
  const get = `(call $store@${VERSION}.bucket.get
    (local.get $b) (i32.const 27) (i32.const 6) (i32.const 1024)) ${RESULT}`;
  expect(await outcome([GET], get)).toBe(0);
});

test('so are values that are too much together', async () => {
  const get = `${listed(20, 22, 5)} (call $batch@${VERSION}.get-many
    (local.get $b) (i32.const 4096) (i32.const 20) (i32.const 1024)) ${RESULT}`;
  expect(await outcome([GET_MANY], get)).toBe(0);
});

test('more values than are looked at one by one are counted before they are got', async () => {
  const get = `${listed(1000, 16, 6)} (call $batch@${VERSION}.get-many
    (local.get $b) (i32.const 4096) (i32.const 1000) (i32.const 1024)) (i32.const 0)`;
  expect(await outcome([GET_MANY], get)).toEqual(outOfMemory);
});

test('a batch that passes the same bytes many times over is counted as so many', async () => {
  const pairs = times(
    100,
    `(i64.store (i32.add (i32.const 4096) (i32.mul (local.get $i) (i32.const 16)))
       (i64.const 0x600000010))
     (i64.store (i32.add (i32.const 4104) (i32.mul (local.get $i) (i32.const 16)))
       (i64.const ${0xf000000000000n}))`,
  );
  const set = `${pairs} (call $batch@${VERSION}.set-many
    (local.get $b) (i32.const 4096) (i32.const 100) (i32.const 1024)) (i32.const 0)`;
  expect(await outcome([SET_MANY], set)).toEqual(outOfMemory);
});
