/**
 * The owner of an upload, recorded so that another process can tell whether the owner still lives.
 * A process id alone is not enough: ids are reused, and mean nothing in another container.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

/** An owner that cannot be seen from here is taken for dead after this long without a sign. */
const SILENCE_LIMIT_MILLISECONDS = 24 * 60 * 60 * 1000;

/** The unit in which Linux reports the start of a process. */
const TICKS_PER_SECOND = 100;

export interface Owner {
  readonly pid: number;
  /** When the process started, in the kernel's ticks since boot; empty if unknown. */
  readonly started: string;
  /** The boot of the machine; empty if unknown. */
  readonly boot: string;
  /** The namespace of the process id; empty if there are none. */
  readonly namespace: string;
  /** The owner's last sign of life, in milliseconds since the epoch. */
  readonly seen: number;
}

/** This process, now. */
export function thisProcess(): Owner {
  identity ??= {
    pid: process.pid,
    started: startOf(process.pid) ?? '',
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()) ?? '',
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '',
  };
  return { ...identity, seen: Date.now() };
}

export function isThisProcess({ seen: _, ...owner }: Owner): boolean {
  const { seen, ...here } = thisProcess();
  return isDeepStrictEqual(owner, here);
}

/** False only if the owner is known to have ended, or has been silent too long. */
export function isAlive(owner: Owner): boolean {
  const here = thisProcess();
  if (owner.boot !== here.boot) return false;
  if (owner.namespace !== here.namespace) {
    return here.seen - owner.seen < SILENCE_LIMIT_MILLISECONDS;
  }
  if (owner.started !== '') return startOf(owner.pid) === owner.started;
  return exists(owner.pid);
}

/** How long a process has been running, in ms; undefined if it has ended, or that is unknown. */
export function ageOf(pid: number): number | undefined {
  const ticks = Number(startOf(pid) ?? Number.NaN);
  const uptime = attempt(() => readFileSync('/proc/uptime', 'latin1'));
  const age = Number.parseFloat(uptime ?? '') * 1000 - (ticks * 1000) / TICKS_PER_SECOND;
  return Number.isNaN(age) ? undefined : Math.max(0, age);
}

/** False if no process has that id here. */
export function isRunning(pid: number): boolean {
  return exists(pid);
}

// A process's identity does not change while it runs: the one thing kept between calls.
let identity: Omit<Owner, 'seen'> | undefined;

/** Field 22 of /proc/PID/stat, or undefined if there is no such process, or no /proc. */
function startOf(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The second field is the program's name in parentheses, which may contain spaces.
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const ended = state === 'Z' || state === 'X';
  return ended ? undefined : fields[18];
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
