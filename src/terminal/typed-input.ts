/** Input that a person types for a verb at the prompt, up to Ctrl-D. */
import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { ioError } from '../errors.js';
import { readStream } from './byte-pieces.js';
import type { Input } from './terminal.js';

/** The terminal on a separate descriptor, so that the prompt's stays open after Ctrl-D. */
export function typedInput(): Input {
  return { kind: 'terminal', chunks: () => readStream(openTerminal(), ACTION) };
}

const ACTION = 'read the terminal';

function openTerminal(): ReadStream {
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch (cause) {
    throw ioError(ACTION, cause);
  }
}
