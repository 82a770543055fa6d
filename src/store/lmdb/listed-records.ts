/** The records of a listing, as the rest of this room has them. */
import type { StoredRecords } from '../record.js';
import type { Header } from './record-layout.js';

/** Stored records, with all that a record's header says. */
export interface ListedRecords extends StoredRecords {
  /** How many there are with those that have expired. */
  readonly stored: number;
  /** Undefined where there is no such key any more. Throws `damaged`. */
  header(position: number): Header | undefined;
}
