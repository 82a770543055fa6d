/** Guests that look like an attack, and do what they may: each ends with 0. */
import type { GuestText } from '../../support/hostile-guest.js';
import { BUCKET, bare, type Case, CONSUME, GET, NEW, OPEN, ok, run, WRITE } from './parts.js';

const UTF16_TAG = -0x8000_0000;

/** Instructions of every form; local 0 is one more. */
const everything = `
  (block (loop (br_if 1 (i32.const 1)) (br 0)))
  (block $b (block $c (br_table $b $c $b (i32.const 1)) unreachable))
  (if (result i64) (i32.const 0) (then (i64.const -5000000000)) (else (global.get $g))) (global.set $g)
  try (throw $t (i32.const 1)) catch $t drop catch_all end
  try nop delegate 0
  (call $two (i32.const 1)) drop drop
  (call_indirect (type $two) (i32.const 1) (i32.const 0)) i32.add drop
  (f64.store offset=1000 align=4 (i32.const 0) (f64.add (f64.const 1.5) (local.get 1)))
  (f32.store (i32.const 0) (f32.demote_f64 (f64.load (i32.const 8)))) (f32.const 2) f32.sqrt drop
  (v128.store (i32.const 16) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
    (v128.const i64x2 1 2) (i32x4.splat (i32.const 3))))
  (local.set 2 (v128.load8_lane 1 (i32.const 16) (i32x4.replace_lane 2 (local.get 2) (i32.const 1))))
  (v128.store8_lane 1 (i32.const 16) (local.get 2)) (f32x4.eq (local.get 2) (local.get 2)) drop
  (memory.copy (i32.const 0) (i32.const 8) (i32.const 8)) (memory.fill (i32.const 0) (i32.const 0) (i32.const 8))
  (drop (i32.trunc_sat_f64_s (f64.const 7))) (drop (memory.grow (i32.const 0))) (drop (memory.size))
  (table.set 0 (i32.const 1) (ref.func $two)) (drop (ref.is_null (table.get 0 (i32.const 1))))
  (drop (table.grow 0 (ref.null func) (i32.const 0))) (drop (table.size 0))
  (local.set 3 (select (result funcref) (ref.null func) (local.get 3) (i32.const 0)))
  (local.set 0 (i32.add (local.get 0) (select (i32.const 1) (i32.const 2) (i32.const 1))))`;

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
  'a stored value that no memory of it can hold, asked for at once: an error': {
    guest: {
      imports: [OPEN, GET, CONSUME],
      core: run(
        `(call $eventual.get (call $bucket) (i32.const 64) (i32.const 6) (i32.const 1024))
        (call $types.incoming-value.incoming-value-consume-sync
          (i32.load (i32.const 1032)) (i32.const 1024))
        (if (i32.eqz (i32.load8_u (i32.const 1024))) (then unreachable))`,
        `${BUCKET} (data (i32.const 64) "zeroes")`,
      ),
    },
    options: '--max-memory 32M',
    status: 0,
  },
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
  'a function so long that its instructions are looked at, and V8 does not optimize it': done(
    bare(`(memory 1) (table 2 funcref) (elem (i32.const 0) func $two $two) (global $g (mut i64) (i64.const 0x0b0b))
      (tag $t (param i32)) (type $two (func (param i32) (result i32 i32)))
      (func $two (type $two) (local.get 0) (local.get 0))
      (func (export "run") (result i32) (local i32 f64 v128 funcref) ${everything.repeat(2000)}
        (local.get 0) (i32.const 2000) i32.ne)`),
  ),
  // V8 would take seconds to optimize it, and in Node 24 so much memory that it ends the process.
  'a function that runs often, with more cases and locals than V8 may optimize': done(
    bare(`(func $hot (param i32) (local ${'i32 '.repeat(20_000)})
        (block (br_table ${'0 '.repeat(60_000)} (local.get 0))))
      (func (export "run") (result i32) (local $i i32)
        (loop $again (call $hot (local.get $i))
          (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20_000))))
        (i32.const 0))`),
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
