/**
 * The functions that a guest is given, by their names in the WIT. They are collected from the
 * classes and functions of the interfaces in advance, so that a name from a component is only
 * looked up among the names of the WIT, and cannot reach other members of JavaScript objects.
 */
import { camelCase } from '../component/types.js';
import offered from './offered.json' with { type: 'json' };

/** Takes the parameters of the WIT; for a method the first is the object that it is called on. */
export type HostFunction = (...parameters: unknown[]) => unknown;

/** Interfaces by `ownName`, each with its classes and functions under their JavaScript names. */
export type Interfaces = Readonly<Record<string, object>>;

type Members = Readonly<Record<string, HostFunction | Class>>;

interface Class {
  readonly prototype: Readonly<Record<string, HostFunction>>;
}

/** The types of offered functions and types as text, by interface and name. */
const texts: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(offered).map(([name, members]) => [name, new Map(Object.entries(members))]),
);

/** The type of a function or type as `type-text.ts` writes it; undefined if it is not offered. */
export function offeredText(interfaceName: string, member: string): string | undefined {
  return texts.get(interfaceName)?.get(member);
}

/**
 * The offered functions of an interface, by their names in the WIT. Throws if a function is
 * missing.
 */
export function functionsOf(
  interfaceName: string,
  interfaces: Interfaces,
): ReadonlyMap<string, HostFunction> {
  const members = interfaces[interfaceName] as Members;
  const functions = new Map<string, HostFunction>();
  for (const [name, text] of texts.get(interfaceName) ?? []) {
    if (text.startsWith('func')) functions.set(name, functionOf(members, name));
  }
  return functions;
}

function functionOf(members: Members, name: string): HostFunction {
  const [, kind, resource, method] = /^\[(\w+)\]([\w-]+)\.([\w-]+)$/.exec(name) ?? [];
  if (kind === undefined) return bound(members, camelCase(name), name);
  const owner = members[pascalCase(resource!)] as Class;
  const member = camelCase(method!);
  if (kind === 'static') return bound(owner as unknown as Members, member, name);
  const own = owner.prototype[member];
  if (own === undefined) throw new Error(`${name} is offered, and not there`);
  return (self, ...parameters) => own.apply(self, parameters);
}

function bound(owner: Members, member: string, name: string): HostFunction {
  const own = owner[member] as HostFunction | undefined;
  if (own === undefined) throw new Error(`${name} is offered, and not there`);
  return own.bind(owner) as HostFunction;
}

function pascalCase(name: string): string {
  return camelCase(`-${name}`);
}
