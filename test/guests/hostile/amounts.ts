/** Guests that make more exist than they may: each name says of what. */
import type { GuestText } from '../../support/hostile-guest.js';
import {
  BUCKET,
  bare,
  type Case,
  doubled,
  GET,
  GET_MANY,
  memory,
  NEW,
  OPEN,
  ok,
  run,
  stack,
  times,
  WRITE,
} from './parts.js';

const writeMegabyte = `(call $types.outgoing-value.outgoing-value-write-body-sync
  (call $types.outgoing-value.new-outgoing-value)
  (i32.const 0) (i32.const 1000000) (i32.const 1024))`;

export const amounts: Record<string, Case> = {
  'memories of 60 instances': { guest: sixty(), options: '--max-memory 64M', says: memory },
  'memories of 60 instances, where nothing is said': { guest: sixty(), says: memory },
  'a memory that grows, of which the host knows nothing': {
    guest: bare(`(memory 1) (func (export "run") (result i32)
      (loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
      (memory.fill (i32.const 0) (i32.const 1) (i32.shl (memory.size) (i32.const 16)))
      (i32.gt_u (memory.size) (i32.const 1024)))`),
    options: '--max-memory 64M',
    status: 0,
  },
  'values beside a memory that its module hides': {
    guest: {
      imports: [NEW, WRITE],
      // 500 pages, 32 MB; each value is held as 2 MB.
      beside: `(core module $hidden (memory 1)
          (func $s (if (i32.eq (memory.grow (i32.const 499)) (i32.const -1)) (then unreachable)))
          (start $s))
        (core instance (instantiate $hidden))`,
      core: run(times(20, writeMegabyte)),
    },
    options: '--max-memory 64M',
    says: memory,
  },
  'values that are not dropped': {
    guest: {
      imports: [OPEN, GET],
      core: run(
        `(local.set $b (call $bucket)) ${times(
          100_000,
          '(call $eventual.get (local.get $b) (i32.const 32) (i32.const 6) (i32.const 1024))',
        )}`,
        BUCKET,
      ),
    },
    says: /it trapped: it holds more than 65536 handles$/,
  },
  'errors that are not dropped': { guest: errors(), says: memory },
  "errors that are not dropped, more than V8's heap takes": {
    guest: errors(),
    heap: 64,
    says: memory,
  },
  'errors with long names': {
    guest: {
      imports: [OPEN],
      core: run(
        `(drop (memory.grow (i32.const 320))) (memory.fill (i32.const 65536) (i32.const 97) (i32.const 20000000))
        ${times(
          2000,
          '(call $types.bucket.open-bucket (i32.const 65536) (i32.const 20000000) (i32.const 1024))',
        )}`,
      ),
    },
    says: memory,
  },
  'outgoing values that are not dropped': {
    guest: {
      imports: [NEW, WRITE],
      core: run(times(2000, writeMegabyte)),
    },
    says: memory,
  },
  'tables of 400,000,000 entries': {
    guest: bare(`${'(table 10000000 funcref)'.repeat(40)} ${ok}`),
    says: /it trapped: its tables have more than 1000000 entries$/,
  },
  'tables that grow': {
    guest: bare(`${'(table 1 externref)'.repeat(1)} (func (export "run") (result i32)
      (loop $again (br_if $again (i32.ne (table.grow (ref.null extern) (i32.const 1000)) (i32.const -1))))
      (i32.gt_u (table.size) (i32.const 1000000)))`),
    status: 0,
  },
  'more instances than there may be': {
    guest: `(component (core module $m ${ok}) ${'(core instance (instantiate $m))'.repeat(1001)})`,
    says: /it trapped: it makes more than 1000 instances of modules$/,
  },
  'a list of more keys than a call may pass': {
    guest: {
      imports: [OPEN, GET_MANY],
      core: run(
        `(local.set $b (call $bucket)) (drop (memory.grow (i32.const 400)))
        (call $eventual-batch.get-many (local.get $b) (i32.const 65536) (i32.const 3000000) (i32.const 1024))`,
        BUCKET,
      ),
    },
    says: /it trapped: it passes more than 67108864 bytes of values in a call$/,
  },
  'more values in one call than there may be handles': {
    guest: {
      imports: [OPEN, GET_MANY],
      core: run(
        `(local.set $b (call $bucket)) (drop (memory.grow (i32.const 40)))
        (loop $again (i32.store (i32.add (i32.const 65536) (i32.shl (local.get $i) (i32.const 3))) (i32.const 32))
          (i32.store (i32.add (i32.const 65540) (i32.shl (local.get $i) (i32.const 3))) (i32.const 6))
          (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 70000))))
        (call $eventual-batch.get-many (local.get $b) (i32.const 65536) (i32.const 70000) (i32.const 1024))`,
        BUCKET,
      ),
    },
    says: /it trapped: it holds more than 65536 handles$/,
  },
  'random bytes without end': {
    guest: {
      imports: ['wasi:random/random#get-random-bytes'],
      core: run('(call $random.get-random-bytes (i64.const -1) (i32.const 1024))'),
    },
    says: /it trapped: 18446744073709551615 random bytes are asked for, and the limit is 16777216$/,
  },
  'calls in calls': {
    guest: bare('(func $run (export "run") (result i32) (i32.add (i32.const 1) (call $run)))'),
    says: stack,
  },
  'calls in calls that read the store': {
    guest: {
      imports: [OPEN, 'wasi:keyvalue/eventual#exists'],
      core: `${BUCKET} (func $deep (param $b i32)
        (call $eventual.exists (local.get $b) (i32.const 32) (i32.const 6) (i32.const 1024))
        (call $deep (local.get $b)))
        (func (export "run") (result i32) (call $deep (call $bucket)) (i32.const 0))`,
    },
    says: stack,
  },
  'a value of 2^27 parts between components': {
    guest: `(component ${doubled(27)}
      (component $inner ${doubled(27)} (core module $m (memory (export "memory") 2049)
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
          (func (export "f") (result i32) (i32.const 0)) (func (export "g") (param i32)))
        (core instance $i (instantiate $m))
        (alias core export $i "memory" (core memory $memory))
        (func $f (result $t27) (canon lift (core func $i "f") (memory $memory)))
        (export "f" (func $f)))
      (instance $x (instantiate $inner))
      (core module $l (memory (export "memory") 2049)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
      (core instance $libc (instantiate $l))
      (alias core export $libc "memory" (core memory $memory))
      (alias core export $libc "realloc" (core func $realloc))
      (core func $f (canon lower (func $x "f") (memory $memory) (realloc $realloc)))
      (core instance $host (export "f" (func $f)))
      (core module $m (import "host" "f" (func $f (param i32)))
        (func (export "run") (result i32) (call $f (i32.const 0)) (i32.const 0)))
      (core instance $i (instantiate $m (with "host" (instance $host))))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`,
    says: /it trapped: it passes more than 67108864 bytes of values in a call$/,
  },
  'values in a call, and as many in a call that it makes': {
    guest: handedOn(1_300_000),
    says: /it trapped: it passes more than 67108864 bytes of values in a call$/,
  },
  'values in a call, and half as many in a call that it makes': {
    guest: handedOn(650_000),
    status: 0,
  },
  "empty lists in a call, more than V8's heap takes": {
    guest: handedOn(700_000, '(list u8)'),
    heap: 64,
    says: /it trapped: it passes more than \d+ bytes of values in a call$/,
  },
  "flags in a call, more than V8's heap takes": {
    guest: handedOn(
      400_000,
      `(flags ${Array.from({ length: 32 }, (_, at) => `"f${at}"`).join(' ')})`,
    ),
    heap: 64,
    says: /it trapped: it passes more than \d+ bytes of values in a call$/,
  },
};

