/**
 * Compiled code, kept in a file between starts.
 *
 * V8 trusts the code it is given: it checks its own version and flags, the source's length and the
 * code's length, and a single flipped bit can end the process. Whoever can write the file can run
 * code as this user. So a file is used only if nobody else can have written it, if it names what it
 * belongs to, and if it contains the code twice, equal both times: comparing takes 0.1 ms, loading
 * a checksum of Node's 2 to 7.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
} from 'node:fs';

export interface CodeFile {
  /** The verbs whose code it contains; with an exit status that is an answer other than 0. */
  readonly verbs: readonly string[];
  readonly code: Buffer;
}

/** The content of a file, or why it is not used. Never throws. */
export type Found = CodeFile | { readonly reason: string };

/** The first line of a file, padded with spaces. */
interface Head {
  readonly key: string;
  readonly verbs: readonly string[];
  /** The length of the code, which follows twice. */
  readonly bytes: number;
}

/** The code begins at a multiple of this, in bytes: V8 copies unaligned code. */
const ALIGNMENT = 8;

/** A larger file, in bytes, is not read. */
const LIMIT_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

/** The code that was kept under `key` in a file of `folder`. */
export function readCode(folder: string, file: string, key: string): Found {
  let descriptor: number | undefined;
  try {
    const fault = faultOf(lstatSync(folder), 'folder');
    if (fault !== undefined) return { reason: `${folder} ${fault}` };
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    const state = faultOf(stats, 'file');
    if (state !== undefined) return { reason: `${file} ${state}` };
    const bytes = Buffer.allocUnsafeSlow(stats.size);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return contentOf(bytes.subarray(0, length), key) ?? { reason: `${file} is not of this kv` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { reason: code === 'ENOENT' ? 'nothing is kept yet' : `${file}: ${code}` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The bytes of a file with `code` under `key`. */
export function codeFileOf(key: string, { verbs, code }: CodeFile): Buffer {
  const head = JSON.stringify({ key, verbs, bytes: code.length });
  const length = Math.ceil((Buffer.byteLength(head) + 1) / ALIGNMENT) * ALIGNMENT;
  const padding = ' '.repeat(length - Buffer.byteLength(head) - 1);
  return Buffer.concat([Buffer.from(`${head}${padding}\n`), code, code]);
}

/** Why the file or folder cannot be trusted; undefined if it can. */
export function faultOf(stats: Stats, kind: 'folder' | 'file'): string | undefined {
  if (!(kind === 'folder' ? stats.isDirectory() : stats.isFile())) return `is no ${kind}`;
  if (stats.uid !== process.geteuid?.()) return "is another user's";
  if ((stats.mode & OTHERS_WRITE) !== 0) return 'can be written by others';
  if (stats.size > LIMIT_BYTES) return 'is too large';
  return undefined;
}

/** The permission to write for the group and all others. */
const OTHERS_WRITE = 0o022;

/** Undefined for a file with another key, or one that is cut off or damaged. */
function contentOf(bytes: Buffer, key: string): CodeFile | undefined {
  const start = bytes.indexOf(NEWLINE) + 1;
  const length = (bytes.length - start) / 2;
  if (start === 0 || length === 0 || !Number.isInteger(length)) return undefined;
  const code = bytes.subarray(start, start + length);
  if (!code.equals(bytes.subarray(start + length))) return undefined;
  const head = headOf(bytes.toString('utf8', 0, start));
  return head?.key === key && head.bytes === length ? { verbs: head.verbs, code } : undefined;
}

function headOf(text: string): Head | undefined {
  try {
    return JSON.parse(text) as Head;
  } catch {
    return undefined;
  }
}
