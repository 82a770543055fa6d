/** Guests that give what is not there, or do what they may not: each name says what. */
import type { GuestText } from '../../support/hostile-guest.js';
import {
  BUCKET,
  bare,
  type Case,
  CONSUME,
  GET,
  GET_MANY,
  NEW,
  OPEN,
  ok,
  run,
  STREAM,
  stack,
} from './parts.js';

export const lies: Record<string, Case> = {
  'a key out of bounds': key(-16, 32, 'utf8', /it trapped: out of bounds memory access$/),
  'a key whose end is past 32 bits': key(
    -1,
    -1,
    'utf8',
    /it trapped: out of bounds memory access$/,
  ),
  'a key that is not UTF-8': key(16, 7, 'utf8', /it trapped: a string is not UTF-8$/, '\\ff'),
  'a key with half a pair of surrogates': key(
    16,
    1,
    'utf16',
    /a string is not UTF-16$/,
    '\\00\\d8',
  ),
  'a key in UTF-16 at an odd place': key(17, 1, 'utf16', /pointer 17 is not aligned to 2 bytes$/),
  'a key in UTF-16 longer than the memory': key(16, -1, 'utf16', /out of bounds memory access$/),
  'a key in either encoding with half a pair': key(
    16,
    -0x7fffffff,
    'latin1+utf16',
    /a string is not UTF-16$/,
    '\\00\\dc',
  ),
  'a result out of bounds': {
    guest: { imports: [OPEN], core: run(open('(i32.const -4)')) },
    says: /it trapped: out of bounds memory access$/,
  },
  'a result at an odd place': {
    guest: { imports: [OPEN], core: run(open('(i32.const 1025)')) },
    says: /it trapped: pointer 1025 is not aligned to 4 bytes$/,
  },
  'a list at an odd place': {
    guest: {
      imports: [OPEN, GET_MANY],
      core: run(
        `(call $eventual-batch.get-many (call $bucket) (i32.const 2049) (i32.const 1) (i32.const 1024))`,
        BUCKET,
      ),
    },
    says: /it trapped: pointer 2049 is not aligned to 4 bytes$/,
  },
  'a realloc that gives what is not there': realloc(
    '(i32.const -8)',
    /out of bounds memory access$/,
  ),
  'a realloc that gives an odd place': realloc(
    '(i32.const 1025)',
    /pointer 1025 is not aligned to 4 bytes$/,
  ),
  'a realloc that traps': realloc(
    '(unreachable)',
    /it trapped: `unreachable` instruction executed$/,
  ),
  'a realloc that calls itself without end': realloc(
    '(call $realloc (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))',
    stack,
  ),
  'a realloc that calls the host': {
    guest: {
      imports: [OPEN, NEW, 'wasi:keyvalue/eventual-batch#keys'],
      libc: `(memory (export "memory") 1) (table (export "table") 1 funcref) (type $call (func))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (call_indirect (type $call) (i32.const 0)) (i32.const 2048))`,
      core: `(import "libc" "table" (table 1 funcref)) (elem (i32.const 0) $back)
        (func $back (drop (call $types.outgoing-value.new-outgoing-value)))
        ${run('(call $eventual-batch.keys (call $bucket) (i32.const 1024))', BUCKET)}`,
    },
    says: /it trapped: it called out where it may not$/,
  },
  'a second handle that was never given': second(
    '(i32.const 99)',
    /handle 99 is no outgoing-value: it was dropped, or never given$/,
  ),
  'a second handle that is the first': second(
    '(local.get $b)',
    /handle 1 is no outgoing-value, but a bucket$/,
  ),
  'a value that is used once it was set and dropped': {
    guest: {
      imports: [OPEN, NEW, 'wasi:keyvalue/eventual#set', 'drop wasi:keyvalue/types.outgoing-value'],
      core: run(
        `(local.set $b (call $bucket)) (local.set $h (call $types.outgoing-value.new-outgoing-value))
        (call $drop.types.outgoing-value (local.get $h))
        (call $eventual.set (local.get $b) (i32.const 48) (i32.const 6) (local.get $h) (i32.const 1024))`,
        BUCKET,
      ),
    },
    says: /handle 2 is no outgoing-value: it was dropped, or never given$/,
  },
  'a list of nothing that is out of bounds': {
    guest: {
      imports: [OPEN, GET_MANY],
      core: run(
        `(call $eventual-batch.get-many (call $bucket) (i32.const -4) (i32.const 0) (i32.const 1024))`,
        BUCKET,
      ),
    },
    says: /it trapped: out of bounds memory access$/,
  },
  'a list whose length wraps round': {
    guest: {
      imports: [OPEN, GET_MANY],
      core: run(
        `(call $eventual-batch.get-many (call $bucket) (i32.const 8) (i32.const 0x20000000) (i32.const 1024))`,
        BUCKET,
      ),
    },
    says: /it trapped: out of bounds memory access$/,
  },
  'a value written once it was dropped': {
    guest: {
      imports: [
        NEW,
        STREAM,
        'drop wasi:keyvalue/types.outgoing-value',
        'wasi:io/streams#[method]output-stream.check-write',
        'wasi:io/streams#[method]output-stream.write',
      ],
      core: run(`(local.set $h (call $types.outgoing-value.new-outgoing-value))
        (call $types.outgoing-value.outgoing-value-write-body-async (local.get $h) (i32.const 1024))
        (local.set $b (i32.load (i32.const 1028)))
        (call $drop.types.outgoing-value (local.get $h))
        (call $streams.output-stream.check-write (local.get $b) (i32.const 1024))
        (call $streams.output-stream.write (local.get $b) (i32.const 0) (i32.const 8) (i32.const 1024))`),
    },
    says: /it trapped: a write to the stream of an outgoing-value that was dropped$/,
  },
  'a value that is given away twice': {
    guest: {
      imports: [OPEN, GET, CONSUME],
      core: run(
        `(call $eventual.get (call $bucket) (i32.const 32) (i32.const 6) (i32.const 1024))
        (local.set $h (i32.load (i32.const 1032)))
        ${'(call $types.incoming-value.incoming-value-consume-sync (local.get $h) (i32.const 1024))'.repeat(2)}`,
        BUCKET,
      ),
    },
    says: /it trapped: handle \d+ is no incoming-value: it was dropped, or never given$/,
  },
  'a call out of what tells that a result was read': {
    guest: {
      imports: [NEW],
      core: `${ok} (func (export "post") (param i32) (drop (call $types.outgoing-value.new-outgoing-value)))`,
      lift: '(post-return $post)',
    },
    says: /it trapped: it called out where it may not$/,
  },
  'an exception that catches the end of the run': {
    guest: {
      imports: [OPEN],
      core: run(
        `try (call $types.bucket.open-bucket (i32.const -1) (i32.const 9) (i32.const 1024)) catch_all end`,
      ),
    },
    says: /it trapped: out of bounds memory access$/,
  },
  'an exception of its own': {
    guest: bare(`(tag $t) (func (export "run") (result i32) (throw $t))`),
    says: /it trapped: an exception that it did not catch$/,
  },
  'a start function that traps': {
    guest: bare(`(func $s (unreachable)) (start $s) ${ok}`),
    says: /it trapped: `unreachable` instruction executed$/,
  },
  'data behind the end of its memory': {
    guest: bare(`(memory 1) (data (i32.const 70000) "x") ${ok}`),
    says: /it trapped: data segment \S.*out of bounds\b[^:]*$/,
  },
  'a wait in memory that nobody shares': {
    guest: bare(`(memory 1) (func $s (drop (memory.atomic.wait32
      (i32.const 0) (i32.const 0) (i64.const -1)))) (start $s) ${ok}`),
    says: /it trapped: expected shared memory$/,
  },
  'a status that there is not': {
    guest: bare('(func (export "run") (result i32) (i32.const 77))'),
    says: /it trapped: a variant has case 77, and there are 2$/,
  },
  'a start function without an end': {
    guest: bare(`(func $s (loop $l (br $l))) (start $s) ${ok}`),
    options: '--timeout 300ms',
    status: 5,
    says: /it was stopped after 300 ms$/,
  },
  // V8 asks in few rounds of a loop whether it has to end, and these rounds are long.
  'a loop of fills without an end': {
    guest: bare(`(memory 4000) (func $s (loop $l
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 262000000)) (br $l))) (start $s) ${ok}`),
    options: '--timeout 300ms',
    status: 5,
    says: /it was stopped after 300 ms$/,
  },
  'a loop of copies of a table without an end': {
    guest: bare(`(table 999999 externref) (func $s (loop $l
      (table.copy (i32.const 0) (i32.const 1) (i32.const 999998)) (br $l))) (start $s) ${ok}`),
    options: '--timeout 300ms',
    status: 5,
    says: /it was stopped after 300 ms$/,
  },
  'a destructor that makes what it destroys, without end': destructor(
    '(call $drop (call $new (i32.const 1)))',
    stack,
  ),
  'a destructor that drops what is being dropped': destructor(
    '(call $drop (i32.const 1))',
    /handle 1 is no resource 0: it was dropped, or never given$/,
  ),
  'a destructor that traps': destructor(
    '(unreachable)',
    /it trapped: `unreachable` instruction executed$/,
  ),
  'a destructor that keeps handles': destructor(
    '(loop $again (drop (call $new (i32.const 1))) (br $again))',
    /it trapped: it holds more than 65536 handles$/,
  ),
  'a handle kept beyond the call that lent it': {
    guest: `(component
      (component $inner
        (core module $d (func (export "drop") (param i32)))
        (type $t (resource (rep i32))) (export $e "t" (type $t))
        (core func $new (canon resource.new $t))
        (core instance $h (export "new" (func $new)))
        (core module $m (import "h" "new" (func $new (param i32) (result i32)))
          (func (export "make") (result i32) (call $new (i32.const 7))))
        (core instance $i (instantiate $m (with "h" (instance $h))))
        (func $make (result (own $e)) (canon lift (core func $i "make")))
        (export "make" (func $make)))
      (instance $x (instantiate $inner))
      (alias export $x "t" (type $t))
      (component $keeper (import "t" (type $t (sub resource)))
        (core module $m (func (export "keep") (param i32)))
        (core instance $i (instantiate $m))
        (func $keep (param "it" (borrow $t)) (canon lift (core func $i "keep")))
        (export "keep" (func $keep)))
      (instance $k (instantiate $keeper (with "t" (type $t))))
      (core func $make (canon lower (func $x "make")))
      (core func $keep (canon lower (func $k "keep")))
      (core instance $h (export "make" (func $make)) (export "keep" (func $keep)))
      (core module $m (import "h" "make" (func $make (result i32)))
        (import "h" "keep" (func $keep (param i32)))
        (func (export "run") (result i32) (call $keep (call $make)) (i32.const 0)))
      (core instance $i (instantiate $m (with "h" (instance $h))))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`,
    says: /it trapped: it ended a call without dropping a borrowed handle$/,
  },
};

