/** What a line at the prompt asks for besides its words: repetition, input and output. */
import { KvError } from '../errors.js';
import { lostQuotes } from '../line/lost-quotes.js';
import { isCount } from '../line/reading.js';
import { LineSplitter, type SplitLine, splitLine, type Token, type Word } from '../line/words.js';
import { isForShell } from './spelled-out.js';

export interface LinePlan {
  /** From 1. */
  readonly times: number;
  /** The verb and its words. */
  readonly words: readonly string[];
  /** The file of `< FILE`. */
  readonly input: string | undefined;
  readonly output: Destination | undefined;
}

export type Destination =
  /** A shell command, as it was typed. */
  | { readonly kind: 'pipe'; readonly command: string }
  | { readonly kind: 'file' | 'append'; readonly path: string };

/** How often a verb may be repeated, at most. */
const REPEAT_LIMIT = 1_000_000_000;

/**
 * Reads a line with its quotes closed; undefined if it is empty. Throws `usage` for an operator
 * without its operand.
 */
export function planOf(line: string): LinePlan | undefined {
  const { tokens } = splitLine(line);
  const pipe = tokens.findIndex(isPipe);
  const before = pipe === -1 ? tokens : tokens.slice(0, pipe);
  const { words, files } = partsBeforePipe(before);
  const lost = lostQuotes(line, before);
  if (lost) throw lost;
  const command = pipe === -1 ? undefined : commandAfter(tokens[pipe]!, line);
  if (words.length === 0) {
    if (tokens.length === 0) return undefined;
    throw new KvError('usage', `missing verb before "${tokens[0]!.text}"`, { hint: 'try: help' });
  }
  const [first, ...rest] = words;
  const times = isRepeat(first!, line) ? timesOf(first!.text) : undefined;
  if (times !== undefined && rest.length === 0) {
    throw new KvError('usage', `missing verb after "${first!.text}"`, { hint: 'try: 3 incr n' });
  }
  const output = outputOf(files, command);
  return {
    times: times ?? 1,
    words: (times === undefined ? words : rest).map(({ text }) => text),
    input: only(files, '<')?.path,
    output,
  };
}

/** The tokens before a line's first pipe, with files of redirects separated from words. */
export function partsBeforePipe(tokens: readonly Token[]): { words: Word[]; files: Redirect[] } {
  const words: Word[] = [];
  const files: Redirect[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.kind === 'word') {
      words.push(token);
      continue;
    }
    const before = tokens[at - 1];
    const isNumbered =
      before?.kind === 'word' && before.end === token.start && /^\d+$/.test(before.text);
    if (!isRedirect(token.text) || (isNumbered && /^[<>]/.test(token.text))) {
      const sign = isNumbered ? before.text + token.text : token.text;
      throw new KvError('usage', `cannot use "${sign}" in a line: only |, >, >> and < are known`, {
        hint: `in quotes it is text: '${sign}'`,
      });
    }
    const file = tokens[++at];
    if (file?.kind !== 'word') {
      throw new KvError('usage', `missing FILE after "${token.text}"`);
    }
    files.push({ operator: token.text, path: file.text });
  }
  return { words, files };
}

/** Whether the line continues: a quote is open, or a backslash ends it. */
export function isUnfinished(line: string): boolean {
  if (isForShell(line)) return false;
  const { tokens, open } = splitLine(line);
  // Quotes after a pipe belong to the shell, and JSON without quotes around it is refused at once.
  const isOver = (token: Token) => isPipe(token) || (token.kind === 'word' && token.losesQuotes);
  return open !== undefined && !tokens.some(isOver);
}

/** The lines of pasted text, each with the lines that a quote joins to it. */
export function* linesOf(text: string): Generator<string> {
  let words = new LineSplitter();
  let joined: string[] = [];
  let hasPipe = false;
  for (const line of text.split('\n')) {
    const known = words.tokens.length;
    words.push(joined.length === 0 ? line : `\n${line}`);
    joined.push(line);
    hasPipe ||= words.tokens.slice(known).some(isPipe);
    // By the rule of `isUnfinished`.
    const isOver = hasPipe || words.losesQuotes || isForShell(joined[0]!);
    if (words.open !== undefined && !isOver) continue;
    yield joined.join('\n');
    words = new LineSplitter();
    joined = [];
    hasPipe = false;
  }
  if (joined.length > 0) yield joined.join('\n');
}

interface Redirect {
  readonly operator: (typeof redirects)[number];
  readonly path: string;
}

const redirects = ['>', '>>', '<'] as const;

/** Whether an operator redirects to or from a file. */
export function isRedirect(sign: string): sign is Redirect['operator'] {
  return redirects.some((one) => one === sign);
}

function isPipe({ kind, text }: SplitLine['tokens'][number]): boolean {
  return kind === 'operator' && text === '|';
}

function commandAfter(pipe: Token, line: string): string {
  const command = line.slice(pipe.end).trim();
  if (command === '') throw new KvError('usage', 'missing COMMAND after "|"');
  return command;
}

function outputOf(
  files: readonly Redirect[],
  command: string | undefined,
): Destination | undefined {
  const outputs = files.filter(({ operator }) => operator !== '<');
  if (outputs.length > 1 || (outputs.length > 0 && command !== undefined)) {
    throw new KvError('usage', 'cannot redirect the output twice');
  }
  if (command !== undefined) return { kind: 'pipe', command };
  const [output] = outputs;
  return output && { kind: output.operator === '>' ? 'file' : 'append', path: output.path };
}

function only(files: readonly Redirect[], operator: '<'): Redirect | undefined {
  const found = files.filter((file) => file.operator === operator);
  if (found.length > 1) throw new KvError('usage', 'cannot redirect the input twice');
  return found[0];
}

/** A number in quotes is an ordinary word. */
function isRepeat(word: Word, line: string): boolean {
  return isCount(word.text) && line.slice(word.start, word.end) === word.text;
}

function timesOf(text: string): number {
  const times = Number(text);
  if (times <= REPEAT_LIMIT) return times;
  throw new KvError('usage', `cannot repeat ${text} times: the limit is ${REPEAT_LIMIT}`);
}
