/** Components that are refused before they run, or that only look so: each name says why. */
import { bare, type Case, doubled, ok } from './parts.js';

/** Numbers in LEB128. */
const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];
const LEB_OF_1_GB = [0x80, 0x80, 0x80, 0x80, 0x04];

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

/** A component of one section: its id, what it holds, and how long it says that this is. */
function withSection(
  id: number,
  content: readonly number[],
  length?: readonly number[],
): Uint8Array {
  const header = Buffer.from('\0asm\x0d\0\x01\0', 'latin1');
  const size = length ?? [(content.length & 0x7f) | 0x80, content.length >> 7];
  return Buffer.concat([header, Buffer.from([id, ...size, ...content])]);
}

function damaged(id: number, content: readonly number[], length?: readonly number[]): Case {
  return {
    guest: withSection(id, content, length),
    status: 4,
    says: /^cannot run "x.wasm": it is damaged, or cut off$/,
  };
}
