/** A component's imports from the host, with the types that the component declares. */
import { follow } from './alias.js';
import type { Func } from './functions.js';
import { Invalid } from './invalid.js';
import { type Exports, type Item, Spaces, type TypeItem } from './items.js';
import { funcTypeAt, resolve } from './resolve-types.js';
import type { Resource } from './resource.js';
import type { Steps } from './steps.js';
import type { ExternDesc, Sort } from './syntax.js';
import type { FuncType } from './types.js';

/** The host, which answers imports. Each function throws the host's refusal. */
export interface World {
  /** Checks the name of an interface. */
  instance(name: string): void;
  resource(instance: string, name: string): Resource;
  func(instance: string, name: string, type: FuncType): Func;
  /** Checks a type that the component expects the interface to export. */
  type(instance: string, name: string, type: TypeItem): void;
  /** Refuses an import that is not an interface, but of another sort. */
  refuse(name: string, sort: Sort): void;
}

/** The exports of an interface. Throws `Invalid`, and the world's refusals. */
export function exportsOfWorld(
  world: World,
  instance: string,
  { declarations, where }: Extract<TypeItem, { kind: 'instance' | 'component' }>,
  steps: Steps,
): Exports {
  const spaces = new Spaces(where);
  const exports = new Map<string, Item>();
  for (const declaration of declarations) {
    steps.take();
    switch (declaration.kind) {
      case 'type':
        if (declaration.type.kind === 'resource') throw new Invalid('an import makes a resource');
        spaces.add({ sort: 'type', type: resolve(declaration.type, spaces, steps) });
        break;
      case 'alias':
        spaces.add(follow(declaration.alias, spaces));
        break;
      case 'import':
        throw new Invalid('an instance has an import');
      case 'export': {
        const { name, desc } = declaration;
        const item = exportOfWorld(world, instance, name, desc, spaces);
        spaces.add(item);
        exports.set(name, item);
        if (item.sort === 'type') world.type(instance, name, item.type);
        break;
      }
      default:
        declaration satisfies never;
    }
  }
  return exports;
}

function exportOfWorld(
  world: World,
  instance: string,
  name: string,
  desc: ExternDesc,
  spaces: Spaces,
): Item {
  if (desc.sort === 'func') {
    const type = funcTypeAt(spaces, desc.type);
    return { sort: 'func', func: world.func(instance, name, type) };
  }
  if (desc.sort !== 'type') return refusedItem(world, `${instance}#${name}`, desc, spaces);
  if (desc.equal !== undefined) return spaces.get('type', desc.equal);
  return { sort: 'type', type: { kind: 'resource', resource: world.resource(instance, name) } };
}

/** A stand-in for an import that the host refuses: it has its type, and is never used. */
export function refusedItem(world: World, name: string, desc: ExternDesc, spaces: Spaces): Item {
  world.refuse(name, desc.sort);
  switch (desc.sort) {
    case 'func': {
      const type = funcTypeAt(spaces, desc.type);
      return { sort: 'func', func: { type, isGuest: false, call: () => undefined } };
    }
    case 'type': {
      const resource: Resource = { name, maker: undefined, weight: () => 0, destroy() {} };
      return { sort: 'type', type: { kind: 'resource', resource } };
    }
    case 'instance':
      return { sort: 'instance', exports: new Map() };
    case 'component':
    case 'module':
      throw new Invalid(`it imports a ${desc.sort}`);
    default:
      return desc satisfies never;
  }
}
