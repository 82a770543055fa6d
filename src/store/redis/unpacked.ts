/**
 * A folder below `$TMPDIR` in which a backup is unpacked. It goes with the work; one whose process was killed is
 * removed by the next process that makes one.
 */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, type Owner, thisProcess } from '../lmdb/process-identity.js';
import type { Milliseconds } from '../record.js';

const PREFIX = 'kv-restoring-';
const OWNER_FILE = 'owner.json';

/** A folder this old without an owner belongs to a process that was killed as it made it. */
const MAKING_LIMIT_MS: Milliseconds = 60 * 60 * 1000;

/** Calls `work` with an empty folder. Rejects as that does, and with errors of the system. */
export async function unpacked<T>(work: (folder: string) => Promise<T>): Promise<T> {
  removeRemains();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  try {
    writeFileSync(join(folder, OWNER_FILE), JSON.stringify(thisProcess()));
    const store = join(folder, 'store');
    mkdirSync(store, { mode: 0o700 });
    return await work(store);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What cannot be read or removed stays: it is in nobody's way. */
function removeRemains(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    try {
      if (isLeft(folder)) rmSync(folder, { recursive: true, force: true });
    } catch {}
  }
}

/** Others' folders, and what is no folder, are not touched. */
function isLeft(folder: string): boolean {
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
  const owner = ownerOf(folder);
  return owner ? !isAlive(owner) : Date.now() - found.mtimeMs > MAKING_LIMIT_MS;
}

function ownerOf(folder: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}
