/**
 * A module of core WebAssembly: the imports, exports and definitions that linking and bounding
 * need. V8 validates the rest when it compiles the module.
 */
import { type BinaryReader, malformed } from './binary-reader.js';
import {
  type CoreFunctionType,
  readFunctionType,
  readGlobal,
  readLimits,
  readTable,
  type Signature,
  type Size,
  skipConstant,
} from './core-types.js';
import type { Declared } from './declared.js';
import { FunctionBodies } from './function-body.js';
import { Unsupported } from './unsupported.js';

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

export interface CoreModule {
  readonly bytes: Uint8Array;
  readonly imports: readonly CoreImport[];
  readonly exports: ReadonlyMap<string, CoreExport>;
  /** The memories that each instance makes, without imported ones. */
  readonly memories: readonly Size[];
  /** The memories of its own that it does not export, by their indices. */
  readonly hiddenMemories: readonly number[];
  readonly tables: readonly Size[];
  /** Bytes of an instance's other definitions: functions, globals, elements, exports. */
  readonly declarationBytes: number;
  /** Bytes of the functions' bodies: their sum, and the machine code that V8 makes of them at most. */
  readonly codeBytes: number;
  readonly machineBytes: number;
  /** Whether V8's optimizing compiler may get its functions. */
  readonly isOptimizable: boolean;
  /** Whether it has custom sections. */
  readonly isAnnotated: boolean;
}

export const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** The ids of sections. */
export const CUSTOM = 0;
const TYPE = 1;
const IMPORT = 2;
const FUNCTION = 3;
export const TABLE = 4;
export const MEMORY = 5;
const GLOBAL = 6;
export const EXPORT = 7;
const CODE = 10;
const DATA = 11;
export const TAG = 13;

const sorts: readonly CoreSort[] = ['func', 'table', 'memory', 'global', 'tag'];

/**
 * The most values in an exception. V8 keeps each caught exception in its heap for as long as the
 * guest's frame exists, and there can be 120,000 frames.
 */
const TAG_LIMIT = 4;

/** Bytes that a global vector counts as, beside its own: V8 takes 2.7 KB to initialize one. */
const VECTOR_BYTES = 128;

/** Reads a module. Throws `malformed`, and `Unsupported` for what cannot be bounded. */
export function readCoreModule(reader: BinaryReader, declared: Declared): CoreModule {
  const start = reader.position;
  if (!reader.takes(MAGIC)) throw malformed;
  declared.add(MAGIC.length);
  const types: CoreFunctionType[] = [];
  const functions: CoreFunctionType[] = [];
  const imports: CoreImport[] = [];
  const exports = new Map<string, CoreExport>();
  const memories: Size[] = [];
  let importedMemories = 0;
  const exportedMemories = new Set<number>();
  const tables: Size[] = [];
  let declarationBytes = 0;
  let codeBytes = 0;
  let isAnnotated = false;
  let importedFunctions = 0;
  const typeAt = (index: number) => types[index] ?? fail();
  const functionAt = (index: number) => functions[index] ?? fail();
  const arities = { type: typeAt, func: functionAt, mostResults: 0, mostValues: 0 };
  const bodies = new FunctionBodies(arities);
  const tag = (content: BinaryReader) => {
    content.byte();
    const { parameters, signature } = typeAt(content.u32());
    if (parameters > TAG_LIMIT || signature.includes('v128')) {
      throw new Unsupported(`exceptions of more than ${TAG_LIMIT} values, or of vectors`);
    }
  };

  reader.sections((id, content) => {
    if (id !== CODE && id !== DATA && id !== CUSTOM) {
      declared.add(content.bytes.length);
      declarationBytes += content.bytes.length;
    }
    switch (id) {
      case CUSTOM:
        isAnnotated = true;
        break;
      case TYPE:
        content.vector(() => {
          const type = readFunctionType(content);
          arities.mostResults = Math.max(arities.mostResults, type.results);
          arities.mostValues = Math.max(arities.mostValues, type.parameters, type.results);
          types.push(type);
        });
        break;
      case IMPORT:
        content.vector(() => {
          const module = content.text();
          const name = content.text();
          const sort = sorts[content.byte()] ?? fail();
          if (sort === 'func') {
            const type = typeAt(content.u32());
            functions.push(type);
            importedFunctions++;
            imports.push({ module, name, sort, signature: type.signature });
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
        content.vector(() => functions.push(typeAt(content.u32())));
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
      case GLOBAL:
        content.vector(() => {
          const type = readGlobal(content);
          // Each would hold a caught exception.
          if (type === 'exnref') throw new Unsupported('globals of exceptions');
          if (type === 'v128') declared.add(VECTOR_BYTES);
          skipConstant(content);
        });
        break;
      case CODE:
        codeBytes += content.bytes.length;
        bodies.addSection(content, (index) => functionAt(importedFunctions + index));
        break;
      case EXPORT:
        content.vector(() => {
          const name = content.text();
          const sort = sorts[content.byte()] ?? fail();
          const index = content.u32();
          const signature = sort === 'func' ? functionAt(index).signature : undefined;
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
  const { machineBytes, areOptimizable } = bodies;
  return {
    bytes,
    imports,
    exports,
    memories,
    hiddenMemories,
    tables,
    declarationBytes,
    codeBytes,
    machineBytes,
    isOptimizable: areOptimizable,
    isAnnotated,
  };
}

function fail(): never {
  throw malformed;
}
