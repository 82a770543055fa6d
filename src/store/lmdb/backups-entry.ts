/** The entry of the main tree for the backups that a store knows: see `noteBackup`. */

/** The identities, in hexadecimal. */
export interface BackupsEntry {
  /** The store's; copies of its file and restored stores have the same. */
  readonly store: string;
  /** The store's last backups, the newest last. */
  readonly backups: readonly string[];
}

/** Bytes of an identity. */
export const IDENTITY_BYTES = 16;

/**
 * The number of backups that a store knows, besides the one being made: the entry shares a page
 * with others.
 */
export const KNOWN_BACKUPS = 64;

export function encodeBackups({ store, backups }: BackupsEntry): Buffer {
  return Buffer.from(store + backups.slice(-KNOWN_BACKUPS - 1).join(''), 'hex');
}

/** Undefined for bytes that are not such an entry. */
export function decodeBackups(bytes: Buffer): BackupsEntry | undefined {
  if (bytes.length === 0 || bytes.length % IDENTITY_BYTES !== 0) return undefined;
  const [store, ...backups] = Array.from({ length: bytes.length / IDENTITY_BYTES }, (_, at) =>
    bytes.toString('hex', at * IDENTITY_BYTES, (at + 1) * IDENTITY_BYTES),
  );
  return { store: store!, backups };
}
