/** Interfaces whose functions trap, by name, when they are used. */

/**
 * Whatever a component takes from an interface that it is not given: a function that throws, and for
 * a resource a class whose members throw. A resource of such a class never comes to be.
 */
export function denied(name: string): object {
  return new Proxy(
    {},
    {
      get(_, member) {
        if (typeof member !== 'string') return undefined;
        const isResource = /^[A-Z]/.test(member);
        return isResource ? deniedResource(name, member) : () => refuse(name, member);
      },
    },
  );
}

function deniedResource(name: string, resource: string): object {
  const refuseMember = (_: object, member: string | symbol) =>
    typeof member === 'string' ? () => refuse(name, resource, member) : undefined;
  const prototype = new Proxy({}, { get: refuseMember });
  return new Proxy(class {}, {
    get: (owner, member) =>
      member === 'prototype' ? prototypeOf(owner, prototype) : refuseMember(owner, member),
    construct: () => refuse(name, resource, 'constructor'),
  });
}

/** A class's own prototype cannot be replaced by another object, but its parent can. */
function prototypeOf(owner: { prototype: object }, parent: object): object {
  Object.setPrototypeOf(owner.prototype, parent);
  return owner.prototype;
}

function refuse(name: string, ...members: string[]): never {
  throw new Error(`capability denied: ${name}#${members.map(kebab).join('.')}`);
}

/** `createTcpSocket` is `create-tcp-socket` in WIT. */
function kebab(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