function key(
  pointer: number,
  length: number,
  encoding: GuestText['encoding'],
  says: RegExp,
  bytes = 'default',
): Case {
  const core = `(data (i32.const 16) "${bytes}") ${run(
    `(call $types.bucket.open-bucket (i32.const ${pointer}) (i32.const ${length}) (i32.const 1024))`,
  )}`;
  return { guest: { imports: [OPEN], core, ...(encoding && { encoding }) }, says };
}

function open(result: string): string {
  return `(call $types.bucket.open-bucket (i32.const 16) (i32.const 7) ${result})`;
}

/** The host lists the keys, for which it asks this for memory. */
function realloc(body: string, says: RegExp): Case {
  return {
    guest: {
      imports: [OPEN, 'wasi:keyvalue/eventual-batch#keys'],
      libc: `(memory (export "memory") 1)
        (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32) ${body})`,
      core: run('(call $eventual-batch.keys (call $bucket) (i32.const 1024))', BUCKET),
    },
    says,
  };
}

/** Sets a key to what is no value. */
function second(handle: string, says: RegExp): Case {
  return {
    guest: {
      imports: [OPEN, 'wasi:keyvalue/eventual#set'],
      core: run(
        `(local.set $b (call $bucket))
        (call $eventual.set (local.get $b) (i32.const 32) (i32.const 6) ${handle} (i32.const 1024))`,
        BUCKET,
      ),
    },
    says,
  };
}

/** Drops a resource of its own, whose destructor does this. */
function destructor(body: string, says: RegExp): Case {
  const guest = `(component
    (core module $table (table (export "t") 1 funcref) (type $call (func (param i32)))
      (func (export "destroy") (param i32) (call_indirect (type $call) (local.get 0) (i32.const 0))))
    (core instance $table (instantiate $table))
    (type $r (resource (rep i32) (dtor (core func $table "destroy"))))
    (core func $new (canon resource.new $r))
    (core func $drop (canon resource.drop $r))
    (core instance $h (export "new" (func $new)) (export "drop" (func $drop)))
    (core module $m (import "h" "new" (func $new (param i32) (result i32)))
      (import "h" "drop" (func $drop (param i32))) (import "table" "t" (table 1 funcref))
      (elem (i32.const 0) $destroy) (func $destroy (param i32) ${body})
      (func (export "run") (result i32) (call $drop (call $new (i32.const 5))) (i32.const 0)))
    (core instance $i (instantiate $m (with "h" (instance $h)) (with "table" (instance $table))))
    (func $run (result (result)) (canon lift (core func $i "run")))
    (instance $x (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $x)))`;
  return { guest, says };
}
