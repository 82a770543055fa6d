/** The interfaces of wasi:cli: the guest's arguments, environment and three streams. */
import { InputStream, type Source } from '../io/input-stream.js';
import { OutputStream, type Sink } from '../io/output-stream.js';

/** The guest's standard streams. A guest may drop each and get it again, so none has a `close`. */
export interface StandardEnds {
  readonly stdin: Omit<Source, 'close'>;
  readonly stdout: Omit<Sink, 'close'>;
  readonly stderr: Omit<Sink, 'close'>;
  /** Waits until everything written has been handed on, or its reader has gone. */
  drain(): void;
  /** Which of them are terminals. */
  readonly isTerminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
}

/** Thrown by `exit`; the guest cannot catch it. */
export class Exit {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** `variant result` without payloads, as an argument. */
interface Result {
  readonly tag: 'ok' | 'err';
}

/** `resource terminal-input` and `terminal-output`, which have no functions. */
class TerminalInput {}
class TerminalOutput {}

/**
 * The interfaces by name. `words` are the guest's arguments, its own name first; `env` its
 * variables.
 */
export function wasiCli(
  words: readonly string[],
  env: readonly (readonly [name: string, value: string])[],
  ends: StandardEnds,
) {
  const terminalOutput = (isTerminal: boolean) => (isTerminal ? new TerminalOutput() : undefined);
  return {
    'wasi:cli/environment': {
      getEnvironment: (): [string, string][] => env.map(([name, value]) => [name, value]),
      getArguments: () => [...words],
      initialCwd: () => undefined,
    },
    'wasi:cli/exit': {
      exit(status: Result): never {
        throw new Exit(status.tag === 'ok' ? 0 : 1);
      },
      exitWithCode(status: number): never {
        throw new Exit(status);
      },
    },
    'wasi:cli/stdin': { getStdin: () => new InputStream(ends.stdin) },
    'wasi:cli/stdout': { getStdout: () => new OutputStream(ends.stdout) },
    'wasi:cli/stderr': { getStderr: () => new OutputStream(ends.stderr) },
    'wasi:cli/terminal-input': { TerminalInput },
    'wasi:cli/terminal-output': { TerminalOutput },
    'wasi:cli/terminal-stdin': {
      getTerminalStdin: () => (ends.isTerminal.stdin ? new TerminalInput() : undefined),
    },
    'wasi:cli/terminal-stdout': {
      getTerminalStdout: () => terminalOutput(ends.isTerminal.stdout),
    },
    'wasi:cli/terminal-stderr': {
      getTerminalStderr: () => terminalOutput(ends.isTerminal.stderr),
    },
  };
}
