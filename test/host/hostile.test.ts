/**
 * Guests that try to take more than they may, or lie about what they give: each ends by a trap that is
 * named, or is refused, in one line; the process lives to say it, and the store is as it was.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { componentOf, type GuestText, guestOf } from '../support/hostile-guest.js';
import { Shell } from '../support/shell.js';

const OPEN = 'wasi:keyvalue/types#[static]bucket.open-bucket';
const NEW = 'wasi:keyvalue/types#[static]outgoing-value.new-outgoing-value';
const WRITE = 'wasi:keyvalue/types#[method]outgoing-value.outgoing-value-write-body-sync';
const STREAM = 'wasi:keyvalue/types#[method]outgoing-value.outgoing-value-write-body-async';
const GET = 'wasi:keyvalue/eventual#get';
const GET_MANY = 'wasi:keyvalue/eventual-batch#get-many';

/** Opens `default`; what functions return lies at 1024. */
const BUCKET = `
  (data (i32.const 16) "default") (data (i32.const 32) "victim") (data (i32.const 48) "nobody")
  (func $bucket (result i32)
    (call $types.bucket.open-bucket (i32.const 16) (i32.const 7) (i32.const 1024))
    (i32.load (i32.const 1028)))`;

/** `run` as these instructions, with locals `$i`, `$h` and `$b`. */
function run(body: string, more = ''): string {
  return `${more} (func (export "run") (result i32) (local $i i32) (local $h i32) (local $b i32)
    ${body} (i32.const 0))`;
}

/** The instructions so many times, `$i` counting. */
function times(count: number, body: string): string {
  return `(loop $again ${body} (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const ${count}))))`;
}

/** A component whose module imports nothing. */
function bare(core: string, more = ''): string {
  return `(component ${more} (core module $m ${core}) (core instance $i (instantiate $m))
    (func $run (result (result)) (canon lift (core func $i "run")))
    (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`;
}

const writeMegabyte = `(call $types.outgoing-value.outgoing-value-write-body-sync
  (call $types.outgoing-value.new-outgoing-value)
  (i32.const 0) (i32.const 1000000) (i32.const 1024))`;

const ok = '(func (export "run") (result i32) (i32.const 0))';

interface Case {
  readonly guest: GuestText | Uint8Array | string;
  readonly options?: string;
  /** 71 where none is told. */
  readonly status?: number;
  /** What is said, to the end of the line; nothing where it is undefined. */
  readonly says?: RegExp;
}

const memory = /it trapped: it needs more memory than it may have$/;
const stack = /it trapped: call stack exhausted$/;

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

/** Types that hold the one before twice: the last has 2^count values. */
function doubled(count: number): string {
  const types = Array.from(
    { length: count },
    (_, index) => `(type $t${index + 1} (tuple $t${index} $t${index}))`,
  );
  return `(type $t0 u8) ${types.join('\n')}`;
}

