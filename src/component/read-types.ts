/** Reads the types in a component's binary. */
import { type BinaryReader, malformed } from './binary-reader.js';
import { readAlias } from './read-sorts.js';
import type { Declaration, ExternDesc, TypeSyntax, TypeUse } from './syntax.js';
import type { Primitive } from './types.js';
import { Unsupported } from './unsupported.js';

const primitives: Readonly<Record<number, Primitive>> = {
  127: 'bool',
  126: 's8',
  125: 'u8',
  124: 's16',
  123: 'u16',
  122: 's32',
  121: 'u32',
  120: 's64',
  119: 'u64',
  118: 'f32',
  117: 'f64',
  116: 'char',
  115: 'string',
};

/** A primitive type of WASI 0.3. */
const ERROR_CONTEXT = 0x64;

/** Types of core values. */
const I32 = 0x7f;
const I64 = 0x7e;

/** How deep types of instances may be nested. */
const DEPTH_LIMIT = 100;

export function readType(reader: BinaryReader, depth = 0): TypeSyntax {
  const form = reader.byte();
  const primitive = primitives[form];
  if (primitive !== undefined) return { kind: 'primitive', type: primitive };
  const use = () => readUse(reader);
  const perhaps = () => reader.optional(use);
  switch (form) {
    case 0x72:
      return { kind: 'record', fields: some(reader.vector(() => [reader.text(), use()] as const)) };
    case 0x71:
      return { kind: 'variant', cases: some(reader.vector(() => readCase(reader))) };
    case 0x70:
      return { kind: 'list', element: use() };
    case 0x6f:
      return { kind: 'tuple', types: some(reader.vector(use)) };
    case 0x6e:
      return { kind: 'flags', names: some(reader.vector(() => reader.text())) };
    case 0x6d:
      return { kind: 'enum', names: some(reader.vector(() => reader.text())) };
    case 0x6b:
      return { kind: 'option', type: use() };
    case 0x6a:
      return { kind: 'result', ok: perhaps(), err: perhaps() };
    case 0x69:
      return { kind: 'own', resource: reader.u32() };
    case 0x68:
      return { kind: 'borrow', resource: reader.u32() };
    case 0x40: {
      const parameters = reader.vector(() => {
        reader.text();
        return use();
      });
      return { kind: 'func', parameters, result: readResult(reader) };
    }
    case 0x41:
      return { kind: 'component', declarations: readDeclarations(reader, depth) };
    case 0x42:
      return { kind: 'instance', declarations: readDeclarations(reader, depth) };
    case 0x3f: {
      const representation = reader.byte();
      if (representation === I64) throw new Unsupported('resources whose numbers have 64 bits');
      if (representation !== I32) throw malformed;
      return { kind: 'resource', destructor: reader.optional(() => reader.u32()) };
    }
    case 0x43:
    case 0x3e:
    case ERROR_CONTEXT:
    case 0x65:
    case 0x66:
      throw new Unsupported('functions of WASI 0.3');
    case 0x67:
      throw new Unsupported('lists of a fixed length');
    case 0x63:
      throw new Unsupported('maps');
    default:
      throw malformed;
  }
}

/** The type of an import, or the type given to an export. */
export function readExternDesc(reader: BinaryReader): ExternDesc {
  switch (reader.byte()) {
    case 0:
      if (reader.byte() !== 0x11) throw malformed;
      return { sort: 'module', type: reader.u32() };
    case 1:
      return { sort: 'func', type: reader.u32() };
    case 2:
      throw new Unsupported('values of a component');
    case 3:
      switch (reader.byte()) {
        case 0:
          return { sort: 'type', equal: reader.u32() };
        case 1:
          return { sort: 'type', equal: undefined };
        default:
          throw malformed;
      }
    case 4:
      return { sort: 'component', type: reader.u32() };
    case 5:
      return { sort: 'instance', type: reader.u32() };
    default:
      throw malformed;
  }
}

/** The name of an import or export; what some versions write after it is skipped. */
export function readExternName(reader: BinaryReader): string {
  const form = reader.byte();
  if (form > 2) throw malformed;
  const text = reader.text();
  if (form === 2) {
    reader.vector(() => {
      reader.byte();
      reader.text();
    });
  }
  return text;
}

function readDeclarations(reader: BinaryReader, depth: number): Declaration[] {
  if (depth > DEPTH_LIMIT) throw malformed;
  return reader.vector(() => {
    switch (reader.byte()) {
      case 0:
        throw new Unsupported('types of core WebAssembly in a component');
      case 1:
        return { kind: 'type', type: readType(reader, depth + 1) };
      case 2:
        return { kind: 'alias', alias: readAlias(reader) };
      case 3:
        return { kind: 'import', name: readExternName(reader), desc: readExternDesc(reader) };
      case 4:
        return { kind: 'export', name: readExternName(reader), desc: readExternDesc(reader) };
      default:
        throw malformed;
    }
  });
}

function readCase(reader: BinaryReader): readonly [string, TypeUse | undefined] {
  const name = reader.text();
  const type = reader.optional(() => readUse(reader));
  if (reader.byte() !== 0) throw malformed;
  return [name, type];
}

function readResult(reader: BinaryReader): TypeUse | undefined {
  switch (reader.byte()) {
    case 0:
      return readUse(reader);
    case 1:
      if (reader.byte() !== 0) throw malformed;
      return undefined;
    default:
      throw malformed;
  }
}

/** A primitive is a byte that is a negative number in LEB128; any other number is an index. */
function readUse(reader: BinaryReader): TypeUse {
  const first = reader.peek();
  const isNegative = first >= 0x40 && first < 0x80;
  if (!isNegative) return reader.u32();
  reader.byte();
  if (first === ERROR_CONTEXT) throw new Unsupported('functions of WASI 0.3');
  return primitives[first] ?? fail();
}

function fail(): never {
  throw malformed;
}

/** Throws `malformed` for an empty list. */
function some<T>(items: T[]): T[] {
  if (items.length === 0) throw malformed;
  return items;
}
