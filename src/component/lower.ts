/**
 * From values to core values and memory: "lowering", by the canonical ABI. What goes to memory is
 * put where the guest's own `realloc` says; the guest may move its memory in that call.
 */
import { allocate, type CallScope, type CanonContext, memoryOf } from './canon-context.js';
import { asPlace } from './flat-values.js';
import type { Resource } from './resource.js';
import { encode } from './strings.js';
import type { ValueType } from './types.js';

type Variant = { readonly tag: string; readonly val?: unknown };

/** Appends the core values for a value. */
export function lowerFlat(
  context: CanonContext,
  type: ValueType,
  value: unknown,
  flat: unknown[],
  scope: CallScope,
): void {
  switch (type.kind) {
    case 'own':
    case 'borrow':
      flat.push(lowerHandle(context, type, value, scope));
      return;
    case 'string':
      flat.push(...lowerString(context, value as string));
      return;
    case 'list':
      flat.push(...lowerList(context, type.element, value as ArrayLike<unknown>, scope));
      return;
    case 'u64':
    case 's64':
    case 'f32':
    case 'f64':
      flat.push(value);
      return;
    case 'record':
    case 'tuple':
      for (const field of type.fields) {
        lowerFlat(context, field.type, fieldOf(type, field.key, value), flat, scope);
      }
      return;
    case 'variant':
    case 'option':
    case 'result':
    case 'enum': {
      const [index, payload] = caseOf(type, value);
      const end = flat.length + type.flat.length;
      flat.push(index);
      const payloadType = type.cases[index]!.type;
      const own: unknown[] = [];
      if (payloadType !== undefined) lowerFlat(context, payloadType, payload, own, scope);
      own.forEach((one, position) => {
        flat.push(asPlace(one, payloadType!.flat[position]!, type.flat[position + 1]!));
      });
      while (flat.length < end) flat.push(type.flat.at(flat.length - end) === 'i64' ? 0n : 0);
      return;
    }
    default:
      flat.push(toI32(type.kind, value));
  }
}

/** Writes a value to an address in memory that has been checked. */
export function store(
  context: CanonContext,
  type: ValueType,
  value: unknown,
  pointer: number,
  scope: CallScope,
): void {
  const memory = memoryOf(context);
  switch (type.kind) {
    case 'own':
    case 'borrow':
      memory.view.setUint32(pointer, lowerHandle(context, type, value, scope), true);
      return;
    case 'string':
      storePair(context, lowerString(context, value as string), pointer);
      return;
    case 'list': {
      const items = value as ArrayLike<unknown>;
      storePair(context, lowerList(context, type.element, items, scope), pointer);
      return;
    }
    case 'u64':
    case 's64':
      memory.view.setBigUint64(pointer, value as bigint, true);
      return;
    case 'f32':
      memory.view.setFloat32(pointer, value as number, true);
      return;
    case 'f64':
      memory.view.setFloat64(pointer, value as number, true);
      return;
    case 'record':
    case 'tuple':
      for (const { key, type: fieldType, offset } of type.fields) {
        store(context, fieldType, fieldOf(type, key, value), pointer + offset, scope);
      }
      return;
    case 'variant':
    case 'option':
    case 'result':
    case 'enum': {
      const [index, payload] = caseOf(type, value);
      setUnsigned(memory.view, pointer, type.discriminantSize, index);
      const payloadType = type.cases[index]!.type;
      if (payloadType === undefined) return;
      store(context, payloadType, payload, pointer + type.payloadOffset, scope);
      return;
    }
    default:
      setUnsigned(memory.view, pointer, type.size, toI32(type.kind, value));
  }
}

function lowerHandle(
  { instance }: CanonContext,
  { kind, resource }: { kind: 'own' | 'borrow'; resource: Resource },
  one: unknown,
  scope: CallScope,
): number {
  if (kind === 'own') return instance.handles.add(resource, one);
  // The maker of a resource gets the representation instead of a handle.
  if (resource.maker === instance) return one as number;
  return instance.handles.add(resource, one, scope);
}

function lowerString(context: CanonContext, text: string): [pointer: number, length: number] {
  const { bytes, length } = encode(text, context.encoding);
  const alignment = context.encoding === 'utf8' ? 1 : 2;
  // Some adapters cannot allocate 0 bytes.
  if (bytes.length === 0) return [alignment, length];
  const pointer = allocate(context, bytes.length, alignment);
  memoryOf(context).bytes.set(bytes, pointer);
  return [pointer, length];
}

function lowerList(
  context: CanonContext,
  element: ValueType,
  items: ArrayLike<unknown>,
  scope: CallScope,
): [pointer: number, length: number] {
  const { length } = items;
  const pointer = allocate(context, length * element.size, element.alignment);
  if (element.kind === 'u8') {
    memoryOf(context).bytes.set(items as Uint8Array, pointer);
    return [pointer, length];
  }
  for (let index = 0; index < length; index++) {
    store(context, element, items[index], pointer + index * element.size, scope);
  }
  return [pointer, length];
}

function storePair(context: CanonContext, pair: readonly [number, number], pointer: number): void {
  const { view } = memoryOf(context);
  view.setUint32(pointer, pair[0], true);
  view.setUint32(pointer + 4, pair[1], true);
}

function fieldOf({ kind }: ValueType, key: string, value: unknown): unknown {
  if (kind === 'tuple') return (value as readonly unknown[])[Number(key)];
  return (value as Readonly<Record<string, unknown>>)[key];
}

function caseOf(
  { kind, cases }: Extract<ValueType, { cases: unknown }>,
  value: unknown,
): [index: number, payload: unknown] {
  if (kind === 'option') {
    if (value === undefined) return [0, undefined];
    const isNested = cases[1]!.type!.kind === 'option';
    return [1, isNested ? (value as Variant).val : value];
  }
  const { tag, val } = kind === 'enum' ? { tag: value, val: undefined } : (value as Variant);
  const index = cases.findIndex(({ name }) => name === tag);
  if (index === -1) throw new Error(`no case of a variant is ${JSON.stringify(tag)}`);
  return [index, val];
}

function toI32(kind: string, value: unknown): number {
  if (kind === 'bool') return value ? 1 : 0;
  return kind === 'char' ? (value as string).codePointAt(0)! : (value as number);
}

function setUnsigned(view: DataView, pointer: number, size: number, value: number): void {
  if (size === 1) view.setUint8(pointer, value);
  else if (size === 2) view.setUint16(pointer, value, true);
  else view.setUint32(pointer, value, true);
}
