/** Resolves types: from their syntax to types that contain everything they refer to. */
import { Invalid } from './invalid.js';
import type { Spaces, TypeItem } from './items.js';
import type { Resource } from './resource.js';
import type { Steps } from './steps.js';
import type { TypeSyntax, TypeUse, ValueTypeSyntax } from './syntax.js';
import {
  camelCase,
  type FuncType,
  flags,
  handle,
  list,
  primitive,
  record,
  tuple,
  type ValueType,
  variant,
} from './types.js';

/** The most names in a `flags` type. */
const FLAGS_LIMIT = 32;

/**
 * Any type except a resource that the component itself makes. Throws `Invalid`, also for a type
 * with too many parts.
 */
export function resolve(
  type: Exclude<TypeSyntax, { kind: 'resource' }>,
  spaces: Spaces,
  steps: Steps,
): TypeItem {
  steps.take(partsOf(type));
  switch (type.kind) {
    case 'func':
      return { kind: 'func', type: resolveFunc(type, spaces) };
    case 'instance':
    case 'component':
      return { kind: type.kind, declarations: type.declarations, where: spaces };
    default:
      return { kind: 'value', type: resolveValue(type, spaces) };
  }
}

function partsOf(type: TypeSyntax): number {
  switch (type.kind) {
    case 'func':
      return type.parameters.length;
    case 'record':
      return type.fields.length;
    case 'variant':
      return type.cases.length;
    case 'tuple':
      return type.types.length;
    case 'enum':
    case 'flags':
      return type.names.length;
    default:
      return 0;
  }
}

function valueTypeAt(spaces: Spaces, index: number): ValueType {
  const { type } = spaces.get('type', index);
  if (type.kind !== 'value') throw new Invalid(`type ${index} is not one of values`);
  return type.type;
}

export function funcTypeAt(spaces: Spaces, index: number): FuncType {
  const { type } = spaces.get('type', index);
  if (type.kind !== 'func') throw new Invalid(`type ${index} is not one of functions`);
  return type.type;
}

export function resourceAt(spaces: Spaces, index: number): Resource {
  const { type } = spaces.get('type', index);
  if (type.kind !== 'resource') throw new Invalid(`type ${index} is not one of resources`);
  return type.resource;
}

function resolveFunc(
  { parameters, result }: { parameters: readonly TypeUse[]; result: TypeUse | undefined },
  spaces: Spaces,
): FuncType {
  return {
    parameters: parameters.map((one) => resolveUse(one, spaces)),
    result: result === undefined ? undefined : resolveUse(result, spaces),
  };
}

/** Throws `Invalid` if two names are equal in JavaScript's spelling. */
function distinct(names: readonly string[]): void {
  const known = new Set<string>();
  for (const name of names) {
    const key = camelCase(name);
    if (known.has(key)) throw new Invalid(`a type has the name "${name}" twice`);
    known.add(key);
  }
}

function resolveUse(use: TypeUse, spaces: Spaces): ValueType {
  return typeof use === 'number' ? valueTypeAt(spaces, use) : primitive(use);
}

function resolveValue(type: ValueTypeSyntax, spaces: Spaces): ValueType {
  const use = (one: TypeUse) => resolveUse(one, spaces);
  const perhaps = (one: TypeUse | undefined) => (one === undefined ? undefined : use(one));
  switch (type.kind) {
    case 'primitive':
      return primitive(type.type);
    case 'record':
      distinct(type.fields.map(([name]) => name));
      return record(type.fields.map(([name, one]) => [name, use(one)] as const));
    case 'variant':
      distinct(type.cases.map(([name]) => name));
      return variant(
        'variant',
        type.cases.map(([name, one]) => ({ name, type: perhaps(one) })),
      );
    case 'list':
      return list(use(type.element));
    case 'tuple':
      return tuple(type.types.map(use));
    case 'flags':
      if (type.names.length > FLAGS_LIMIT) throw new Invalid('a type has too many flags');
      return flags(type.names);
    case 'enum':
      distinct(type.names);
      return variant(
        'enum',
        type.names.map((name) => ({ name, type: undefined })),
      );
    case 'option':
      return variant('option', [
        { name: 'none', type: undefined },
        { name: 'some', type: use(type.type) },
      ]);
    case 'result':
      return variant('result', [
        { name: 'ok', type: perhaps(type.ok) },
        { name: 'err', type: perhaps(type.err) },
      ]);
    case 'own':
    case 'borrow':
      return handle(type.kind, resourceAt(spaces, type.resource));
    default:
      return type satisfies never;
  }
}
