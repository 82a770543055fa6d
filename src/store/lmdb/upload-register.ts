/**
 * The register of values that no record holds yet, or any more: whose upload each is, or that
 * nobody holds it, so that it is found again however the process ends.
 */
import { KvError } from '../../errors.js';
import type { Environment } from './environment.js';
import { NumberedEntries } from './numbered-entries.js';
import { isAlive, isThisProcess, type Owner, thisProcess } from './process-identity.js';

export interface UploadEntry {
  /** Who is uploading it; absent if it waits to be reclaimed. */
  readonly owner?: Owner;
  /** How many of its chunks, from the first on, belong to records. */
  readonly kept: number;
  /** Whether it continues the value of a record, for which others wait. */
  readonly grows?: true;
}

export class UploadRegister {
  readonly #entries: NumberedEntries;

  constructor(environment: Environment) {
    this.#entries = new NumberedEntries(environment, 'uploads');
  }

  find(valueId: number): UploadEntry | undefined {
    const bytes = this.#entries.get(valueId);
    return bytes && (JSON.parse(bytes.toString()) as UploadEntry);
  }

  /**
   * Throws `busy` if it is not this process's: it was given up with its transaction, or another
   * process believed this one dead.
   */
  own(valueId: number): UploadEntry {
    const entry = this.find(valueId);
    if (entry?.owner && isThisProcess(entry.owner)) return entry;
    throw new KvError(
      'busy',
      'cannot go on with a value: what was written of it was given up, with its transaction or ' +
        'after a day without a write',
    );
  }

  /** Registers this process as the uploader, with a sign of life. */
  claim(valueId: number, entry: Omit<UploadEntry, 'owner'>): void {
    this.#set(valueId, { ...entry, owner: thisProcess() });
  }

  /** Leaves a value to be reclaimed, except for the chunks that records hold. */
  leave(valueId: number, kept: number): void {
    this.#set(valueId, { kept });
  }

  remove(valueId: number): void {
    this.#entries.remove(valueId);
  }

  count(): number {
    return this.#entries.count();
  }

  ids(): number[] {
    return this.#entries.ids();
  }

  #set(valueId: number, entry: UploadEntry): void {
    this.#entries.set(valueId, Buffer.from(JSON.stringify(entry)));
  }
}

/** Whether no living process is uploading it. */
export function isLeft({ owner }: UploadEntry): boolean {
  return !(owner && isAlive(owner));
}
