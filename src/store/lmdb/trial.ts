/**
 * A file system may lack the locks or the shared maps that LMDB needs, as some network file systems
 * and FUSE do. If LMDB is refused them at opening, lmdb (3.5.6, in EnvWrap::openEnv) frees its
 * memory twice, and the process dies. So on a file system that is not known to have them, another
 * process first tries to open the store. That takes as long as starting Node, so a success is noted
 * in the lock file, for the same system, device and boot.
 */
import { readFileSync, statfsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { KvError } from '../../errors.js';
import type { LockFile } from './lock-file.js';
import { nativeAddonFile, READ_ONLY } from './native-addon.js';

/** File systems of Linux that have everything LMDB needs, by their numbers in statfs(2). */
const known: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x3153464a, // JFS
  0x52654973, // ReiserFS
  0x3434, // NILFS
  0x73717368, // SquashFS
  0xe0f5e1e2, // EROFS
]);

/** How a process ends whose memory lmdb has corrupted. */
const spoilt: readonly unknown[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGTRAP'];

const requireHere = createRequire(import.meta.url);

/**
 * The program of the other process. Errors that LMDB reports without harm are left to the real
 * opening.
 */
const PROGRAM = `
  const [file, flags, options] = JSON.parse(process.argv[1]);
  const { Env, getEnvsPointer } = require(file);
  // It sets up what close() needs.
  getEnvsPointer();
  const environment = new Env();
  environment.open({ ...options, keyBytes: Buffer.alloc(4096) }, flags, 0);
  environment.close();`;

/** Devices that this process has tried. */
const tried = new Set<bigint>();

interface TrialOptions {
  readonly readOnly: boolean;
  readonly mapSize: number;
  readonly permissionsMode: number;
}

/**
 * To be called before LMDB opens the folder `path`. Throws `io` if that would end the process; the
 * message names `madeFor`, for which the folder may be made.
 */
export function tryOpening(
  path: string,
  madeFor: string,
  options: TrialOptions,
  lockFile: LockFile,
): void {
  if (process.platform !== 'linux' || !isDoubtful(path)) return;
  const { dev } = statSync(path, { bigint: true });
  const note = noteOf(dev);
  if (lockFile.hasNote(note)) return;
  const file = nativeAddonFile();
  if (file === undefined) return;
  if (!tried.has(dev) && spoilt.includes(runTrial(file, path, options))) throw lacks(madeFor);
  tried.add(dev);
  lockFile.note(note);
}

/** The error for a file system that lacks something. */
export function lacks(path: string, cause?: unknown): KvError {
  const state =
    'the file system, or the system, lacks the shared maps or the locks that LMDB needs';
  return new KvError('io', `cannot open store "${path}": ${state}`, {
    hint: 'keep the store on a local disk: --store PATH, or KV_STORE',
    cause,
  });
}

function isDoubtful(path: string): boolean {
  try {
    // Some numbers have their highest bit set, and are negative on 32-bit systems.
    return !known.has(statfsSync(path).type >>> 0);
  } catch {
    return false;
  }
}

/** The signal that ended the other process. */
function runTrial(file: string, path: string, options: TrialOptions): NodeJS.Signals | null {
  const { readOnly, mapSize, permissionsMode } = options;
  const given = [file, readOnly ? READ_ONLY : 0, { path, mapSize, permissionsMode, maxDbs: 1 }];
  const words = ['-e', PROGRAM, JSON.stringify(given)];
  // Without a core dump.
  const program = ['-c', 'ulimit -c 0; exec "$0" "$@"', process.execPath, ...words];
  const env = { ...process.env, NODE_OPTIONS: '' };
  // Loaded here, since it brings the network and streams with it: 5 ms of each start.
  const { spawnSync } = requireHere('node:child_process') as typeof import('node:child_process');
  return spawnSync('/bin/sh', program, { stdio: 'ignore', env }).signal;
}

/** Bytes that differ for another device, system, or boot. */
function noteOf(device: bigint): Buffer {
  const note = Buffer.alloc(16);
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').replaceAll('-', '');
    note.write(id, 0, 8, 'hex');
  } catch {
    // Then a note from before the last boot counts as well.
  }
  note.writeBigUInt64LE(device, 8);
  return note;
}
