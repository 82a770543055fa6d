/** Guests that look like an attack, and do what they may: each ends with 0. */
import type { GuestText } from '../../support/hostile-guest.js';
import { BUCKET, bare, type Case, NEW, OPEN, ok, run, WRITE } from './parts.js';

const UTF16_TAG = -0x8000_0000;

export const allowed: Record<string, Case> = {
  'a name in UTF-16': named('utf16', 'd\\00e\\00f\\00a\\00u\\00l\\00t\\00', 7),
  'a name in Latin-1, of either encoding': named('latin1+utf16', 'default', 7),
  'a name in UTF-16, of either encoding': named(
    'latin1+utf16',
    'd\\00e\\00f\\00a\\00u\\00l\\00t\\00',
    UTF16_TAG + 7,
  ),
  'a realloc that moves the memory each time': done({
    imports: [OPEN, 'wasi:keyvalue/eventual-batch#keys'],
    libc: `(memory (export "memory") 1) (global $at (mut i32) (i32.const 2048))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (drop (memory.grow (i32.const 1)))
        (global.set $at (i32.add (global.get $at) (i32.const 64))) (global.get $at))`,
    // The first key is read where the list says that it is.
    core: run(
      `(call $eventual-batch.keys (call $bucket) (i32.const 1024))
      (if (i32.ne (i32.load (i32.load (i32.load (i32.const 1028)))) (i32.load (i32.const 32)))
        (then unreachable))`,
      BUCKET,
    ),
  }),
  'a list of 20 MB in one call': done({
    imports: [NEW, WRITE],
    core: run(`(drop (memory.grow (i32.const 320)))
      (call $types.outgoing-value.outgoing-value-write-body-sync
        (call $types.outgoing-value.new-outgoing-value)
        (i32.const 0) (i32.const 20000000) (i32.const 1024))
      (if (i32.load8_u (i32.const 1024)) (then unreachable))`),
  }),
  'a start function that calls the host': done({
    imports: [NEW],
    core: `(func $s (drop (call $types.outgoing-value.new-outgoing-value))) (start $s) ${ok}`,
  }),
  '10,000 exports': done(
    bare(`${Array.from({ length: 10_000 }, (_, at) => `(export "e${at}" (func $f))`).join(' ')}
      (func $f) ${ok}`),
  ),
  vectors: done(
    bare(`(func (export "run") (result i32)
      (i32x4.extract_lane 0 (i32x4.splat (i32.const 0))))`),
  ),
  'calls that leave no frame': done(
    bare(`(func $down (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
          (else (return_call $down (i32.sub (local.get 0) (i32.const 1))))))
      (func (export "run") (result i32) (return_call $down (i32.const 1000000)))`),
  ),
};

function done(guest: Case['guest']): Case {
  return { guest, status: 0 };
}

/** Opens `default` by a name that is written so; `run` gives what opening it gave. */
function named(encoding: GuestText['encoding'], bytes: string, length: number): Case {
  const core = `(data (i32.const 16) "${bytes}") (func (export "run") (result i32)
    (call $types.bucket.open-bucket (i32.const 16) (i32.const ${length}) (i32.const 1024))
    (i32.load8_u (i32.const 1024)))`;
  return done({ imports: [OPEN], core, ...(encoding && { encoding }) });
}