const amounts: Record<string, Case> = {
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
  'errors that are not dropped': {
    guest: {
      imports: [OPEN],
      core: run(
        times(
          300_000,
          '(call $types.bucket.open-bucket (i32.const 48) (i32.const 6) (i32.const 1024))',
        ),
        BUCKET,
      ),
    },
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
};

const lies: Record<string, Case> = {
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
      imports: [
        OPEN,
        GET,
        'wasi:keyvalue/types#[static]incoming-value.incoming-value-consume-sync',
      ],
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
  'a start function without an end': {
    guest: bare(`(func $s (loop $l (br $l))) (start $s) ${ok}`),
    options: '--timeout 300ms',
    status: 5,
    says: /it was stopped after 300 ms$/,
  },
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

const refused: Record<string, Case> = {
  'a memory of 64 bits': unsupported(
    `(memory i64 1) ${ok}`,
    /memories that are shared, or of 64 bits$/,
  ),
  'a shared memory': unsupported(
    `(memory 1 1 shared) ${ok}`,
    /memories that are shared, or of 64 bits$/,
  ),
  'types of the garbage collector': unsupported(
    `(type (struct (field i32))) ${ok}`,
    /types of the garbage collector$/,
  ),
  'an alias of what lies outside of everything': invalid('(alias outer 1000 0 (type))'),
  'an alias of a type that comes later': invalid('(type (list 9))'),
  'an instance of a component that is not there': invalid('(instance (instantiate 3))'),
  'a function of a module that is not there': invalid('(core instance (instantiate 7))'),
  'a type that is no function': invalid(
    '(type $t u8) (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (func (type $t) (canon lift (core func $i "f")))',
  ),
  'two fields of one name': invalid('(type (record (field "a-b" u32) (field "a-b" string)))'),
  'two fields of one name in JavaScript': invalid(
    '(type (record (field "a-b" u32) (field "aB" string)))',
  ),
  'two cases of one name': invalid('(type (variant (case "a" u32) (case "a" string)))'),
  'components that lie too deep': {
    guest: nested(150),
    status: 4,
    says: /^cannot run "x.wasm": it is damaged, or cut off$/,
  },
  'components that are instantiated many times over': {
    guest: `(component (component $c0) ${Array.from(
      { length: 30 },
      (_, index) =>
        `(component $c${index + 1} (alias outer 1 ${index} (component $c))
          (instance (instantiate $c)) (instance (instantiate $c)))`,
    ).join('\n')} (instance (instantiate $c30)))`,
    status: 4,
    says: /^cannot run "x.wasm": it is not valid: it has too many definitions$/,
  },
  'an import with a line break in its name': {
    guest: '(component (import "evil:a/b\\nkv: all is well" (instance)))',
    status: 4,
    says: /^cannot run "x.wasm": it imports evil:a\/b\S+kv: all is well, which kv does not offer$/,
  },
  'a name of a megabyte': {
    guest: `(component (import "evil:a/${'b'.repeat(1_000_000)}" (instance)))`,
    status: 4,
    says: /^cannot run "x.wasm": it imports evil:a\/b{1,1000}….{0,40}$/,
  },
  'a type of 2^60 parts': {
    guest: bare(ok, doubled(60)),
    status: 0,
  },
  'a type of 2^60 parts that is imported': {
    guest: `(component (import "wasi:io/poll@0.2.0" (instance ${doubled(60)}
      (export "poll" (func (param "a" $t60) (result $t60))))))`,
    status: 4,
    says: /it imports wasi:io\/poll@0.2.0#poll as func/,
  },
  'a type of 2^60 parts that a function takes': {
    guest: `(component ${doubled(60)}
      (core module $m (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (func (export "f") (param i32)) ${ok})
      (core instance $i (instantiate $m))
      (alias core export $i "memory" (core memory $memory))
      (alias core export $i "realloc" (core func $realloc))
      (func $f (param "a" $t60)
        (canon lift (core func $i "f") (memory $memory) (realloc $realloc)))
      (core func (canon lower (func $f) (memory $memory)))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`,
    status: 0,
  },
  'types that hold one another 5,000 deep': {
    guest: `(component (type $t0 u8)
      ${Array.from({ length: 5000 }, (_, at) => `(type $t${at + 1} (list $t${at}))`).join(' ')}
      (core module $m (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (func (export "f") (param i32 i32)) ${ok})
      (core instance $i (instantiate $m))
      (alias core export $i "memory" (core memory $memory))
      (alias core export $i "realloc" (core func $realloc))
      (func $f (param "a" $t5000)
        (canon lift (core func $i "f") (memory $memory) (realloc $realloc)))
      (core func (canon lower (func $f) (memory $memory)))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`,
    status: 0,
  },
};

describe('what a guest makes exist is bounded:', () => {
  test.each(Object.entries(amounts))('%s', (_, one) => expectEnd(one));
});

describe('what a guest says is looked at:', () => {
  test.each(Object.entries(lies))('%s', (_, one) => expectEnd(one));
});

describe('what a component is made of is looked at:', () => {
  test.each(Object.entries(refused))('%s', (_, one) => expectEnd(one));
});

/** Puts a key, runs the guest, and looks whether the key is all that there is afterwards. */
async function expectEnd({ guest, options = '', status = 71, says }: Case): Promise<void> {
  const shell = new Shell();
  const bytes = typeof guest === 'string' ? await componentOf(guest) : await bytesOf(guest);
  writeFileSync(join(shell.folder, 'x.wasm'), bytes);
  const ended = await shell.run(`kv set victim untouched; kv run x.wasm ${options}; status=$?
    printf 'store info --json\\nget victim\\nkeys v\\n' | kv exec | sed 's/.*\\("uploads":0\\).*/\\1/'
    exit $status`);
  const [message = '', ...rest] = ended.stderr.split('\n');
  expect(message.replace(/^kv: /, '')).toMatch(says ?? /^$/);
  expect([ended.status, rest]).toEqual([status, says ? [''] : []]);
  expect(ended.text).toBe('"uploads":0\nuntouchedvictim\n');
}

async function bytesOf(guest: GuestText | Uint8Array): Promise<Uint8Array> {
  return guest instanceof Uint8Array ? guest : guestOf(guest);
}

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

/** Components in components, so many: their sections say how long each is. */
function nested(count: number): Uint8Array {
  let bytes = Buffer.from('\0asm\x0d\0\x01\0', 'latin1');
  for (let left = count; left > 0; left--) {
    const { length } = bytes;
    const size = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
    bytes = Buffer.concat([bytes.subarray(0, 8), Buffer.of(4, ...size), bytes]);
  }
  return bytes;
}

function unsupported(core: string, what: RegExp): Case {
  const says = new RegExp(`^cannot run "x.wasm": it uses ${what.source}`);
  return { guest: bare(core), status: 4, says };
}

function invalid(definition: string): Case {
  return {
    guest: `(component ${definition})`,
    status: 4,
    says: /^cannot run "x.wasm": it is not valid: .*\S$/,
  };
}
