/** Components that are refused before they run, or that only look so: each name says why. */
import { bare, type Case, doubled, ok } from './parts.js';

/** Numbers in LEB128. */
const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];
const LEB_OF_1_GB = [0x80, 0x80, 0x80, 0x80, 0x04];

/** With what a component begins. */
const COMPONENT = '\0asm\x0d\0\x01\0';

const tooManyBranches = /a function with too many branches for its locals$/;

export const refused: Record<string, Case> = {
  'a memory of 64 bits': unsupported(
    `(memory i64 1) ${ok}`,
    /memories or tables that are shared, or of 64 bits$/,
  ),
  'a shared memory': unsupported(
    `(memory 1 1 shared) ${ok}`,
    /memories or tables that are shared, or of 64 bits$/,
  ),
  'types of the garbage collector': unsupported(
    `(type (struct (field i32))) ${ok}`,
    /types of the garbage collector$/,
  ),
  'a table of 64 bits': unsupported(
    `(table i64 1 funcref) ${ok}`,
    /memories or tables that are shared, or of 64 bits$/,
  ),
  'a table of exceptions': unsupported(`(table 1 exnref) ${ok}`, /tables of exceptions$/),
  'globals of exceptions': unsupported(
    `(tag $t) (global (mut exnref) (ref.null exn)) ${ok}`,
    /globals of exceptions$/,
  ),
  'exceptions of five values': unsupported(
    `(tag (param i32 i32 i32 i32 i32)) ${ok}`,
    /exceptions of more than 4 values, or of vectors$/,
  ),
  'exceptions of vectors': unsupported(
    `(tag (param v128)) ${ok}`,
    /exceptions of more than 4 values, or of vectors$/,
  ),
  'a function of 101 results': unsupported(
    `(type (func (result ${'i32 '.repeat(101)}))) ${ok}`,
    /functions of more than 100 parameters or results$/,
  ),
  'a short function with many branches, and operands that a call leaves': unsupported(
    `(type $t (func (result ${'i32 '.repeat(100)}))) (import "a" "b" (func $f (type $t)))
      (func ${'call $f '.repeat(500)} ${'i32.const 0 if end '.repeat(500)} unreachable) ${ok}`,
    tooManyBranches,
  ),
  'a function of a megabyte': unsupported(
    `(func ${'nop '.repeat(1024 * 1024)}) ${ok}`,
    /a function of more than 1048576 bytes$/,
  ),
  'a function with blocks in blocks, which would take half a gigabyte': unsupported(
    `(func ${'block '.repeat(300_000)} ${'end '.repeat(300_000)}) ${ok}`,
    tooManyBranches,
  ),
  // V8 would take 5 GB to compile the first two, 10 GB for the third.
  'a function with branches in branches, and many locals': unsupported(
    `(func (local ${'i32 '.repeat(40_000)})
      ${'i32.const 0 if '.repeat(5000)} ${'end '.repeat(5000)}) ${ok}`,
    tooManyBranches,
  ),
  'a function with branch after branch, and many locals': unsupported(
    `(func (local ${'i32 '.repeat(40_000)}) ${'i32.const 0 if end '.repeat(5000)}) ${ok}`,
    tooManyBranches,
  ),
  'a function with branch after branch, and many operands': unsupported(
    `(func ${'i32.const 0 '.repeat(30_000)} ${'i32.const 0 if end '.repeat(12_000)}
      ${'drop '.repeat(30_000)}) ${ok}`,
    tooManyBranches,
  ),
  'a table that begins as something': unsupported(
    `(table 1 1 funcref (ref.null func)) ${ok}`,
    /references with a type$/,
  ),
  'instructions that no version of Node runs': unsupported(
    `(func (result i64 i64)
      (i64.add128 (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1))) ${ok}`,
    /instructions of a later WebAssembly, which Node \S+ does not run$/,
  ),
  'a function of WASI 0.3': {
    guest: '(component (type (future u8)))',
    status: 4,
    says: /^cannot run "x.wasm": it uses functions of WASI 0.3$/,
  },
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
  'a component that makes itself': invalid(
    '(component (alias outer 1 0 (component)) (instance (instantiate 0))) (instance (instantiate 0))',
  ),
  'a count of 4,294,967,295 types': damaged(7, [...HUGE]),
  'a section of 4 GB': damaged(7, [], HUGE),
  'a name of 1 GB': damaged(10, [1, 0, ...LEB_OF_1_GB]),
  'a number without an end': damaged(7, new Array(1000).fill(0x80)),
  '1,000,000 types': {
    guest: withSection(
      7,
      [0xc0, 0x84, 0x3d, ...new Array(1_000_000).fill(0x7d)],
      [0xc3, 0x84, 0x3d],
    ),
    status: 4,
    says: /^cannot run "x.wasm": it is not valid: it has too many definitions$/,
  },
  "1,000,000 types, more than V8's heap takes": {
    guest: withSection(7, [...leb(1_000_000), ...many(1_000_000, [0x70, 0x7d])]),
    heap: 64,
    status: 4,
    says: /^cannot run "x.wasm": it uses declarations of more than \d{6,7} bytes$/,
  },
  "250,000 modules of eight bytes, more than V8's heap takes": {
    guest: repeated(250_000, [1, 8, ...bytesOf('\0asm\x01\0\0\0')]),
    heap: 64,
    status: 4,
    says: /^cannot run "x.wasm": it uses declarations of more than \d{6,7} bytes$/,
  },
  "500,000 components of eight bytes, more than V8's heap takes": {
    guest: repeated(500_000, [4, 8, ...bytesOf(COMPONENT)]),
    heap: 64,
    status: 4,
    says: /^cannot run "x.wasm": it uses declarations of more than \d{6,7} bytes$/,
  },
  "200,000 instances of an empty component, more than V8's heap takes": {
    guest: `(component (component $c)
      (component $d (alias outer 1 $c (component $e)) ${'(instance (instantiate $e))'.repeat(990)})
      ${'(instance (instantiate $d))'.repeat(200)})`,
    heap: 64,
    status: 4,
    says: /^cannot run "x.wasm": it is not valid: it has too many definitions$/,
  },
  '100,000 globals of vectors, for each of which V8 takes 2.7 KB': unsupported(
    `${'(global v128 (v128.const i64x2 0 0))'.repeat(100_000)} ${ok}`,
    /declarations of more than 8388608 bytes$/,
  ),
  'a type of 500,000 parts': {
    guest: withSection(7, [1, 0x6f, ...leb(500_000), ...many(500_000, [0x7d])]),
    status: 4,
    says: /^cannot run "x.wasm": it is not valid: it has too many definitions$/,
  },
  'a type of 1,000 parts in a component that is instantiated 1,000 times': {
    guest: `(component (component $c (type (tuple ${'u8 '.repeat(1000)})))
      ${'(instance (instantiate $c))'.repeat(1000)})`,
    status: 4,
    says: /^cannot run "x.wasm": it is not valid: it has too many definitions$/,
  },
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
    guest: taking(doubled(60), '$t60', 'i32'),
    status: 0,
  },
  'types that hold one another 5,000 deep': {
    guest: taking(
      `(type $t0 u8) ${Array.from({ length: 5000 }, (_, at) => `(type $t${at + 1} (list $t${at}))`).join(' ')}`,
      '$t5000',
      'i32 i32',
    ),
    status: 0,
  },
};

