/** What a component exports, as the classes and functions that a JavaScript host would see. */
import type { Func } from '../../src/component/functions.js';
import type { Exports } from '../../src/component/items.js';
import type { Resource } from '../../src/component/resource.js';
import { camelCase, type ValueType } from '../../src/component/types.js';

type Class = Record<string, unknown> & { new (one: unknown): { readonly one: unknown } };

/** The interfaces by the last part of their names: `eventualBatch`. */
export function exportedWorld(exports: Exports): Record<string, Record<string, unknown>> {
  const classes = new Map<Resource, Class>();
  const world: Record<string, Record<string, unknown>> = {};
  for (const [name, item] of exports) {
    if (item.sort !== 'instance') continue;
    const [, short = ''] = /\/([\w-]+)/.exec(name) ?? [];
    const members: Record<string, unknown> = {};
    world[camelCase(short)] = members;
    for (const [member, one] of item.exports) {
      if (one.sort === 'type' && one.type.kind === 'resource') {
        members[camelCase(`-${member}`)] = classOf(one.type.resource);
      }
      if (one.sort === 'func') add(members, member, callable(one.func));
    }
  }
  return world;

  function classOf(resource: Resource): Class {
    const known = classes.get(resource);
    if (known !== undefined) return known;
    const made = class {
      readonly one: unknown;
      constructor(one: unknown) {
        this.one = one;
      }
      [Symbol.dispose](): void {
        resource.destroy(this.one);
      }
    } as unknown as Class;
    classes.set(resource, made);
    return made;
  }

  function callable({ type, call }: Func) {
    return (...values: unknown[]) => {
      const result = call(type.parameters.map((one, index) => inward(one, values[index])));
      if (type.result === undefined) return undefined;
      const given = outward(type.result, result);
      if (type.result.kind !== 'result') return given;
      const { tag, val } = given as { tag: string; val: unknown };
      if (tag === 'err') throw val;
      return val;
    };
  }

  function outward(type: ValueType, value: unknown): unknown {
    return mapped(type, value, (resource, one) => new (classOf(resource))(one));
  }

  function inward(type: ValueType, value: unknown): unknown {
    return mapped(type, value, (_, one) => (one as { one: unknown }).one);
  }
}

function add(members: Record<string, unknown>, name: string, call: (...all: unknown[]) => unknown) {
  const [, kind, resource = '', method = ''] = /^\[(\w+)\]([\w-]+)\.([\w-]+)$/.exec(name) ?? [];
  if (kind === undefined) {
    members[camelCase(name)] = call;
    return;
  }
  const owner = members[camelCase(`-${resource}`)] as Class & {
    prototype: Record<string, unknown>;
  };
  if (kind === 'static') owner[camelCase(method)] = call;
  else {
    owner.prototype[camelCase(method)] = function (this: unknown, ...rest: unknown[]) {
      return call(this, ...rest);
    };
  }
}

/** The value with what stands for resources of a guest put into other forms. */
function mapped(
  type: ValueType,
  value: unknown,
  form: (resource: Resource, one: unknown) => unknown,
): unknown {
  const inner = (one: ValueType, part: unknown) => mapped(one, part, form);
  switch (type.kind) {
    case 'own':
    case 'borrow':
      return form(type.resource, value);
    case 'list':
      if (type.element.kind === 'u8') return value;
      return Array.from(value as unknown[], (one) => inner(type.element, one));
    case 'tuple':
      return type.fields.map((field, index) => inner(field.type, (value as unknown[])[index]));
    case 'option':
      return value === undefined ? undefined : inner(type.cases[1]!.type!, value);
    case 'variant':
    case 'result': {
      const { tag, val } = value as { tag: string; val: unknown };
      const payload = type.cases.find(({ name }) => name === tag)!.type;
      return { tag, val: payload && inner(payload, val) };
    }
    default:
      return value;
  }
}
