/** `variant error` of wasi:keyvalue/store, of 0.2.0-draft (the tag) and 0.2.0-draft2. */
import { type ErrorCode, KvError } from '../../errors.js';
import { KeyvalueError } from '../wasi-keyvalue-error.js';

type Tag = 'no-such-store' | 'access-denied' | 'other';

/** The codes with a case of their own; any other becomes `other` with the message. */
const tags: Partial<Record<ErrorCode, Tag>> = {
  'no-bucket': 'no-such-store',
  'no-store': 'no-such-store',
  'invalid-bucket': 'no-such-store',
  'read-only': 'access-denied',
};

/** The variant as it is thrown: not a subclass of JavaScript's Error. `cause` is the KvError. */
export class DraftError {
  readonly tag: Tag;
  readonly val: string | undefined;
  readonly cause: KvError;

  constructor(cause: KvError) {
    this.tag = tags[cause.code] ?? 'other';
    this.val = this.tag === 'other' ? cause.message : undefined;
    this.cause = cause;
  }
}

/**
 * The result of `work`. A KvError, or the resource `error` of the other interfaces, is thrown as
 * the variant; anything else is rethrown.
 */
export function asDraft<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    const cause = thrown instanceof KeyvalueError ? thrown.cause : thrown;
    throw cause instanceof KvError ? new DraftError(cause) : thrown;
  }
}
