/**
 * The terminal over the process's own streams.
 *
 * It is opened by every run, so it loads next to nothing: colour, prompts and Node's streams come
 * when they are used.
 */
import { KvError } from '../errors.js';
import './descriptors-at-start.js';
import { openInput } from './file-input.js';
import { openAppend, openOutput } from './file-output.js';
import { fittedMessage } from './fitted-message.js';
import { processInput } from './process-input.js';
import { type ColorOptions, processOutput } from './process-output.js';
import { noProgress, progressBar } from './progress.js';
import type { Terminal } from './terminal.js';
import { visibleMessage } from './visible.js';

export interface TerminalOptions extends ColorOptions {
  /** Whether remarks are suppressed. */
  readonly quiet: boolean;
  /** False: never ask. */
  readonly input: boolean;
}

export async function openTerminal(options: TerminalOptions): Promise<Terminal> {
  const stdin = await processInput();
  const stdout = await processOutput('stdout', options);
  const stderr = await processOutput('stderr', options);
  const areTerminals = [stdin.kind === 'terminal', stdout.isTerminal, stderr.isTerminal];
  const terminals = [0, 1, 2].filter((descriptor) => areTerminals[descriptor]);
  if (terminals.length > 0) await endByHangup(terminals);
  const canAsk = options.input && stdin.kind === 'terminal' && stderr.isTerminal;

  return {
    stdin,
    stdout,
    stderr,
    canAsk,
    async note(text) {
      if (!stderr.isTerminal || options.quiet) return;
      await stderr.write(`${fittedMessage(visibleMessage(text), stderr)}\n`);
    },
    async progress(total, unit) {
      const shows = stderr.isTerminal && !stderr.isDumb && !options.quiet;
      return shows ? progressBar(total, unit) : noProgress;
    },
    async confirm(question, signal) {
      if (!canAsk) throw nobodyToAsk();
      const { confirm } = await import('./prompts.js');
      return confirm(visibleMessage(question), stderr, signal);
    },
    async ask(question, signal) {
      if (!canAsk) throw nobodyToAsk();
      const { ask } = await import('./prompts.js');
      return ask(visibleMessage(question), stderr, signal);
    },
    async choose(question, choices, first, signal) {
      if (!canAsk) throw nobodyToAsk();
      const { choose } = await import('./prompts.js');
      return choose(visibleMessage(question), choices, first, stderr, signal);
    },
    openOutput: (path, output = stdout) => openOutput(path, output),
    openAppend: (path, output = stdout, anew) => openAppend(path, output, anew),
    openInput: (path, own = stdin) => openInput(path, own),
  };
}

/**
 * Node aborts at its end if it cannot restore a terminal because the terminal has gone; then the
 * process ends by the signal that the system sends in this case.
 */
async function endByHangup(terminals: readonly number[]): Promise<void> {
  const { isatty } = await import('node:tty');
  process.on('exit', () => {
    if (terminals.every(isatty)) return;
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}

function nobodyToAsk(): KvError {
  return new KvError('not-confirmed', 'cannot ask: stdin and stderr are not both a terminal');
}
