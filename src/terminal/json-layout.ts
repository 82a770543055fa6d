/** Lays out JSON for reading: its tokens stay unchanged, only the space between them differs. */
import { KvError } from '../errors.js';
import { visibleInJson } from './visible.js';

/** The largest value that is laid out, in bytes: all of it is in memory. */
const JSON_LIMIT_BYTES = 16 * 1024 * 1024;

const INDENT = '  ';

/**
 * Levels that are indented: without a limit, the size of a deep value would grow with the square of
 * its depth.
 */
const INDENT_LEVELS = 64;

/**
 * The same JSON in lines, ended by a newline; undefined if it is not JSON. Numbers keep all their
 * digits, and repeated members stay. Control characters are escaped as in JSON.
 */
export function layOutJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const parts: string[] = [];
  let depth = 0;
  let last = '';
  const breakLine = () => parts.push(`\n${INDENT.repeat(Math.min(depth, INDENT_LEVELS))}`);
  for (const found of tokensOf(text)) {
    const closes = found === '}' || found === ']';
    const follows = last === '{' || last === '[' || last === ',';
    if (closes) depth--;
    if (closes ? last !== '{' && last !== '[' : follows) breakLine();
    parts.push(found === ':' ? ': ' : visibleInJson(found));
    if (found === '{' || found === '[') depth++;
    last = found;
  }
  return `${parts.join('')}\n`;
}

/** A bracket, a comma, a colon, or a number or a name. */
const plain = /[[\]{},:]|[^\s[\]{},:"]+/y;
const blank = /\s*/y;

function* tokensOf(json: string): Generator<string> {
  for (let at = 0; ; ) {
    blank.lastIndex = at;
    at += blank.exec(json)![0].length;
    if (at === json.length) return;
    plain.lastIndex = at;
    const token = json[at] === '"' ? json.slice(at, endOfString(json, at)) : plain.exec(json)![0];
    yield token;
    at += token.length;
  }
}

/** Not by a pattern, whose stack a long string would exceed. */
function endOfString(json: string, start: number): number {
  let end = start;
  do end = json.indexOf('"', end + 1);
  while (isEscaped(json, end));
  return end + 1;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** The pieces as one text; undefined if they are not UTF-8, or too long. */
function wholeText(pieces: Iterable<Uint8Array>): string | undefined {
  const held: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    size += piece.length;
    if (size > JSON_LIMIT_BYTES) return undefined;
    held.push(Uint8Array.from(piece));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(held));
  } catch {
    return undefined;
  }
}

/** Throws `rejected` for a value that is not JSON, `too-large`. */
export function* jsonRendering(pieces: Iterable<Uint8Array>): Generator<string> {
  let size = 0;
  const counted = function* () {
    for (const piece of pieces) {
      size += piece.length;
      yield piece;
    }
  };
  const text = wholeText(counted());
  if (size > JSON_LIMIT_BYTES) {
    const state = `it is over the limit of ${JSON_LIMIT_BYTES} bytes`;
    throw new KvError('too-large', `cannot lay out the value as JSON: ${state}`);
  }
  const laidOut = text === undefined ? undefined : layOutJson(text);
  if (laidOut === undefined)
    throw new KvError('rejected', 'cannot lay out the value: it is no JSON');
  yield laidOut;
}