/** A component with a function, lifted and lowered, that takes a value of the type as these core values. */
function taking(types: string, type: string, flat: string): string {
  return `(component ${types}
      (core module $m (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (func (export "f") (param ${flat})) ${ok})
      (core instance $i (instantiate $m))
      (alias core export $i "memory" (core memory $memory))
      (alias core export $i "realloc" (core func $realloc))
      (func $f (param "a" ${type})
        (canon lift (core func $i "f") (memory $memory) (realloc $realloc)))
      (core func (canon lower (func $f) (memory $memory)))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`;
}

/** Components in components, so many: their sections say how long each is. */
function nested(count: number): Uint8Array {
  let bytes = bytesOf(COMPONENT);
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

/** A component of one section: its id, what it holds, and how long it says that this is. */
function withSection(
  id: number,
  content: readonly number[],
  length?: readonly number[],
): Uint8Array {
  const size = length ?? leb(content.length);
  return Buffer.concat([bytesOf(COMPONENT), Buffer.from([id, ...size, ...content])]);
}

/** A component of the same section so many times. */
function repeated(count: number, section: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(count * section.length, Buffer.from(section));
  return Buffer.concat([bytesOf(COMPONENT), bytes]);
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A number in LEB128. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
}

function many(count: number, bytes: readonly number[]): number[] {
  return new Array(count).fill(bytes).flat();
}

function damaged(id: number, content: readonly number[], length?: readonly number[]): Case {
  return {
    guest: withSection(id, content, length),
    status: 4,
    says: /^cannot run "x.wasm": it is damaged, or cut off$/,
  };
}
