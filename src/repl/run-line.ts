/** Runs a line: its verb, repeatedly if wanted, with its input and output. */
import type { Context, Step } from '../context.js';
import { asKvError } from '../errors.js';
import { outputThrough } from '../terminal/output-through.js';
import { PagedOutput } from '../terminal/paged-output.js';
import { openCommand } from '../terminal/shell-command.js';
import { stoppable } from '../terminal/stoppable-output.js';
import type { Input, Output, Terminal } from '../terminal/terminal.js';
import { typedInput } from '../terminal/typed-input.js';
import type { Destination, LinePlan } from './line-plan.js';

export interface LineOptions {
  /** Aborted where the line has to end. */
  readonly signal: AbortSignal;
  /** The height of the screen. */
  readonly rows: number;
  /** The environment of programs that the line starts. */
  readonly env: NodeJS.ProcessEnv;
}

/** Where a verb's output goes. */
interface Target {
  readonly output: Output;
  /** Whether its reader may go before the end, which is not an error. */
  readonly isPipe: boolean;
  /** To be called when everything has been written. */
  finish(): Promise<void>;
  /** To be called if the verb failed. */
  abandon(): Promise<void>;
}

/**
 * Returns how long the verb took, in milliseconds. Throws what opening and the verb throw, and the
 * signal's reason.
 */
export async function runLine(
  { terminal, keyvalue }: Context,
  plan: LinePlan,
  step: Step,
  { signal, rows, env }: LineOptions,
): Promise<number> {
  const screen = new PagedOutput(terminal.stdout, rows, env);
  const stdin = await inputOf(plan.input, terminal);
  const target = await openTarget(plan.output, terminal, screen, env);
  const began = performance.now();
  let ended = began;
  try {
    const own = terminalOf(terminal, stdin, stoppable(target.output, signal), screen, signal);
    for (let time = 0; time < plan.times; time++) {
      signal.throwIfAborted();
      // Awaited here, so that Ctrl-C is heard; within a transaction there is nothing to wait for.
      if (step.writes) await keyvalue.transactions.writersDone(signal);
      await step.run(own);
    }
    ended = performance.now();
    await target.finish();
  } catch (thrown) {
    await target.abandon();
    if (!target.isPipe || asKvError(thrown).code !== 'broken-pipe') throw thrown;
    ended = performance.now();
  }
  return ended - began;
}

async function inputOf(path: string | undefined, terminal: Terminal): Promise<Input> {
  return path === undefined ? typedInput() : terminal.openInput(path);
}

async function openTarget(
  destination: Destination | undefined,
  terminal: Terminal,
  screen: PagedOutput,
  env: NodeJS.ProcessEnv,
): Promise<Target> {
  switch (destination?.kind) {
    case undefined: {
      const end = () => screen.end();
      return { output: screen, isPipe: true, finish: end, abandon: end };
    }
    case 'pipe': {
      const command = await openCommand(destination.command, { env });
      const end = async () => void (await command.end());
      return { output: command, isPipe: true, finish: end, abandon: end };
    }
    case 'file':
    case 'append': {
      const { kind, path } = destination;
      const file = await (kind === 'file'
        ? terminal.openOutput(path, screen)
        : terminal.openAppend(path, screen));
      return {
        output: file,
        isPipe: false,
        async finish() {
          try {
            await file.commit();
          } finally {
            await file.abandon();
          }
        },
        abandon: () => file.abandon(),
      };
    }
    default:
      return destination satisfies never;
  }
}

/** The terminal for the verb: remarks are printed after the output so far. */
function terminalOf(
  terminal: Terminal,
  stdin: Input,
  stdout: Output,
  screen: PagedOutput,
  signal: AbortSignal,
): Terminal {
  const { stderr } = terminal;
  const after =
    <P extends unknown[], R>(say: (...words: P) => Promise<R>) =>
    async (...words: P): Promise<R> => {
      await screen.flush();
      return say(...words);
    };
  return {
    stdin,
    stdout,
    stderr: outputThrough(stderr, after(stderr.write)),
    canAsk: terminal.canAsk,
    note: after((text) => terminal.note(text)),
    progress: after((total, unit) => terminal.progress(total, unit)),
    confirm: after((question) => terminal.confirm(question, signal)),
    ask: after((question) => terminal.ask(question, signal)),
    choose: after((question, choices, first) => terminal.choose(question, choices, first, signal)),
    openOutput: (path, output = stdout) => terminal.openOutput(path, output),
    openAppend: (path, output = stdout, anew) => terminal.openAppend(path, output, anew),
    openInput: (path, own = stdin) => terminal.openInput(path, own),
  };
}
