/** The keys that a person presses, one by one, and the size of the screen they look at. */
import { EventEmitter } from 'node:events';
import { emitKeypressEvents, type Interface } from 'node:readline';
import { unlessAborted } from './pump.js';
import { RawInput } from './raw-input.js';
import { stopUntilContinued } from './suspension.js';

/** A key, or what else a line editor has to know. */
export type KeyEvent =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'resize' }
  /** What was typed or pasted is not UTF-8; it is left out. */
  | { readonly kind: 'damaged' }
  /** Somebody asks the process to stop, as Ctrl-Z does: `suspend` does it. */
  | { readonly kind: 'stop' }
  /** The process was stopped all the same, and goes on: whatever stood on the screen may be gone. */
  | { readonly kind: 'continued' };

export interface Key {
  /** What it types; empty for a key that types nothing. */
  readonly text: string;
  /** `return`, `up`, `a`, …; empty where it has none. `paste-start` and `paste-end` frame a paste. */
  readonly name: string;
  readonly ctrl: boolean;
  /** With Alt, or after Escape. */
  readonly meta: boolean;
}

export interface Keyboard {
  readonly columns: number;
  readonly rows: number;
  /** Whether events have come that nobody has taken. */
  readonly isPending: boolean;
  /** Waits until an event has come that nobody has taken, or for so many milliseconds. */
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
  /** Gives the terminal back as it was, for other programs and questions. Idempotent. */
  release(): void;
  /** Stops the process, as Ctrl-Z does elsewhere, until somebody has it go on. */
  suspend(): Promise<void>;
}

/** How long an Escape may stand alone before it is a key and no sequence, in milliseconds. */
const ESCAPE_MILLISECONDS = 50;

/** Has the terminal say where a paste begins and ends. */
const pasteOn = '\x1b[?2004h';
const pasteOff = '\x1b[?2004l';

/** The keyboard at stdin and the screen at stdout, which must be terminals. */
export function openKeyboard(): Keyboard {
  const { stdout } = process;
  const events: KeyEvent[] = [];
  let wake = () => {};
  let isTaken = false;

  const enter = (event: KeyEvent) => {
    events.push(event);
    wake();
  };
  // What Node reads keys from. All that it takes of the interface is this number.
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
    // The shell may have set the terminal as it likes it.
    if (event.kind === 'continued') stdout.write(pasteOn);
    if (event.kind === 'bytes') typed.emit('data', event.bytes);
    else enter(event);
  });
  // A terminal that is gone is told of by its keys.
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
    // A terminal of unknown size says 0.
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

/** A key as Node describes it. */
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
