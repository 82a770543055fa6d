/**
 * What the word under a shell's cursor may become: `kv __complete`, which the completion scripts call.
 *
 * Its words are SHELL, the line from the program's name to the cursor, what stands behind the
 * cursor, and for bash the end of the word that is to be replaced, for zsh all that is typed, which
 * may begin with variables set for the command. The answer is empty, or these lines; for fish, whose
 * words may hold newlines, texts that a NUL ends:
 *
 *     words or files     whether candidates follow, or the shell is to complete a file
 *     LEAD               what of the word, `--format=`, stands before what is completed
 *     candidates         the whole word, for fish without quotes, before it a + where it goes on, else
 *                        for bash and zsh a dot; behind a tab how it is shown, for fish what it does
 *     or for bash START  what is typed of the file's name, and in a line of its own what of the word
 *                        is kept: the rest is to be replaced
 */
import { type ExitCode, exitCodes } from '../errors.js';
import {
  type Candidate,
  type Completion,
  completionOf,
  storedCandidates,
} from '../line/completion.js';
import { settingsOfUnfinished } from '../line/invocation.js';
import { resolveSettings } from '../line/settings.js';
import { continuedWord } from '../line/shells/continued-word.js';
import { assignments, readShellLine } from '../line/shells/shell-line.js';
import {
  type Quotes,
  readTypedWord,
  type Shell,
  type TypedWord,
} from '../line/shells/typed-word.js';
import { unsafe } from '../terminal/visible.js';
import { withStore } from './session.js';
import type { Surroundings } from './surroundings.js';

/** How long a Tab waits for a store that is locked. */
const WAIT_MILLISECONDS = 300;

/** Writes the candidates, and no error: the user is still typing. */
export async function completeLine(
  words: readonly string[],
  surroundings: Omit<Surroundings, 'settings'>,
): Promise<ExitCode> {
  const request = requestOf(words, surroundings.env);
  if (request === undefined) return exitCodes.no;
  try {
    return await answer(request, surroundings);
  } catch (error) {
    if (surroundings.env.KV_DEBUG === '1') throw error;
    return exitCodes.no;
  }
}

interface Request {
  readonly shell: Shell;
  readonly env: NodeJS.ProcessEnv;
  /** The words before the word at the cursor, and those after it. */
  readonly before: readonly string[];
  readonly behind: readonly string[];
  /** The word at the cursor. */
  readonly word: string;
  readonly typed: TypedWord;
  readonly isRedirected: boolean;
  /** The beginning of the typed word that the shell keeps; the answer omits it. */
  readonly kept: string;
}

/** Undefined where the line cannot be read. */
function requestOf(
  [shell = '', line = '', behind = '', more = '']: readonly string[],
  outer: NodeJS.ProcessEnv,
): Request | undefined {
  if (!isShell(shell)) return undefined;
  const set = shell === 'zsh' ? assignments(shell, more, outer) : {};
  if (Object.values(set).includes(undefined)) return undefined;
  const env = { ...outer, ...set };
  const { words, word, isRedirected } = readShellLine(shell, line);
  const typed = readTypedWord(shell, word, env);
  if (words.length === 0 || typed === undefined) return undefined;
  // A setting that cannot be read gets a value that no setting can have.
  const textOf = (one: string) => readTypedWord(shell, one, env)?.text ?? UNKNOWABLE;
  // The first piece is the rest of the word at the cursor, and no word of its own.
  const rest = readShellLine(shell, `x${openings[typed.quotes]}${behind} `).words.slice(1);
  return {
    shell,
    env,
    before: words.slice(1).map(textOf),
    behind: rest.map(textOf),
    word,
    typed,
    isRedirected,
    kept: shell === 'bash' && word.endsWith(more) ? word.slice(0, word.length - more.length) : '',
  };
}

const openings: Readonly<Record<Quotes, string>> = {
  none: '',
  single: "'",
  double: '"',
  dollar: "$'",
};

