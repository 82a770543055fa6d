/** Of what the hostile guests are made, in WebAssembly's text format. */
import type { GuestText } from '../../support/hostile-guest.js';

export interface Case {
  readonly guest: GuestText | Uint8Array | string;
  readonly options?: string;
  /** Megabytes of V8's heap; where none is told, what V8 takes. */
  readonly heap?: number;
  /** 71 where none is told. */
  readonly status?: number;
  /** What is said, to the end of the line; nothing where it is undefined. */
  readonly says?: RegExp;
}

export const OPEN = 'wasi:keyvalue/types#[static]bucket.open-bucket';
export const NEW = 'wasi:keyvalue/types#[static]outgoing-value.new-outgoing-value';
export const WRITE = 'wasi:keyvalue/types#[method]outgoing-value.outgoing-value-write-body-sync';
export const STREAM = 'wasi:keyvalue/types#[method]outgoing-value.outgoing-value-write-body-async';
export const GET = 'wasi:keyvalue/eventual#get';
export const CONSUME = 'wasi:keyvalue/types#[static]incoming-value.incoming-value-consume-sync';
export const GET_MANY = 'wasi:keyvalue/eventual-batch#get-many';

/** Opens `default`; what functions return lies at 1024. */
export const BUCKET = `
  (data (i32.const 16) "default") (data (i32.const 32) "victim") (data (i32.const 48) "nobody")
  (func $bucket (result i32)
    (call $types.bucket.open-bucket (i32.const 16) (i32.const 7) (i32.const 1024))
    (i32.load (i32.const 1028)))`;

/** `run` as these instructions, with locals `$i`, `$h` and `$b`. */
export function run(body: string, more = ''): string {
  return `${more} (func (export "run") (result i32) (local $i i32) (local $h i32) (local $b i32)
    ${body} (i32.const 0))`;
}

/** The instructions so many times, `$i` counting. */
export function times(count: number, body: string): string {
  return `(loop $again ${body} (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const ${count}))))`;
}

/** A component whose module imports nothing. */
export function bare(core: string, more = ''): string {
  return `(component ${more} (core module $m ${core}) (core instance $i (instantiate $m))
    (func $run (result (result)) (canon lift (core func $i "run")))
    (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`;
}

export const ok = '(func (export "run") (result i32) (i32.const 0))';

export const memory = /it trapped: it needs more memory than it may have$/;
export const stack = /it trapped: call stack exhausted$/;

/** Types that hold the one before twice: the last has 2^count values. */
export function doubled(count: number): string {
  const types = Array.from(
    { length: count },
    (_, index) => `(type $t${index + 1} (tuple $t${index} $t${index}))`,
  );
  return `(type $t0 u8) ${types.join('\n')}`;
}
