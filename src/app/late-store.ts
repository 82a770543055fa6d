/** A store for a session that begins before the store exists. */
import type { Store } from '../store/store.js';

export class LateStore {
  /** Delegates to the store that exists now: buckets and uploads have to be asked for anew. */
  readonly store: Store;
  #current: Store;
  #isMade = false;
  /** The work of a group that began before the store existed. */
  #work: Promise<unknown> | undefined;
  #signal: AbortSignal | undefined;
  /** That group, in the store that was made since. */
  #group: Promise<unknown> | undefined;

  /** `empty` answers reads until the store is made. */
  constructor(empty: Store) {
    this.#current = empty;
    const group: Store['group'] = (work, signal) =>
      this.#isMade ? this.#current.group(work, signal) : this.#groupBefore(work, signal);
    this.store = new Proxy(empty, {
      get: (_, name) => {
        if (name === 'group') return group;
        const member: unknown = Reflect.get(this.#current, name);
        return typeof member === 'function' ? member.bind(this.#current) : member;
      },
    });
  }

  /** The store, once it has been made; undefined until then. */
  get made(): Store | undefined {
    return this.#isMade ? this.#current : undefined;
  }

  /** Turns the rest of a group under way into a group of the new store. Rejects as `group` does. */
  async become(made: Store): Promise<void> {
    this.#current = made;
    this.#isMade = true;
    const work = this.#work;
    if (work === undefined) return;
    await new Promise<void>((resolve, reject) => {
      this.#group = made.group(() => {
        resolve();
        return work;
      }, this.#signal);
      this.#group.catch(reject);
    });
  }

  /** Nothing can be written before the store is made, so until then there is nothing to undo. */
  async #groupBefore<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    this.#signal = signal;
    const done = work();
    this.#work = done;
    try {
      const result = await done;
      await this.#group;
      return result;
    } finally {
      this.#work = undefined;
      // The work's own failure is the one to report.
      await this.#group?.catch(() => {});
    }
  }
}
