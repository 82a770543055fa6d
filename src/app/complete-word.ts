/**
 * The keys and buckets that the word under a shell's cursor may become: what the completion scripts
 * call `kv __complete` for.
 *
 * Its words are SHELL, `key` or `bucket`, `argument` or `value`, the word as typed, and then all the
 * words of the line, as typed too. `value` says that the word may begin with a dash. A line of the
 * answer is `.` before a word that is finished, or `+` before one that goes on, and the word as the
 * shell has to be told it; for fish, which quotes by itself, texts with a NUL behind each.
 */

import type { Command } from '../command.js';
import { registry } from '../commands/index.js';
import type { Context } from '../context.js';
import { type ExitCode, exitCodes } from '../errors.js';
import { settingsOfUnfinished } from '../line/invocation.js';
import { continuedWord } from '../line/shells/continued-word.js';
import {
  readTypedWord,
  readUnquotedWord,
  type Shell,
  type TypedWord,
} from '../line/shells/typed-word.js';
import { unsafe } from '../line/words.js';
import { runCommand, type Surroundings } from './session.js';

/** Writes the candidates, and no error: somebody is in the middle of typing. */
export async function completeWord(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  surroundings: Omit<Surroundings, 'settings'>,
): Promise<ExitCode> {
  const [shell = '', kind, position, word = '', ...line] = words;
  if (!isShell(shell)) return exitCodes.usage;
  const typed = readTypedWord(shell, word, env);
  if (typed === undefined) return exitCodes.no;
  try {
    // What cannot be known is something that no setting can be.
    const known = line.map((one) => textOf(shell, one, env) ?? UNKNOWABLE);
    const settings = await settingsOfUnfinished(known, registry, env);
    if (settings.store.includes(UNKNOWABLE) || settings.bucket.includes(UNKNOWABLE)) {
      return exitCodes.no;
    }
    const request = { shell, typed, ofBuckets: kind === 'bucket', mayBeDash: position === 'value' };
    await runCommand(completing(request), {}, { ...surroundings, settings });
    return exitCodes.done;
  } catch (error) {
    if (env.KV_DEBUG === '1') throw error;
    return exitCodes.no;
  }
}

/** fish takes the quotes from the words of a line; the others leave that to whoever asks for them. */
function textOf(shell: Shell, word: string, env: NodeJS.ProcessEnv): string | undefined {
  return shell === 'fish' ? readUnquotedWord(word, env) : readTypedWord(shell, word, env)?.text;
}

/** No word of a command line holds it. */
const UNKNOWABLE = '\0';

interface Request {
  readonly shell: Shell;
  readonly typed: TypedWord;
  readonly ofBuckets: boolean;
  /** Whether a candidate that begins with a dash would not be taken for an option. */
  readonly mayBeDash: boolean;
}

interface Candidate {
  readonly text: string;
  readonly goesOn: boolean;
}

function isShell(text: string): text is Shell {
  return text === 'bash' || text === 'zsh' || text === 'fish';
}

/** A command like those of the registry, but that nobody can call. */
function completing(request: Request): Command {
  return {
    name: 'complete',
    summary: 'Complete a word',
    access: 'read',
    arguments: [],
    options: {},
    examples: [],
    async run(context) {
      const candidates = candidatesFor(request, context).map((one) => answerOf(request, one));
      await context.terminal.stdout.write(candidates.join(''));
      return exitCodes.done;
    },
  };
}

function candidatesFor({ ofBuckets, typed }: Request, context: Context): readonly Candidate[] {
  if (!ofBuckets) return context.keyvalue.completions(context.bucketToRead(), typed.text);
  const names = context.keyvalue.buckets.names(typed.text);
  return names.map((text) => ({ text, goesOn: false }));
}

/** Empty for what the shell cannot be told. */
function answerOf({ shell, typed, mayBeDash }: Request, { text, goesOn }: Candidate): string {
  const needsGuard = text.startsWith('-') && !mayBeDash;
  // The system ends a word at NUL.
  if (text.includes('\0')) return '';
  if (shell === 'fish') return needsGuard || !fishTakes(text) ? '' : `${text}\0`;
  if (needsGuard && typed.typed !== '') return '';
  // zsh closes by itself what quotes are open.
  const word = continuedWord(typed, text, goesOn || shell === 'zsh');
  if (!word.startsWith(typed.typed + typed.cut)) return '';
  return `${goesOn ? '+' : '.'}${needsGuard ? '-- ' : ''}${word}\n`;
}

/**
 * Whether fish can be told the text, which it shows and quotes by itself: a tab would begin a
 * description, and of the control characters it knows C0 alone.
 */
function fishTakes(text: string): boolean {
  return !text.includes('\t') && !unsafe.test(text.replace(/[\x01-\x1f]/g, ''));
}
