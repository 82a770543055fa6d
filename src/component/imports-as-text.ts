/** What a component imports, as text. */
import { planOf } from './plan.js';
import { readComponent } from './read-component.js';
import type { Resource } from './resource.js';
import { funcText, typeText } from './type-text.js';

/** By the interfaces' names, as `ownName` has them, each function and type. */
export function importsOf(
  bytes: Uint8Array,
  ownName: (imported: string) => string,
): Record<string, Record<string, string>> {
  const found = new Map<string, Map<string, string>>();
  const resources = new Map<string, Resource>();
  const note = (instance: string, name: string, text: string) => {
    const interfaceName = ownName(instance);
    found.set(interfaceName, (found.get(interfaceName) ?? new Map()).set(name, text));
  };
  planOf(readComponent(bytes), {
    instance() {},
    resource(instance, name) {
      const whole = `${ownName(instance)}.${name}`;
      const resource = resources.get(whole) ?? {
        name: whole,
        maker: undefined,
        weight: () => 0,
        destroy() {},
      };
      resources.set(whole, resource);
      return resource;
    },
    func(instance, name, type) {
      note(instance, name, funcText(type));
      return { type, isGuest: false, call: () => undefined };
    },
    type(instance, name, type) {
      note(instance, name, typeText(type));
    },
    refuse(name) {
      throw new Error(`it imports ${name}`);
    },
  });
  return Object.fromEntries(
    sorted(found).map(([name, members]) => [name, Object.fromEntries(sorted(members))]),
  );
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1));
}
