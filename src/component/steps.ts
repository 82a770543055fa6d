/** Counts the work of linking, which a small component can make endless. */
import { Invalid } from './invalid.js';
import { STEP_LIMIT } from './room.js';

export class Steps {
  #left = STEP_LIMIT;

  /** Throws `Invalid` past the limit. */
  take(count = 1): void {
    this.#left -= count;
    if (this.#left < 0) throw new Invalid('it has too many definitions');
  }
}
