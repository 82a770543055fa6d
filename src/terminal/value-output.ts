/** Writing a value: as it is, in a form that was asked for, or on a terminal as a person reads it. */
import { hexDump } from './hex-dump.js';
import { isText } from './is-text.js';
import { unlessAborted } from './pump.js';
import { type Rendering, renderings } from './renderings.js';
import type { Output } from './terminal.js';

/** Bytes of a binary value that a terminal shows. */
const DUMP_BYTES = 256;

/**
 * Writes a value's pieces. Without a form, a terminal gets text with its control characters made
 * visible, or the head of a hex dump: then it returns false, since that is not the whole value.
 * Throws as `Output.write` does, and the signal's reason.
 */
export async function writeValue(
  output: Output,
  pieces: Iterable<Uint8Array>,
  form?: Rendering,
  signal?: AbortSignal,
): Promise<boolean> {
  if (form === undefined && output.isTerminal) return show(output, pieces);
  for (const piece of renderings[form ?? 'raw'](pieces)) {
    if (piece.length === 0) continue;
    const writing = output.write(piece);
    await (signal ? unlessAborted(writing, signal) : writing);
  }
  if (output.isTerminal && form !== 'raw') await output.write('\n');
  return true;
}

async function show(output: Output, pieces: Iterable<Uint8Array>): Promise<boolean> {
  const iterator = pieces[Symbol.iterator]();
  const first: Uint8Array = iterator.next().value ?? new Uint8Array(0);
  if (!isText(first)) {
    await output.write(hexDump(first.subarray(0, DUMP_BYTES), 0, output.columns));
    return false;
  }
  let last = '';
  for (const text of renderings.text(chain(first, { [Symbol.iterator]: () => iterator }))) {
    if (text.length > 0) last = text as string;
    await output.write(text);
  }
  if (!last.endsWith('\n')) await output.write('\n');
  return true;
}

function* chain(first: Uint8Array, rest: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield first;
  yield* rest;
}
