/** A store that a session works on before it is there, and after. */
import type { Store } from '../store/store.js';

export class LateStore {
  /** Stands for whichever store there is now: buckets and uploads are to be asked for anew. */
  readonly store: Store;
  #current: Store;
  #isMade = false;
  /** The work of a group that has begun before there was a store. */
  #work: Promise<unknown> | undefined;
  #signal: AbortSignal | undefined;
  /** That group, in the store that was made. */
  #group: Promise<unknown> | undefined;

  /** `empty` is what is read until the store is made. */
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

  /** The store that was made; undefined until then. */
  get made(): Store | undefined {
    return this.#isMade ? this.#current : undefined;
  }

  /** The rest of a group under way becomes a group in the store that was made. Rejects as `group` does. */
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

  /** Nothing can be written before the store is made, so that there is nothing to undo until then. */
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
      // The work's own failure is the one to tell.
      await this.#group?.catch(() => {});
    }
  }
}
