/** The other processes of this one's group: a terminal sends all of them the signals of its keys. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** How long they may take to stop, in milliseconds: some program may not listen to Ctrl-Z. */
const STOP_LIMIT_MILLISECONDS = 1000;

/** How often they are looked at, in milliseconds. */
const PAUSE_MILLISECONDS = 5;

/**
 * Resolves when all of them have stopped or ended, or the limit has passed; at once where the system
 * does not show them (no /proc). A pager that leaves the screen once its shell has it again would
 * take the shell's prompt along.
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

/** The ids of all processes but this one. */
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

/** Undefined where the process has ended, or is not shown. */
function statusOf(id: string): Status | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'latin1');
    // The second field is the program's name in parentheses, and may hold spaces of its own.
    const [state = '', , group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { group: Number(group), runs: !'TtZX'.includes(state) };
  } catch {
    return undefined;
  }
}
