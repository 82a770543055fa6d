/** The records of a listing, as this room uses them. */
import type { StoredRecords } from '../record.js';
import type { Header } from './record-layout.js';

/** Stored records, with all fields of a record's header. */
export interface ListedRecords extends StoredRecords {
  /** The number of records, expired ones included. */
  readonly stored: number;
  /** Undefined if the key has been deleted. Throws `damaged`. */
  header(position: number): Header | undefined;
}
