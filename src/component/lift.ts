/**
 * From core values and memory to values: "lifting", by the canonical ABI. Every number and address
 * from the guest is checked before it is used.
 *
 * Values are represented in JavaScript as in hosts made by `jco`: `u64` is a bigint, `list<u8>` a
 * Uint8Array, an option its value or undefined, a variant `{ tag, val }`.
 */

import { Trap } from '../errors.js';
import { type CallScope, type CanonContext, memoryOf } from './canon-context.js';
import type { FlatValues } from './flat-values.js';
import type { Resource } from './resource.js';
import { decode, formOf } from './strings.js';
import type { ValueType } from './types.js';

/** The bytes that a value counts as; a string counts its bytes besides. */
export const VALUE_BYTES = 32;

/** A value that was passed as core values. */
export function liftFlat(
  context: CanonContext,
  type: ValueType,
  values: FlatValues,
  scope: CallScope,
): unknown {
  switch (type.kind) {
    case 'own':
    case 'borrow':
      return liftHandle(context, type, (values.next() as number) >>> 0, scope);
    case 'string':
      return liftString(context, (values.next() as number) >>> 0, (values.next() as number) >>> 0);
    case 'list':
      return liftList(
        context,
        type.element,
        (values.next() as number) >>> 0,
        (values.next() as number) >>> 0,
        scope,
      );
    case 'u64':
      return BigInt.asUintN(64, values.next() as bigint);
    case 's64':
    case 'f32':
    case 'f64':
      return values.next();
    case 'record':
      return Object.fromEntries(
        type.fields.map((field) => [field.key, liftFlat(context, field.type, values, scope)]),
      );
    case 'tuple':
      return type.fields.map((field) => liftFlat(context, field.type, values, scope));
    case 'variant':
    case 'option':
    case 'result':
    case 'enum': {
      const index = (values.next() as number) >>> 0;
      const payload = caseAt(type, index).type;
      const places = type.flat.slice(1);
      const given = payload && values.as(payload.flat, places);
      values.skip(places.length);
      return asCase(type, index, given && payload && liftFlat(context, payload, given, scope));
    }
    default:
      return fromI32(type, values.next() as number);
  }
}

/** A value in memory, at an address that has been checked. */
export function load(
  context: CanonContext,
  type: ValueType,
  pointer: number,
  scope: CallScope,
): unknown {
  const { view } = memoryOf(context);
  switch (type.kind) {
    case 'own':
    case 'borrow':
      return liftHandle(context, type, view.getUint32(pointer, true), scope);
    case 'string':
      return liftString(context, view.getUint32(pointer, true), view.getUint32(pointer + 4, true));
    case 'list': {
      const [begin, length] = [view.getUint32(pointer, true), view.getUint32(pointer + 4, true)];
      return liftList(context, type.element, begin, length, scope);
    }
    case 'u64':
      return view.getBigUint64(pointer, true);
    case 's64':
      return view.getBigInt64(pointer, true);
    case 'f32':
      return view.getFloat32(pointer, true);
    case 'f64':
      return view.getFloat64(pointer, true);
    case 'record':
      return Object.fromEntries(
        type.fields.map((field) => [
          field.key,
          load(context, field.type, pointer + field.offset, scope),
        ]),
      );
    case 'tuple':
      return type.fields.map((field) => load(context, field.type, pointer + field.offset, scope));
    case 'variant':
    case 'option':
    case 'result':
    case 'enum': {
      const index = unsigned(view, pointer, type.discriminantSize);
      const payload = caseAt(type, index).type;
      const place = pointer + type.payloadOffset;
      return asCase(type, index, payload && load(context, payload, place, scope));
    }
    default:
      return fromI32(type, unsigned(view, pointer, type.size));
  }
}

function liftHandle(
  { instance }: CanonContext,
  { kind, resource }: { kind: 'own' | 'borrow'; resource: Resource },
  number: number,
  scope: CallScope,
): unknown {
  if (kind === 'own') return instance.handles.take(number, resource, scope !== undefined);
  const handle = instance.handles.get(number, resource);
  if (scope !== undefined) {
    handle.lent++;
    scope.lenders.push(handle);
  }
  return handle.one;
}

function liftString(context: CanonContext, pointer: number, length: number): string {
  const { form, bytes, alignment } = formOf(context.encoding, length);
  const memory = memoryOf(context);
  memory.check(pointer, bytes, alignment);
  context.room.pass(2 * bytes);
  return decode(memory.bytes.subarray(pointer, pointer + bytes), form);
}

function liftList(
  context: CanonContext,
  element: ValueType,
  pointer: number,
  length: number,
  scope: CallScope,
): unknown {
  const memory = memoryOf(context);
  memory.check(pointer, length * element.size, element.alignment);
  if (element.kind === 'u8') {
    context.room.passBytes(length);
    return memory.bytes.slice(pointer, pointer + length);
  }
  context.room.pass(VALUE_BYTES * element.values * length);
  const items: unknown[] = [];
  for (let index = 0; index < length; index++) {
    items.push(load(context, element, pointer + index * element.size, scope));
  }
  return items;
}

function caseAt({ cases }: Extract<ValueType, { cases: unknown }>, index: number) {
  const found = cases[index];
  if (found === undefined) {
    throw new Trap(`a variant has case ${index}, and there are ${cases.length}`);
  }
  return found;
}

function asCase(
  { kind, cases }: Extract<ValueType, { cases: unknown }>,
  index: number,
  payload: unknown,
): unknown {
  const { name } = cases[index]!;
  if (kind === 'enum') return name;
  if (kind !== 'option') return { tag: name, val: payload };
  if (index === 0) return undefined;
  // For an option in an option, it must be clear which of them is none.
  return cases[1]!.type!.kind === 'option' ? { val: payload } : payload;
}

/** A value of a type that is passed as an i32; for a narrow type the ABI drops the upper bits. */
function fromI32(type: ValueType, bits: number): unknown {
  switch (type.kind) {
    case 'bool':
      return bits !== 0;
    case 'u8':
      return bits & 0xff;
    case 's8':
      return (bits << 24) >> 24;
    case 'u16':
      return bits & 0xffff;
    case 's16':
      return (bits << 16) >> 16;
    case 's32':
      return bits | 0;
    case 'char':
      return charOf(bits >>> 0);
    default:
      return bits >>> 0;
  }
}

function charOf(code: number): string {
  if (code < 0x110000 && (code < 0xd800 || code > 0xdfff)) return String.fromCodePoint(code);
  throw new Trap(`${code} is no character`);
}

function unsigned(view: DataView, pointer: number, size: number): number {
  if (size === 1) return view.getUint8(pointer);
  return size === 2 ? view.getUint16(pointer, true) : view.getUint32(pointer, true);
}
