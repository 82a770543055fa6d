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

const machineCode = /it trapped: its code can become more than 536870912 bytes of machine code$/;

const writeMegabyte = `(call $types.outgoing-value.outgoing-value-write-body-sync
  (call $types.outgoing-value.new-outgoing-value)
  (i32.const 0) (i32.const 1000000) (i32.const 1024))`;

const GET_OR_SET = 'wasi:keyvalue/cache@0.1.0#get-or-set';

/** Bytes of a text behind the first page. */
const tenMegabytes = `(drop (memory.grow (i32.const 160)))
  (memory.fill (i32.const 65536) (i32.const 97) (i32.const 10000000))`;

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
  'errors of calls that were given keys of 10 MB, none of which lasts longer than its call': {
    guest: {
      imports: [OPEN, GET],
      core: run(
        `(local.set $b (call $bucket)) ${tenMegabytes} ${times(
          40,
          '(call $eventual.get (local.get $b) (i32.const 65536) (i32.const 10000000) (i32.const 1024))',
        )}`,
        BUCKET,
      ),
    },
    heap: 64,
    status: 0,
  },
  'results that are vacant or errors, of calls that were given keys of 10 MB': {
    guest: {
      imports: [GET_OR_SET],
      core: run(
        `${tenMegabytes} ${times(
          40,
          '(drop (call $cache@0.1.0.get-or-set (i32.const 65536) (i32.const 10000000)))',
        )}`,
      ),
    },
    heap: 64,
    status: 0,
  },
  'a value for which there is no bucket to write to, on the disk': {
    guest: {
      imports: [NEW, WRITE],
      core: run(
        `${tenMegabytes} (local.set $h (call $types.outgoing-value.new-outgoing-value))
        (call $types.outgoing-value.outgoing-value-write-body-sync (local.get $h)
          (i32.const 65536) (i32.const 10000000) (i32.const 1024))
        (if (i32.eqz (i32.load8_u (i32.const 1024))) (then unreachable))`,
      ),
    },
    options: '-b in=default:ro',
    status: 0,
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
  'code of 1,000 instances': {
    guest: many(1000, `(func ${'nop '.repeat(70_000)}) ${ok}`),
    says: /it trapped: its instances have more than 67108864 bytes of code$/,
  },
  'code of 1,000 instances, of which V8 keeps notes in its heap': {
    guest: many(1000, `(func ${'nop '.repeat(16_000)}) ${ok}`),
    heap: 64,
    says: /it trapped: its instances have more than \d{7} bytes of code$/,
  },
  'a megabyte of branches that take 100 values along, each of which becomes a kilobyte': {
    guest: called(
      10,
      `(block (type $v) (i32.const 3) (block $b (type $t) (i32.const 2) (i32.const 1)
        ${'i32.const 5 '.repeat(100)} ${'i32.const 0 br_if $b '.repeat(35_000)} br $b)
        ${'drop '.repeat(101)})`,
      `(type $t (func (result ${'i32 '.repeat(100)}))) (type $v (func))`,
    ),
    says: machineCode,
  },
  'calls that pass 100 values on': {
    guest: called(
      8,
      'call $give call $take '.repeat(30_000),
      `(func $give (result ${'i32 '.repeat(100)}) unreachable)
       (func $take (param ${'i32 '.repeat(100)}))`,
    ),
    says: machineCode,
  },
  'functions of 1,500 types, for each of which V8 compiles something': {
    guest: bare(`${Array.from({ length: 1500 }, (_, at) => exportOfType(at)).join(' ')} ${ok}`),
    says: /it trapped: its modules import and export functions of more than 1000 types$/,
  },
  "caught exceptions, as many as fit on the stack, in V8's heap": {
    guest: bare(`(tag $t (param i64 i64 i64 i64))
      (func $f ${`try ${'(i64.const 0x123456789abcdef)'.repeat(4)} (throw $t) catch_all `.repeat(300)}
        (call $f) ${'rethrow 0 end '.repeat(300)})
      (func (export "run") (result i32) (call $f) (i32.const 0))`),
    heap: 64,
    says: stack,
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

/** So many functions of this body, each of which `run` calls, so that V8 compiles it. */
function called(count: number, body: string, more = ''): string {
  const all = Array.from({ length: count }, (_, at) => at);
  return bare(`${more} ${all.map((at) => `(func $f${at} ${body})`).join('\n')}
    (func (export "run") (result i32) ${all.map((at) => `(call $f${at})`).join(' ')} (i32.const 0))`);
}

/** Sixty memories of 64 MB each, in 700 bytes. */
function sixty(): string {
  return many(
    60,
    `(memory (export "mem") 1000)
      (func $s (memory.fill (i32.const 0) (i32.const 7) (i32.const 65536000))) (start $s) ${ok}`,
  );
}

/** So many instances of a module. */
function many(count: number, core: string): string {
  const instances = Array.from(
    { length: count },
    (_, index) => `(core instance $i${index} (instantiate $m))`,
  );
  return `(component (core module $m ${core}) ${instances.join('\n')}
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

/** A function whose parameters are the digits of a number. */
function exportOfType(number: number): string {
  const types = ['i32', 'i64', 'f32', 'f64'];
  const digits = Array.from({ length: 6 }, (_, at) => types[(number >> (2 * at)) & 3]);
  return `(func (export "e${number}") (param ${digits.join(' ')}))`;
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
