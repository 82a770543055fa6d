/** The keys that a person presses, one by one, and the size of the screen. */
import { EventEmitter } from 'node:events';
import { emitKeypressEvents, type Interface } from 'node:readline';
import { unlessAborted } from './pump.js';
import { RawInput } from './raw-input.js';
import { stopUntilContinued } from './suspension.js';

/** A key, or another event for a line editor. */
export type KeyEvent =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'resize' }
  /** Typed or pasted bytes that are not UTF-8; they are left out. */
  | { readonly kind: 'damaged' }
  /** A request to stop the process, as by Ctrl-Z; `suspend` stops it. */
  | { readonly kind: 'stop' }
  /** The process was stopped nevertheless, and continues: the screen may have changed. */
  | { readonly kind: 'continued' };

export interface Key {
  /** The character; empty for a key without one. */
  readonly text: string;
  /**
   * `return`, `up`, `a`, …; empty if it has none. `paste-start` and `paste-end` enclose a paste.
   */
  readonly name: string;
  readonly ctrl: boolean;
  /** With Alt, or after Escape. */
  readonly meta: boolean;
}

export interface Keyboard {
  readonly columns: number;
  readonly rows: number;
  /** Whether there are events that nobody has taken. */
  readonly isPending: boolean;
  /** Waits until there is an event that nobody has taken, at most `milliseconds`. */
  rest(milliseconds: number): Promise<void>;
  /** The next event. Rejects with the signal's reason. */
  next(signal: AbortSignal): Promise<KeyEvent>;
  /**
   * Whether Ctrl-C has been pressed and nobody has taken it. It is taken, with all that was typed before
   * it.
   */
  takeInterrupt(): boolean;
  /** Takes the terminal: keys come one by one, without an echo, and Ctrl-C is a key. */
  take(): void;
  /** Restores the terminal, for other programs and questions. Idempotent. */
  release(): void;
  /** Stops the process, as Ctrl-Z usually does, until it is continued. */
  suspend(): Promise<void>;
}

/**
 * How long an Escape may stand alone before it counts as a key and not the beginning of a sequence,
 * in milliseconds.
 */
const ESCAPE_MILLISECONDS = 50;

/**
 * The keyboard at stdin and the screen at stdout, which must be terminals. `marksPastes` asks the terminal to
 * say where a paste begins and ends.
 */
export function openKeyboard({ marksPastes }: { readonly marksPastes: boolean }): Keyboard {
  const [pasteOn, pasteOff] = marksPastes ? ['\x1b[?2004h', '\x1b[?2004l'] : ['', ''];
  const { stdout } = process;
  const events: KeyEvent[] = [];
  let wake = () => {};
  let isTaken = false;

  const enter = (event: KeyEvent) => {
    events.push(event);
    wake();
  };
  // Node reads keys from this, and uses only this number of its interface.
  const typed = new EventEmitter();
  emitKeypressEvents(
    typed as NodeJS.ReadableStream,
    {
      escapeCodeTimeout: ESCAPE_MILLISECONDS,
    } as unknown as Interface,
  );
  typed.on('keypress', (text: string | undefined, key: NodeKey) =>
    enter({ kind: 'key', key: keyOf(text, key) }),
  );
  const input = new RawInput((event) => {
    // The shell may have changed the terminal's modes.
    if (event.kind === 'continued') stdout.write(pasteOn);
    if (event.kind === 'bytes') typed.emit('data', event.bytes);
    else enter(event);
  });
  // A lost terminal is reported by its keys.
  stdout.on('error', () => {});
  const onResize = () => enter({ kind: 'resize' });

  const take = () => {
    if (isTaken) return;
    isTaken = true;
    stdout.on('resize', onResize);
    input.take();
    stdout.write(pasteOn);
  };
  const release = () => {
    if (!isTaken) return;
    isTaken = false;
    stdout.write(pasteOff);
    stdout.off('resize', onResize);
    input.release();
  };

  return {
    // A terminal of unknown size reports 0.
    get columns() {
      return stdout.columns || 80;
    },
    get rows() {
      return stdout.rows || 24;
    },
    get isPending() {
      return events.length > 0;
    },
    async rest(milliseconds) {
      if (events.length > 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    async next(signal) {
      while (events.length === 0) {
        const coming = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await unlessAborted(coming, signal);
      }
      return events.shift()!;
    },
    takeInterrupt() {
      const at = events.findLastIndex((event) => event.kind === 'key' && isCtrlC(event.key));
      events.splice(0, at + 1);
      return at >= 0;
    },
    take,
    release,
    async suspend() {
      release();
      await stopUntilContinued();
      take();
    },
  };
}

function isCtrlC({ ctrl, name }: Key): boolean {
  return ctrl && name === 'c';
}

/** A key in Node's form. */
interface NodeKey {
  readonly sequence?: string;
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

function keyOf(text: string | undefined, { name = '', ctrl = false, meta = false }: NodeKey): Key {
  const types = text !== undefined && !ctrl && !meta && !/^[\0-\x1f\x7f]/.test(text);
  return { text: types ? text : '', name, ctrl, meta };
}
