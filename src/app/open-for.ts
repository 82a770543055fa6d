/** Opens the store in the mode that a command needs. */
import { writeSync } from 'node:fs';
import type { Access } from '../command.js';
import type { Settings } from '../context.js';
import { KvError } from '../errors.js';
import type { Patience } from '../store/patience.js';
import type { Mode, Store } from '../store/store.js';
import { fittedMessage } from '../terminal/fitted-message.js';
import { visibleMessage } from '../terminal/visible.js';
import { endingAtSignals } from './signals.js';
import type { Surroundings } from './surroundings.js';

/** What a command does with the store. */
export type StoreAccess = Exclude<Access, 'none'>;

/** The descriptor of stderr. */
const STDERR = 2;

/**
 * The store, or undefined where there is none and an empty one would read the same. Throws what
 * opening throws, and `no-store`.
 */
export async function openFor(
  access: StoreAccess,
  surroundings: Surroundings,
  mode = modeOf(access, surroundings.settings),
): Promise<Store | undefined> {
  const { settings, terminal } = surroundings;
  const { store: path } = settings;
  if (path === '') {
    throw new KvError('no-store', 'cannot choose a store: there is no home folder to have it in', {
      hint: 'try: --store PATH, or the environment variable KV_STORE',
    });
  }
  const { openStore } = await import('../store/open.js');
  const remarks: string[] = [];
  const store = await openStore(path, mode, {
    ...patienceOf(surroundings),
    remark: (words) => remarks.push(words),
  });
  // Also without a terminal: scripts are the most likely to make stores in a bad place.
  for (const words of settings.quiet ? [] : remarks) {
    await terminal.stderr.write(`${visibleMessage(words)}\n`);
  }
  if (store !== undefined || readsAsEmpty(access, settings)) return store;
  throw new KvError('no-store', `cannot open store "${path}": there is none yet`, {
    hint: 'the first write makes it: kv set KEY VALUE',
  });
}

/** How long to wait for other processes, and what to say meanwhile. */
export function patienceOf({ settings, terminal, idIsTaken }: Surroundings): Patience {
  const { wait, quiet } = settings;
  const { stderr } = terminal;
  return {
    idIsTaken,
    limit: wait,
    whileBlocked: endingAtSignals,
    waiting(other) {
      if (quiet || !stderr.isTerminal) return;
      const words = visibleMessage(`waiting for ${other}…`);
      try {
        // The event loop may be blocked, so this is written synchronously.
        writeSync(STDERR, `${fittedMessage(words, stderr)}\n`);
      } catch {
        // A terminal that accepts nothing just now does not stop the wait.
      }
    },
  };
}

/** Whether a missing store may be read as an empty one. */
function readsAsEmpty(access: StoreAccess, { isStoreNamed }: Settings): boolean {
  switch (access) {
    case 'read':
    case 'change':
      return !isStoreNamed;
    case 'rehearse':
    case 'each':
      return true;
    case 'inspect':
    case 'write':
    case 'revise':
      return false;
    default:
      return access satisfies never;
  }
}

export function modeOf(access: StoreAccess, { readOnly, isStoreNamed }: Settings): Mode {
  if (readOnly) return 'read';
  switch (access) {
    case 'read':
    case 'inspect':
    case 'rehearse':
      return 'read';
    case 'change':
    case 'each':
      return 'change';
    case 'write':
      return 'write';
    case 'revise':
      return isStoreNamed ? 'change' : 'write';
    default:
      return access satisfies never;
  }
}
