/** The entry of the main tree that says which backups of its own a store knows: see `noteBackup`. */

/** What a store knows of its backups; identities are in hexadecimal. */
export interface BackupsEntry {
  /** The store's own, which copies of its file and what is restored of its backups have as well. */
  readonly store: string;
  /** Those of its last backups, the newest one last. */
  readonly backups: readonly string[];
}

/** Bytes of an identity. */
export const IDENTITY_BYTES = 16;

/**
 * How many backups a store knows, beside the one in the making: the entry has to fit on a page with others.
 */
export const KNOWN_BACKUPS = 64;

export function encodeBackups({ store, backups }: BackupsEntry): Buffer {
  return Buffer.from(store + backups.slice(-KNOWN_BACKUPS - 1).join(''), 'hex');
}

/** Undefined for bytes that are no such entry. */
export function decodeBackups(bytes: Buffer): BackupsEntry | undefined {
  if (bytes.length === 0 || bytes.length % IDENTITY_BYTES !== 0) return undefined;
  const [store, ...backups] = Array.from({ length: bytes.length / IDENTITY_BYTES }, (_, at) =>
    bytes.toString('hex', at * IDENTITY_BYTES, (at + 1) * IDENTITY_BYTES),
  );
  return { store: store!, backups };
}
