/**
 * The types of values and functions of the component model, resolved, with what the canonical ABI
 * derives from each: its size in memory, and the core values that pass it.
 */
import type { Resource } from './resource.js';

export type Primitive =
  | 'bool'
  | 's8'
  | 'u8'
  | 's16'
  | 'u16'
  | 's32'
  | 'u32'
  | 's64'
  | 'u64'
  | 'f32'
  | 'f64'
  | 'char'
  | 'string';

export type CoreType = 'i32' | 'i64' | 'f32' | 'f64';

/** The layout of a type in the canonical ABI. */
interface Layout {
  /** Bytes in memory. */
  readonly size: number;
  readonly alignment: number;
  /** The core values that pass it; of a longer list, the first `FLAT_LIMIT` and one more. */
  readonly flat: readonly CoreType[];
  /**
   * The most that a value takes in V8's heap, in numbers (32 bytes), without the contents of lists
   * and strings.
   */
  readonly values: number;
  /** Whether it transfers a handle. */
  readonly holdsOwn: boolean;
}

export interface Field {
  readonly name: string;
  /** Its name in JavaScript. */
  readonly key: string;
  readonly type: ValueType;
  readonly offset: number;
}

export interface Case {
  readonly name: string;
  readonly type: ValueType | undefined;
}

/** What variant, option, result and enum share. */
interface Cases {
  readonly cases: readonly Case[];
  /** Bytes of the number of the case. */
  readonly discriminantSize: 1 | 2 | 4;
  readonly payloadOffset: number;
}

export type ValueType = Layout &
  (
    | { readonly kind: Primitive }
    | { readonly kind: 'record' | 'tuple'; readonly fields: readonly Field[] }
    | ({ readonly kind: 'variant' | 'option' | 'result' | 'enum' } & Cases)
    | { readonly kind: 'flags'; readonly names: readonly string[] }
    | { readonly kind: 'list'; readonly element: ValueType }
    | { readonly kind: 'own' | 'borrow'; readonly resource: Resource }
  );

export interface FuncType {
  readonly parameters: readonly ValueType[];
  readonly result: ValueType | undefined;
}

/** The most core values that pass parameters; more go through memory. A result has one at most. */
export const FLAT_LIMIT = 16;

const primitiveLayouts: Readonly<Record<Primitive, Layout>> = {
  bool: scalar(1, 'i32'),
  s8: scalar(1, 'i32'),
  u8: scalar(1, 'i32'),
  s16: scalar(2, 'i32'),
  u16: scalar(2, 'i32'),
  s32: scalar(4, 'i32'),
  u32: scalar(4, 'i32'),
  s64: scalar(8, 'i64'),
  u64: scalar(8, 'i64'),
  f32: scalar(4, 'f32'),
  f64: scalar(8, 'f64'),
  char: scalar(4, 'i32'),
  string: { size: 8, alignment: 4, flat: ['i32', 'i32'], values: 1, holdsOwn: false },
};

export function primitive(kind: Primitive): ValueType {
  return { kind, ...primitiveLayouts[kind] };
}

export function record(fields: readonly (readonly [string, ValueType])[]): ValueType {
  return { kind: 'record', ...inOrder(fields.map(([name, type]) => ({ name, type }))) };
}

export function tuple(types: readonly ValueType[]): ValueType {
  return { kind: 'tuple', ...inOrder(types.map((type, index) => ({ name: `${index}`, type }))) };
}

export function variant(
  kind: 'variant' | 'option' | 'result' | 'enum',
  cases: readonly Case[],
): ValueType {
  const discriminantSize = cases.length <= 0x100 ? 1 : cases.length <= 0x10000 ? 2 : 4;
  const payloads = cases.flatMap(({ type }) => type ?? []);
  const payloadAlignment = Math.max(1, ...payloads.map(({ alignment }) => alignment));
  const payloadOffset = alignedTo(discriminantSize, payloadAlignment);
  const alignment = Math.max(discriminantSize, payloadAlignment);
  const end = payloadOffset + Math.max(0, ...payloads.map(({ size }) => size));
  const flat: CoreType[] = ['i32'];
  for (const payload of payloads) {
    payload.flat.forEach((type, index) => {
      flat[index + 1] = joined(flat[index + 1], type);
    });
  }
  return {
    kind,
    cases,
    discriminantSize,
    payloadOffset,
    size: alignedTo(end, alignment),
    alignment,
    flat: bounded(flat),
    values: 1 + Math.max(0, ...payloads.map(({ values }) => values)),
    holdsOwn: payloads.some((payload) => payload.holdsOwn),
  };
}

export function flags(names: readonly string[]): ValueType {
  const size = names.length <= 8 ? 1 : names.length <= 16 ? 2 : 4;
  return { kind: 'flags', names, ...scalar(size, 'i32'), values: 1 + 2 * names.length };
}

/** The heap that an empty list takes in V8, in numbers: an Array 190 bytes, a Uint8Array 200. */
const LIST_VALUES = 6;
const BYTES_VALUES = 8;

export function list(element: ValueType): ValueType {
  const values = element.kind === 'u8' ? BYTES_VALUES : LIST_VALUES;
  return { kind: 'list', element, ...primitiveLayouts.string, values, holdsOwn: element.holdsOwn };
}

export function handle(kind: 'own' | 'borrow', resource: Resource): ValueType {
  return { kind, resource, ...scalar(4, 'i32'), holdsOwn: kind === 'own' };
}

export function alignedTo(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

/** The core values of several types in sequence. */
export function flattened(types: readonly ValueType[]): readonly CoreType[] {
  const flat: CoreType[] = [];
  for (const type of types) {
    flat.push(...type.flat);
    if (flat.length > FLAT_LIMIT) break;
  }
  return bounded(flat);
}

function inOrder(parts: readonly { name: string; type: ValueType }[]) {
  let end = 0;
  const fields = parts.map(({ name, type }): Field => {
    const offset = alignedTo(end, type.alignment);
    end = offset + type.size;
    return { name, key: camelCase(name), type, offset };
  });
  const types = parts.map(({ type }) => type);
  const alignment = Math.max(1, ...types.map((type) => type.alignment));
  return {
    fields,
    size: alignedTo(end, alignment),
    alignment,
    flat: flattened(types),
    values: types.reduce((sum, type) => sum + type.values, 1),
    holdsOwn: types.some((type) => type.holdsOwn),
  };
}

/** `create-tcp-socket` as `createTcpSocket`. */
export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function scalar(size: number, flat: CoreType): Layout {
  return { size, alignment: size, flat: [flat], values: 1, holdsOwn: false };
}

/** The core type that can hold both: bits are kept, as the canonical ABI says. */
function joined(left: CoreType | undefined, right: CoreType): CoreType {
  if (left === undefined || left === right) return right;
  const small = (type: CoreType) => type === 'i32' || type === 'f32';
  return small(left) && small(right) ? 'i32' : 'i64';
}

function bounded(flat: readonly CoreType[]): readonly CoreType[] {
  return flat.slice(0, FLAT_LIMIT + 1);
}