/** Sixty memories of 64 MB each, in 700 bytes. */
function sixty(): string {
  const instances = Array.from(
    { length: 60 },
    (_, index) => `(core instance $i${index} (instantiate $m))`,
  );
  return `(component (core module $m (memory (export "mem") 1000)
      (func $s (memory.fill (i32.const 0) (i32.const 7) (i32.const 65536000))) (start $s) ${ok})
    ${instances.join('\n')}
    (func $run (result (result)) (canon lift (core func $i0 "run")))
    (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`;
}

/** 300,000 errors, all of them kept. */
function errors(): GuestText {
  return {
    imports: [OPEN],
    core: run(
      times(
        300_000,
        '(call $types.bucket.open-bucket (i32.const 48) (i32.const 6) (i32.const 1024))',
      ),
      BUCKET,
    ),
  };
}

/** A list of so many that one component hands to another, which hands it on to a third. */
function handedOn(length: number, element = 'u16'): string {
  const libc = `(core module $l (memory (export "memory") 100)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
    (core instance $libc (instantiate $l))
    (alias core export $libc "memory" (core memory $memory))
    (alias core export $libc "realloc" (core func $realloc))`;
  const options = '(memory $memory) (realloc $realloc)';
  const type = '(param "list" (list $element))';
  const definition = `(type $element ${element})`;
  return `(component ${definition}
    (component $Last ${definition} ${libc}
      (core module $m (func (export "take") (param i32 i32)))
      (core instance $i (instantiate $m))
      (func $take ${type} (canon lift (core func $i "take") ${options}))
      (export "take" (func $take)))
    (component $Middle ${definition}
      (import "take" (func $take ${type})) ${libc}
      (core func $lowered (canon lower (func $take) ${options}))
      (core instance $host (export "take" (func $lowered)))
      (core module $m (import "host" "take" (func $take (param i32 i32)))
        (func (export "hand") (param i32 i32) (call $take (local.get 0) (local.get 1))))
      (core instance $i (instantiate $m (with "host" (instance $host))))
      (func $hand ${type} (canon lift (core func $i "hand") ${options}))
      (export "hand" (func $hand)))
    (instance $last (instantiate $Last))
    (instance $middle (instantiate $Middle (with "take" (func $last "take"))))
    ${libc}
    (core func $lowered (canon lower (func $middle "hand") ${options}))
    (core instance $host (export "hand" (func $lowered)))
    (core module $m (import "host" "hand" (func $hand (param i32 i32)))
      (func (export "run") (result i32) (call $hand (i32.const 0) (i32.const ${length})) (i32.const 0)))
    (core instance $i (instantiate $m (with "host" (instance $host))))
    (func $run (result (result)) (canon lift (core func $i "run")))
    (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`;
}
