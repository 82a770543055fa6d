/** Resources, and the handles by which a component instance refers to them. */

import { Trap } from '../errors.js';
import type { Room } from './room.js';

/**
 * A type of resources. A resource is represented by an object of the host, or by a guest's number.
 */
export interface Resource {
  /** The name in messages and in the texts of types: `wasi:io/streams.input-stream`. */
  readonly name: string;
  /** The component instance that makes them; undefined for the host. */
  readonly maker: object | undefined;
  /** Bytes that a resource keeps while it has a handle. */
  weight(one: unknown): number;
  /** Called before a guest drops a handle; throws if that is not allowed now. */
  begin?(): void;
  /** Called when its handle is dropped. */
  destroy(one: unknown): void;
}

export interface Handle {
  readonly resource: Resource;
  /** The resource. */
  readonly one: unknown;
  /** The call that it is borrowed for; undefined for an owned handle. */
  readonly borrowedFor: Call | undefined;
  /** The number of calls under way that it is lent to. */
  lent: number;
  readonly weight: number;
}

/** A call: borrowed and lent handles have to be returned when it ends. */
export class Call {
  /** Borrowed handles that the callee has not dropped yet. */
  borrowed = 0;
  readonly lenders: Handle[] = [];

  /** Throws if something is still borrowed. */
  end(): void {
    for (const handle of this.lenders) handle.lent--;
    if (this.borrowed > 0) throw new Trap('it ended a call without dropping a borrowed handle');
  }
}

/** The handles of one instance, numbered from 1. */
export class Handles {
  readonly #room: Room;
  readonly #handles: (Handle | undefined)[] = [undefined];
  readonly #free: number[] = [];
  /** Handles taken for a call that has not begun. */
  readonly #taken: Handle[] = [];

  constructor(room: Room) {
    this.#room = room;
  }

  /**
   * Adds a handle; returns its number. Throws a `Trap` past the limit on handles, or on their
   * weight.
   */
  add(resource: Resource, one: unknown, borrowedFor?: Call): number {
    const weight = borrowedFor === undefined ? resource.weight(one) : 0;
    this.#room.addHandle();
    this.#room.hold(weight);
    if (borrowedFor !== undefined) borrowedFor.borrowed++;
    const number = this.#free.pop() ?? this.#handles.length;
    this.#handles[number] = { resource, one, borrowedFor, lent: 0, weight };
    return number;
  }

  /** Throws a `Trap` that says what the number is instead. */
  get(number: number, resource: Resource): Handle {
    const handle = this.#handles[number];
    if (handle === undefined) {
      throw new Trap(
        `handle ${number} is no ${shortName(resource)}: it was dropped, or never given`,
      );
    }
    if (handle.resource !== resource) {
      const [is, isNot] = [shortName(handle.resource), shortName(resource)];
      throw new Trap(
        is === isNot
          ? `handle ${number} is a ${handle.resource.name}, and no ${resource.name}`
          : `handle ${number} is no ${isNot}, but a ${is}`,
      );
    }
    return handle;
  }

  /** Removes a handle. Throws a `Trap` as `get` does, and if it is lent to a call under way. */
  remove(number: number, resource: Resource): Handle {
    const handle = this.get(number, resource);
    if (handle.lent > 0) {
      throw new Trap(`handle ${number}, a ${shortName(resource)}, is in use by a call under way`);
    }
    this.#handles[number] = undefined;
    this.#free.push(number);
    this.#room.removeHandle();
    this.#room.release(handle.weight);
    if (handle.borrowedFor !== undefined) handle.borrowedFor.borrowed--;
    return handle;
  }

  /**
   * Removes a handle to transfer its resource; if that is for a call, `give` follows. Throws as
   * `remove`, and if it is borrowed.
   */
  take(number: number, resource: Resource, isForCall: boolean): unknown {
    const handle = this.remove(number, resource);
    if (handle.borrowedFor === undefined) {
      if (isForCall) this.#taken.push(handle);
      return handle.one;
    }
    throw new Trap(
      `handle ${number}, a ${shortName(resource)}, is borrowed, and cannot be given away`,
    );
  }

  /** The call has begun: what was taken for it belongs to it. */
  give(): void {
    this.#taken.length = 0;
  }

  /** Destroys the host's resources that are still owned here. */
  close(): void {
    for (const handle of [...this.#taken.splice(0), ...this.#handles.splice(0)]) {
      if (handle === undefined || handle.borrowedFor !== undefined) continue;
      if (handle.resource.maker === undefined) handle.resource.destroy(handle.one);
    }
  }
}

function shortName({ name }: Resource): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
