/** A request that will not be answered. */
import type { Failure } from './request.js';

export class LostRequest extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.state);
    this.failure = failure;
  }
}
