/**
 * The other processes of this one's group, which get the signals of the terminal's keys as well.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** How long they may take to stop, in milliseconds: a program may ignore Ctrl-Z. */
const STOP_LIMIT_MILLISECONDS = 1000;

/** Milliseconds between two looks. */
const PAUSE_MILLISECONDS = 5;

/**
 * Resolves when all of them have stopped or ended, or the limit has passed; at once if the system
 * does not show them (no /proc). A pager that leaves the screen after the shell has it again would
 * erase the shell's prompt.
 */
export async function othersStopped(): Promise<void> {
  const group = statusOf('self')?.group;
  const end = performance.now() + STOP_LIMIT_MILLISECONDS;
  let running = processes().filter((id) => statusOf(id)?.group === group);
  for (;;) {
    running = running.filter((id) => statusOf(id)?.runs);
    if (running.length === 0 || performance.now() >= end) return;
    await setTimeout(PAUSE_MILLISECONDS);
  }
}

/** The ids of all other processes. */
function processes(): string[] {
  try {
    const names = readdirSync('/proc');
    return names.filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  } catch {
    return [];
  }
}

interface Status {
  readonly group: number;
  readonly runs: boolean;
}

/** Undefined if the process has ended, or is not shown. */
function statusOf(id: string): Status | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'latin1');
    // The second field is the program's name in parentheses, which may contain spaces.
    const [state = '', , group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { group: Number(group), runs: !'TtZX'.includes(state) };
  } catch {
    return undefined;
  }
}
