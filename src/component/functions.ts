/** Functions of the component model, converted to and from core functions. */

import { Trap } from '../errors.js';
import { allocate, type CanonContext, type CoreFunction, memoryOf } from './canon-context.js';
import { type Signature, signatureOf } from './core-types.js';
import type { Ending } from './ending.js';
import { FlatValues } from './flat-values.js';
import { liftFlat, load, VALUE_BYTES } from './lift.js';
import { lowerFlat, store } from './lower.js';
import { Call } from './resource.js';
import { alignedTo, FLAT_LIMIT, type FuncType, flattened, type ValueType } from './types.js';

/** A function of core WebAssembly with its signature, which V8 does not tell. */
export interface CoreFunc {
  readonly call: CoreFunction;
  readonly signature: Signature;
}

/** A function of a component or of the host. */
export interface Func {
  readonly type: FuncType;
  /** Takes and returns values as in `lift.ts`; a result is `{ tag: 'ok' | 'err', val }`. */
  call(parameters: readonly unknown[]): unknown;
  /** Whether it runs in a component; handles are lent to it. */
  readonly isGuest: boolean;
  /** Throws instead of the call, if the host does not offer the function. */
  readonly refuse?: () => never;
  /** Called before the parameters are read; throws if the call is not allowed now. */
  readonly begin?: () => void;
}

/** The core signature of a function that a component imports, and of one that it exports. */
function loweredSignature(type: FuncType): Signature {
  const parameters = parametersOf(type);
  const results = type.result?.flat ?? [];
  if (results.length <= 1) return signatureOf(parameters, results);
  return signatureOf([...parameters, 'i32'], []);
}

export function liftedSignature(type: FuncType): Signature {
  const results = type.result?.flat ?? [];
  return signatureOf(parametersOf(type), results.length <= 1 ? results : ['i32']);
}

/** The signature of the function that is called when a result has been read. */
export function postReturnSignature(type: FuncType): Signature {
  const results = type.result?.flat ?? [];
  return signatureOf(results.length <= 1 ? results : ['i32'], []);
}

function parametersOf({ parameters }: FuncType): readonly string[] {
  const flat = flattened(parameters);
  return flat.length > FLAT_LIMIT ? ['i32'] : flat;
}

/** A component's export made from a core function: `canon lift`. */
export function liftFunc(
  type: FuncType,
  context: CanonContext,
  core: CoreFunction,
  postReturn: CoreFunction | undefined,
): Func {
  const { instance } = context;
  const { parameters, result } = type;
  const areFlat = flattened(parameters).length <= FLAT_LIMIT;
  const isFlat = (result?.flat.length ?? 0) <= 1;
  const passed = result === undefined ? 0 : passedBytes([result]);
  return {
    type,
    isGuest: true,
    call(values) {
      if (!instance.mayEnter) throw new Trap('it was called while a call of its own was under way');
      const scope = new Call();
      const flat: unknown[] = [];
      instance.mayLeave = false;
      if (areFlat) {
        parameters.forEach((one, index) => {
          lowerFlat(context, one, values[index], flat, scope);
        });
      } else flat.push(storeAll(context, parameters, values, scope));
      instance.mayLeave = true;
      const given = core(...flat);
      let lifted: unknown;
      if (result !== undefined) {
        context.room.pass(passed);
        if (isFlat) lifted = liftFlat(context, result, new FlatValues([given]), undefined);
        else lifted = loadAt(context, result, (given as number) >>> 0);
      }
      if (postReturn !== undefined) {
        instance.mayLeave = false;
        postReturn(...(result === undefined ? [] : [given]));
        instance.mayLeave = true;
      }
      scope.end();
      return lifted;
    },
  };
}

/** A core module's import made from a function: `canon lower`. */
export function lowerFunc(func: Func, context: CanonContext, ending: Ending): CoreFunc {
  const { type, isGuest } = func;
  const { instance, room } = context;
  const { parameters, result } = type;
  const count = flattened(parameters).length;
  const areFlat = count <= FLAT_LIMIT;
  const isFlat = (result?.flat.length ?? 0) <= 1;
  const { refuse, begin } = func;
  const passed = passedBytes(parameters);
  const lends = refuse === undefined && (isGuest || parameters.some((one) => one.holdsOwn));

  const call = (...flat: unknown[]): unknown => {
    ending.check();
    try {
      if (!instance.mayLeave) throw new Trap('it called out where it may not');
      if (refuse !== undefined) refuse();
      if (begin !== undefined) begin();
      const { passed: passedBefore, passedBytes: bytesBefore } = room;
      room.pass(passed);
      const scope = lends ? new Call() : undefined;
      const values: unknown[] = [];
      if (areFlat) {
        const given = new FlatValues(flat);
        for (const one of parameters) values.push(liftFlat(context, one, given, scope));
      } else loadAll(context, parameters, (flat[0] as number) >>> 0, values, scope);
      if (scope !== undefined) instance.handles.give();
      instance.mayEnter = !isGuest;
      const returned = func.call(values);
      instance.mayEnter = true;
      room.endCall(passedBefore, bytesBefore);
      scope?.end();
      if (result === undefined) return undefined;
      instance.mayLeave = false;
      if (isFlat) {
        const lowered: unknown[] = [];
        lowerFlat(context, result, returned, lowered, undefined);
        instance.mayLeave = true;
        return lowered[0];
      }
      const pointer = (flat[areFlat ? count : 1] as number) >>> 0;
      memoryOf(context).check(pointer, result.size, result.alignment);
      store(context, result, returned, pointer, undefined);
      instance.mayLeave = true;
      return undefined;
    } catch (thrown) {
      throw ending.by(thrown);
    }
  };
  return { call, signature: loweredSignature(type) };
}

/** The bytes that the values count as, without those in lists and strings. */
function passedBytes(types: readonly ValueType[]): number {
  return types.reduce((sum, { values }) => sum + VALUE_BYTES * values, 0);
}

function loadAt(context: CanonContext, type: ValueType, pointer: number): unknown {
  memoryOf(context).check(pointer, type.size, type.alignment);
  return load(context, type, pointer, undefined);
}

function loadAll(
  context: CanonContext,
  types: readonly ValueType[],
  pointer: number,
  values: unknown[],
  scope: Call | undefined,
): void {
  const { size, alignment } = sizeOf(types);
  memoryOf(context).check(pointer, size, alignment);
  let offset = 0;
  for (const type of types) {
    offset = alignedTo(offset, type.alignment);
    values.push(load(context, type, pointer + offset, scope));
    offset += type.size;
  }
}

function storeAll(
  context: CanonContext,
  types: readonly ValueType[],
  values: readonly unknown[],
  scope: Call,
): number {
  const { size, alignment } = sizeOf(types);
  const pointer = allocate(context, size, alignment);
  let offset = 0;
  types.forEach((type, index) => {
    offset = alignedTo(offset, type.alignment);
    store(context, type, values[index], pointer + offset, scope);
    offset += type.size;
  });
  return pointer;
}

function sizeOf(types: readonly ValueType[]): { size: number; alignment: number } {
  let size = 0;
  let alignment = 1;
  for (const type of types) {
    size = alignedTo(size, type.alignment) + type.size;
    alignment = Math.max(alignment, type.alignment);
  }
  return { size, alignment };
}
