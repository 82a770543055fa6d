/**
 * A module of core WebAssembly: what it imports, exports and makes, as far as linking it and bounding
 * it asks for that. V8 validates the rest when it compiles it.
 */
import { type BinaryReader, malformed } from './binary-reader.js';
import type { Declared } from './declared.js';
import { Unsupported } from './unsupported.js';

/** The signature of a core function as text: `i32 i64 -> i32`. */
export type Signature = string;

export type CoreSort = 'func' | 'table' | 'memory' | 'global' | 'tag';

export interface CoreImport {
  readonly module: string;
  readonly name: string;
  readonly sort: CoreSort;
  /** Of a function. */
  readonly signature?: Signature;
}

export interface CoreExport {
  readonly sort: CoreSort;
  /** Of a function. */
  readonly signature?: Signature;
}

/** Of a memory in pages, of a table in entries. */
export interface Size {
  readonly initial: number;
  /** Absent: as large as the format lets it. */
  readonly maximum: number | undefined;
}

export interface CoreModule {
  readonly bytes: Uint8Array;
  readonly imports: readonly CoreImport[];
  readonly exports: ReadonlyMap<string, CoreExport>;
  /** What each instance makes, beside what it imports. */
  readonly memories: readonly Size[];
  /** Those of its own memories that it does not export, by the numbers that exports have. */
  readonly hiddenMemories: readonly number[];
  readonly tables: readonly Size[];
  /** Bytes of what each instance has of its own beside those: functions, globals, elements, exports. */
  readonly declarationBytes: number;
}

export const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Sections. */
const CUSTOM = 0;
const TYPE = 1;
const IMPORT = 2;
const FUNCTION = 3;
export const TABLE = 4;
export const MEMORY = 5;
export const EXPORT = 7;
const CODE = 10;
const DATA = 11;
export const TAG = 13;

const sorts: readonly CoreSort[] = ['func', 'table', 'memory', 'global', 'tag'];

/** The most values that an exception may carry: each one that is caught is kept by the host. */
const TAG_LIMIT = 16;

const FUNCTION_TYPE = 0x60;

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

/** Reads a module. Throws `malformed`, and `Unsupported` for what could not be bounded. */
export function readCoreModule(reader: BinaryReader, declared: Declared): CoreModule {
  const start = reader.position;
  if (!reader.takes(MAGIC)) throw malformed;
  const types: { signature: Signature; parameters: number }[] = [];
  const functions: Signature[] = [];
  const imports: CoreImport[] = [];
  const exports = new Map<string, CoreExport>();
  const memories: Size[] = [];
  let importedMemories = 0;
  const exportedMemories = new Set<number>();
  const tables: Size[] = [];
  let declarationBytes = 0;
  const typeAt = (index: number) => types[index] ?? fail();
  const tag = (content: BinaryReader) => {
    content.byte();
    if (typeAt(content.u32()).parameters > TAG_LIMIT) {
      throw new Unsupported(`exceptions of more than ${TAG_LIMIT} values`);
    }
  };

  reader.sections((id, content) => {
    if (id !== CODE && id !== DATA && id !== CUSTOM) {
      declared.add(content.bytes.length);
      declarationBytes += content.bytes.length;
    }
    switch (id) {
      case TYPE:
        content.vector(() => types.push(readFunctionType(content)));
        break;
      case IMPORT:
        content.vector(() => {
          const module = content.text();
          const name = content.text();
          const sort = sorts[content.byte()] ?? fail();
          if (sort === 'func') {
            const { signature } = typeAt(content.u32());
            functions.push(signature);
            imports.push({ module, name, sort, signature });
            return;
          }
          if (sort === 'table') readTable(content);
          else if (sort === 'memory') {
            readLimits(content);
            importedMemories++;
          } else if (sort === 'global') readGlobal(content);
          else tag(content);
          imports.push({ module, name, sort });
        });
        break;
      case FUNCTION:
        content.vector(() => functions.push(typeAt(content.u32()).signature));
        break;
      case TABLE:
        content.vector(() => tables.push(readTable(content)));
        break;
      case MEMORY:
        content.vector(() => memories.push(readLimits(content)));
        break;
      case TAG:
        content.vector(() => tag(content));
        break;
      case EXPORT:
        content.vector(() => {
          const name = content.text();
          const sort = sorts[content.byte()] ?? fail();
          const index = content.u32();
          const signature = sort === 'func' ? (functions[index] ?? fail()) : undefined;
          if (sort === 'memory') exportedMemories.add(index);
          exports.set(name, { sort, ...(signature !== undefined && { signature }) });
        });
        break;
    }
  });
  const bytes = reader.bytes.subarray(start, reader.position);
  const hiddenMemories = memories
    .map((_, index) => importedMemories + index)
    .filter((index) => !exportedMemories.has(index));
  return { bytes, imports, exports, memories, hiddenMemories, tables, declarationBytes };
}

/**
 * A table's type; what an entry begins as is not chosen by the module. What a caught exception carries
 * lies with the host, where an entry of 16 bytes would hold many times as much.
 */
export function readTable(reader: BinaryReader): Size {
  if (readValueType(reader) === 'exnref') throw new Unsupported('tables of exceptions');
  return readLimits(reader);
}

/** Limits of a memory or a table; a memory of another kind is not supported. */
export function readLimits(reader: BinaryReader): Size {
  const flags = reader.byte();
  if (flags > 1) throw new Unsupported('memories or tables that are shared, or of 64 bits');
  return { initial: reader.u32(), maximum: flags === 1 ? reader.u32() : undefined };
}

function readFunctionType(reader: BinaryReader): { signature: Signature; parameters: number } {
  if (reader.byte() !== FUNCTION_TYPE) throw new Unsupported('types of the garbage collector');
  const parameters = reader.vector(() => readValueType(reader));
  const results = reader.vector(() => readValueType(reader));
  return { signature: signatureOf(parameters, results), parameters: parameters.length };
}

export function signatureOf(parameters: readonly string[], results: readonly string[]): Signature {
  return `${parameters.join(' ')} -> ${results.join(' ')}`;
}

function readGlobal(reader: BinaryReader): void {
  readValueType(reader);
  reader.byte();
}

function readValueType(reader: BinaryReader): string {
  const type = valueTypes[reader.byte()];
  if (type === undefined) throw new Unsupported('references with a type');
  return type;
}

function fail(): never {
  throw malformed;
}
