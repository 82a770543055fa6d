/**
 * The register of values that are no record's yet, or no longer: whose upload each is, or that nobody holds it,
 * so that it is found again however the process ends.
 */
import { KvError } from '../../errors.js';
import type { Environment } from './environment.js';
import { NumberedEntries } from './numbered-entries.js';
import { isAlive, isThisProcess, type Owner, thisProcess } from './process-identity.js';

export interface UploadEntry {
  /** Who is uploading it; absent where it awaits reclamation. */
  readonly owner?: Owner;
  /** How many of its chunks, from the first on, are of records, where there are any. */
  readonly kept: number;
  /** Whether it goes on behind the value of a record, which others wait for. */
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

  /** Throws `busy` where it is not this process's: it was given up with its transaction, or taken for a dead one's. */
  own(valueId: number): UploadEntry {
    const entry = this.find(valueId);
    if (entry?.owner && isThisProcess(entry.owner)) return entry;
    throw new KvError(
      'busy',
      'cannot go on with a value: what was written of it was given up, with its transaction or ' +
        'after a day without a write',
    );
  }

  /** Enters this process as the one that is uploading, and that it lives. */
  claim(valueId: number, entry: Omit<UploadEntry, 'owner'>): void {
    this.#set(valueId, { ...entry, owner: thisProcess() });
  }

  /** Leaves a value to be given back, but for the chunks that records keep. */
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

/** Whether nobody who lives is uploading it. */
export function isLeft({ owner }: UploadEntry): boolean {
  return !(owner && isAlive(owner));
}
