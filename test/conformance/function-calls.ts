/** Which functions of the WIT a suite has called, so that none is left out of it. */
import type { Subject } from './subject.js';

/** `resource.function` or `interface.function`, in the WIT's names. */
export type Calls = Set<string>;

/** The 37 functions of the seed, and what resource each of them gives, where it gives one. */
const world: Record<string, Record<string, string | undefined>> = {
  'io-error': { 'to-debug-string': undefined },
  pollable: { ready: undefined, block: undefined },
  poll: { poll: undefined },
  'input-stream': {
    read: undefined,
    'blocking-read': undefined,
    skip: undefined,
    'blocking-skip': undefined,
    subscribe: 'pollable',
  },
  'output-stream': {
    'check-write': undefined,
    write: undefined,
    'blocking-write-and-flush': undefined,
    flush: undefined,
    'blocking-flush': undefined,
    subscribe: 'pollable',
    'write-zeroes': undefined,
    'blocking-write-zeroes-and-flush': undefined,
    splice: undefined,
    'blocking-splice': undefined,
  },
  error: { trace: undefined },
  bucket: { 'open-bucket': 'bucket' },
  'outgoing-value': {
    'new-outgoing-value': 'outgoing-value',
    'outgoing-value-write-body-async': 'output-stream',
    'outgoing-value-write-body-sync': undefined,
  },
  'incoming-value': {
    'incoming-value-consume-sync': undefined,
    'incoming-value-consume-async': 'input-stream',
    'incoming-value-size': undefined,
  },
  eventual: { get: 'incoming-value', set: undefined, delete: undefined, exists: undefined },
  atomic: { increment: undefined, 'compare-and-swap': undefined },
  'eventual-batch': {
    'get-many': 'incoming-value',
    keys: undefined,
    'set-many': undefined,
    'delete-many': undefined,
  },
};

export function functionsOfWorld(): string[] {
  return Object.entries(world)
    .flatMap(([owner, functions]) => Object.keys(functions).map((name) => `${owner}.${name}`))
    .sort();
}

/** The same subject, with each call of a function of the WIT entered in `calls`. */
export function watched(subject: Subject, calls: Calls): Subject {
  const { poll, types, eventual, atomic, eventualBatch } = subject.world;
  const watcher = new Watcher(calls);
  return {
    ...subject,
    world: {
      poll: watcher.watch('poll', poll),
      types: {
        Bucket: watcher.watch('bucket', types.Bucket),
        OutgoingValue: watcher.watch('outgoing-value', types.OutgoingValue),
        IncomingValue: watcher.watch('incoming-value', types.IncomingValue),
      },
      eventual: watcher.watch('eventual', eventual),
      atomic: watcher.watch('atomic', atomic),
      eventualBatch: watcher.watch('eventual-batch', eventualBatch),
    },
    input: (contents) => watcher.watch('input-stream', subject.input(contents)),
    brokenInput: () => watcher.watch('input-stream', subject.brokenInput()),
    brokenOutput: () => watcher.watch('output-stream', subject.brokenOutput()),
  };
}

class Watcher {
  readonly #calls: Calls;
  /** The objects behind what was handed out, which an implementation wants back. */
  readonly #behind = new WeakMap<object, object>();

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** A stand-in for an interface, a resource's class or a resource. */
  watch<T extends object>(owner: string, behind: T): T {
    // Of the interfaces of ES modules nothing can be replaced, so the stand-in is for another object.
    const standIn = new Proxy(Object.create(null) as T, {
      get: (_, property) => {
        const member: unknown = Reflect.get(behind, property, behind);
        if (typeof member !== 'function') return member;
        if (typeof property === 'symbol') return member.bind(behind);
        return (...parameters: unknown[]) => this.#call(owner, property, behind, parameters);
      },
      has: (_, property) => Reflect.has(behind, property),
      getPrototypeOf: () => Reflect.getPrototypeOf(behind),
    });
    this.#behind.set(standIn, behind);
    return standIn;
  }

  #call(owner: string, property: string, behind: object, parameters: unknown[]): unknown {
    const name = property.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
    this.#calls.add(`${owner}.${name}`);
    const work = Reflect.get(behind, property, behind) as (...parameters: unknown[]) => unknown;
    try {
      const result = work.apply(behind, this.#bare(parameters) as unknown[]);
      return this.#dressed(result, world[owner]?.[name]);
    } catch (thrown) {
      throw this.#dressedError(thrown);
    }
  }

  /** The objects behind stand-ins, also in lists. */
  #bare(parameter: unknown): unknown {
    if (Array.isArray(parameter)) return parameter.map((item) => this.#bare(item));
    return this.#behind.get(parameter as object) ?? parameter;
  }

  /** A stand-in for the resource, or for each one of a list. */
  #dressed(result: unknown, resource: string | undefined): unknown {
    if (Array.isArray(result)) return result.map((item) => this.#dressed(item, resource));
    return resource && result ? this.watch(resource, result) : result;
  }

  #dressedError(thrown: unknown): unknown {
    const { tag, val, trace } = thrown as { tag?: string; val?: object; trace?: unknown };
    if (tag === 'last-operation-failed') return { tag, val: this.watch('io-error', val!) };
    return typeof trace === 'function' ? this.watch('error', thrown as object) : thrown;
  }
}
