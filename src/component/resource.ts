/** Resources, and the handles by which a component instance has them. */

import { Trap } from '../errors.js';
import type { Room } from './room.js';

/** A type of resources. What stands for one of them is an object of the host, or a guest's number. */
export interface Resource {
  /** As messages and the texts of types have it: `wasi:io/streams.input-stream`. */
  readonly name: string;
  /** The instance that makes them; undefined where the host does. */
  readonly maker: object | undefined;
  /** Bytes that one of them keeps for as long as there is a handle. */
  weight(one: unknown): number;
  /** Called before a guest drops a handle; throws where it is not to be dropped now. */
  begin?(): void;
  /** What is done when its handle is dropped. */
  destroy(one: unknown): void;
}

export interface Handle {
  readonly resource: Resource;
  /** What it stands for. */
  readonly one: unknown;
  /** The call that it is borrowed for; undefined where it is owned. */
  readonly borrowedFor: Call | undefined;
  /** Calls under way that it is lent to. */
  lent: number;
  readonly weight: number;
}

/** A call: what it has borrowed and lent has to be given back when it ends. */
export class Call {
  /** Borrowed handles that its callee has not dropped. */
  borrowed = 0;
  readonly lenders: Handle[] = [];

  /** Throws where something is still borrowed. */
  end(): void {
    for (const handle of this.lenders) handle.lent--;
    if (this.borrowed > 0) throw new Trap('it ended a call without dropping a borrowed handle');
  }
}

/** The handles of one instance, by their numbers, from 1 on. */
export class Handles {
  readonly #room: Room;
  readonly #handles: (Handle | undefined)[] = [undefined];
  readonly #free: number[] = [];
  /** What was taken for a call that has not begun. */
  readonly #taken: Handle[] = [];

  constructor(room: Room) {
    this.#room = room;
  }

  /** Throws a `Trap` where it is one handle, or one weight, too many. */
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

  /** Takes a handle out. Throws a `Trap` as `get` does, and where it is lent to a call under way. */
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
   * Takes a handle out that is to be given away; where it is for a call, `give` follows. Throws as `remove`, and
   * where it is borrowed.
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

  /** The call begins: what was taken for it is its own. */
  give(): void {
    this.#taken.length = 0;
  }

  /** Lets go of what the host has made and is still owned here. */
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
