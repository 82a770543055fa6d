/** The code that a failure comes to, whichever of its forms was thrown. */
import { asKvError } from '../../src/errors.js';

/** The code of what `work` throws; undefined where it throws nothing. */
export function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (thrown) {
    return asKvError(thrown).code;
  }
}

/** The same of what a promise is rejected with. */
export async function codeOfRejected(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (thrown) {
    return asKvError(thrown).code;
  }
}
