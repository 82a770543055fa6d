/** The types of a core module's functions, memories, tables and globals. */
import type { BinaryReader } from './binary-reader.js';
import { Unsupported } from './unsupported.js';

/** The signature of a core function as text: `i32 i64 -> i32`. */
export type Signature = string;

/** Of a memory in pages, of a table in entries. */
export interface Size {
  readonly initial: number;
  /** Absent: as large as the format allows. */
  readonly maximum: number | undefined;
}

/** The number of values that a function or a block takes and leaves. */
export interface Arity {
  readonly parameters: number;
  readonly results: number;
}

/** The arities of a module's types and functions, by their numbers. */
export interface Arities {
  /** The most results that one of its types has. */
  readonly mostResults: number;
  /** The most parameters or results that one of its types has. */
  readonly mostValues: number;
  type(index: number): Arity;
  func(index: number): Arity;
}

/** The most parameters or results of a function: V8 makes code for each at each call. */
const ARITY_LIMIT = 100;

const FUNCTION_TYPE = 0x60;
const CONTINUATION_TYPE = 0x5d;

const valueTypes: Readonly<Record<number, string>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
  112: 'funcref',
  111: 'externref',
  105: 'exnref',
};

/**
 * A table's type. Its entries have no initial value chosen by the module. A table of exceptions
 * would keep in the host many times the 16 bytes that an entry counts as.
 */
export function readTable(reader: BinaryReader): Size {
  if (readValueType(reader) === 'exnref') throw new Unsupported('tables of exceptions');
  return readLimits(reader);
}

/** A bit of the flags: the size of a page follows. */
const PAGE_SIZE_FLAG = 8;

/** Limits of a memory or a table. Throws `Unsupported` for memories of other kinds. */
export function readLimits(reader: BinaryReader): Size {
  const flags = reader.byte();
  if (flags >= PAGE_SIZE_FLAG) throw new Unsupported('memories with pages of another size');
  if (flags > 1) throw new Unsupported('memories or tables that are shared, or of 64 bits');
  return { initial: reader.u32(), maximum: flags === 1 ? reader.u32() : undefined };
}

export interface CoreFunctionType extends Arity {
  readonly signature: Signature;
}

export function readFunctionType(reader: BinaryReader): CoreFunctionType {
  const form = reader.byte();
  if (form === CONTINUATION_TYPE) throw new Unsupported('types of continuations');
  if (form !== FUNCTION_TYPE) throw new Unsupported('types of the garbage collector');
  const parameters = reader.vector(() => readValueType(reader));
  const results = reader.vector(() => readValueType(reader));
  if (Math.max(parameters.length, results.length) > ARITY_LIMIT) {
    throw new Unsupported(`functions of more than ${ARITY_LIMIT} parameters or results`);
  }
  return {
    signature: signatureOf(parameters, results),
    parameters: parameters.length,
    results: results.length,
  };
}

export function signatureOf(parameters: readonly string[], results: readonly string[]): Signature {
  return `${parameters.join(' ')} -> ${results.join(' ')}`;
}

/** The type of a global. */
export function readGlobal(reader: BinaryReader): string {
  const type = readValueType(reader);
  reader.byte();
  return type;
}

/** Skips the instructions of a constant, to their end. */
export function skipConstant(reader: BinaryReader): void {
  for (;;) {
    const code = reader.byte();
    if (code === 0x0b) return;
    if (code === 0xfb) throw new Unsupported('types of the garbage collector');
    if (code === 0x43) reader.part(4);
    else if (code === 0x44) reader.part(8);
    else if (code === 0xfd) {
      reader.skipNumber();
      reader.part(16);
    } else if (CONSTANTS_WITH_NUMBERS.includes(code)) reader.skipNumber();
  }
}

/** `global.get`, `i32.const`, `i64.const`, `ref.null` and `ref.func`. */
const CONSTANTS_WITH_NUMBERS = [0x23, 0x41, 0x42, 0xd0, 0xd2];

function readValueType(reader: BinaryReader): string {
  const type = valueTypes[reader.byte()];
  if (type === undefined) throw new Unsupported('references with a type');
  return type;
}