/** A character that no word of a command line contains. */
const UNKNOWABLE = '\0';

function isShell(text: string): text is Shell {
  return text === 'bash' || text === 'zsh' || text === 'fish';
}

async function answer(
  request: Request,
  surroundings: Omit<Surroundings, 'settings'>,
): Promise<ExitCode> {
  const { env, before, behind, typed, isRedirected } = request;
  const { terminal, verbs } = surroundings;
  const { stdout } = terminal;
  const completion = await completionOf(before, typed.text, verbs);
  const { from, start, lead } = completion;
  if (isRedirected) {
    await stdout.write(filesAnswer(request, '', typed.text));
  } else if (from === 'files') {
    await stdout.write(filesAnswer(request, lead, start));
  } else if (from !== 'keys' && from !== 'buckets') {
    await stdout.write(wordsAnswer(request, completion, from));
  } else {
    const line = [...before, typed.text, ...behind];
    const settings = await settingsOfUnfinished(line, verbs, (flags) =>
      resolveSettings(flags, env),
    );
    if ([settings.store, settings.bucket].some((one) => one.includes(UNKNOWABLE))) {
      return exitCodes.no;
    }
    const own = { ...settings, quiet: true, wait: WAIT_MILLISECONDS };
    await withStore('read', { ...surroundings, settings: own }, async (context) => {
      const stored = storedCandidates(from, start, context, settings.bucket);
      await stdout.write(wordsAnswer(request, completion, stored));
    });
  }
  return exitCodes.done;
}

function filesAnswer({ shell, env, kept }: Request, lead: string, start: string): string {
  const keptText = readTypedWord('bash', kept, env)?.text ?? '';
  return ended(shell, ['files', lead, ...(shell === 'bash' ? [start, keptText] : [])]);
}

function wordsAnswer(
  request: Request,
  { lead, dashIsOption }: Completion,
  candidates: readonly Candidate[],
): string {
  const width = Math.max(0, ...candidates.map(({ text }) => text.length));
  const lines = candidates.flatMap((candidate) => {
    const needsGuard = dashIsOption && candidate.text.startsWith('-');
    const word = wordOf(request, { ...candidate, text: lead + candidate.text }, needsGuard);
    return word === undefined ? [] : [word + shownAs(request.shell, candidate, width)];
  });
  return lines.length === 0 ? '' : ended(request.shell, ['words', lead, ...lines]);
}

/** Undefined for a candidate that the shell's protocol cannot carry. */
function wordOf(
  { shell, typed, kept }: Request,
  { text, goesOn }: Candidate,
  needsGuard: boolean,
): string | undefined {
  // The system ends a word at NUL.
  if (text.includes('\0')) return undefined;
  if (shell === 'fish') return needsGuard || !fishTakes(text) ? undefined : text;
  if (needsGuard && typed.typed !== '') return undefined;
  // zsh closes open quotes by itself.
  const word = continuedWord(typed, text, goesOn || shell === 'zsh');
  if (!word.startsWith(typed.typed + typed.cut)) return undefined;
  const added = word.startsWith(kept) ? word.slice(kept.length) : word;
  return `${goesOn ? '+' : '.'}${needsGuard ? '-- ' : ''}${added}`;
}

/** bash shows only the words. */
function shownAs(shell: Shell, { text, summary }: Candidate, width: number): string {
  if (summary === undefined || shell === 'bash') return '';
  return shell === 'fish' ? `\t${summary}` : `\t${text.padEnd(width)}  -- ${summary}`;
}

/**
 * Whether fish can take the text, which it displays and quotes by itself. A tab would begin a
 * description, and fish escapes only the control characters of C0.
 */
function fishTakes(text: string): boolean {
  return !text.includes('\t') && text.replace(/[\x01-\x1f]/g, '').search(unsafe) < 0;
}

function ended(shell: Shell, lines: readonly string[]): string {
  const end = shell === 'fish' ? '\0' : '\n';
  return lines.map((line) => line + end).join('');
}
