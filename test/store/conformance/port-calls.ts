/** Which members of the port the tests use, and which there are. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { Store } from '../../../src/store/store.js';

/** `Store.bucket`, `StoreBucket.get` and so on. */
export type Calls = Set<string>;

/** The interfaces whose members are looked for, and which of their methods give which of them. */
const interfaces = ['Store', 'StoreBucket', 'Upload'];
const gives: Readonly<Record<string, string>> = {
  'Store.bucket': 'StoreBucket',
  'Store.createBucket': 'StoreBucket',
  'Store.ensureBucket': 'StoreBucket',
  'Store.upload': 'Upload',
};

/** The original behind a watched object: an engine must be given its own. */
const originals = new WeakMap<object, object>();

/** The store, with each use of a member of it, its buckets and uploads entered. */
export function watched(store: Store, calls: Calls): Store {
  return watch(store, 'Store', calls);
}

function watch<T extends object>(subject: T, name: string, calls: Calls): T {
  const watcher = new Proxy(subject, {
    get(target, member) {
      const path = `${name}.${String(member)}`;
      const value: unknown = Reflect.get(target, member, target);
      if (interfaces.includes(name) && member in target) calls.add(path);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]) => {
        const result: unknown = value.apply(target, parameters.map(original));
        const given = gives[path];
        return given && result ? watch(result as object, given, calls) : result;
      };
    },
  });
  originals.set(watcher, subject);
  return watcher;
}

function original(value: unknown): unknown {
  return (typeof value === 'object' && value && originals.get(value)) || unwrapped(value);
}

/** Writes that are made together hold uploads. */
function unwrapped(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) =>
    typeof item === 'object' && item !== null && 'upload' in item
      ? { ...item, upload: original(item.upload) }
      : item,
  );
}

/** The members that the port declares. */
export function membersOfPort(): string[] {
  const file = new URL('../../../src/store/store.ts', import.meta.url);
  const source = ts.createSourceFile('', readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext);
  return source.statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => interfaces.includes(name.text))
    .flatMap(({ name, members }) =>
      members.map((member) => `${name.text}.${(member.name as ts.Identifier).text}`),
    )
    .sort();
}
