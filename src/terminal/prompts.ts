/** Questions to a person, on stderr, so that stdout stays data. */
import { ioError, KvError } from '../errors.js';
import type { Style } from './terminal.js';
import { visibleLine } from './visible.js';

/** Yes or no; no by default. Throws `interrupted` at Ctrl-C, `not-confirmed` at Ctrl-D. */
export async function confirm(message: string, style: Style): Promise<boolean> {
  const prompts = await import('@inquirer/prompts');
  const theme = themeOf(style);
  return answer((context) => prompts.confirm({ message, default: false, theme }, context));
}

/** A line of text. Throws as `confirm` does. */
export async function ask(message: string, style: Style): Promise<string> {
  const prompts = await import('@inquirer/prompts');
  const theme = themeOf(style);
  return answer((context) => prompts.input({ message, theme }, context));
}

/** One of several, `first` being pointed at to begin with. Throws as `confirm` does. */
export async function choose(
  message: string,
  choices: readonly string[],
  first: string | undefined,
  style: Style,
): Promise<string> {
  const prompts = await import('@inquirer/prompts');
  const theme = selectThemeOf(style);
  const named = choices.map((value) => ({
    value,
    name: visibleLine(value),
    short: visibleLine(value),
  }));
  return answer((context) =>
    prompts.select(
      { message, choices: named, default: first, pageSize: PAGE_ROWS, theme },
      context,
    ),
  );
}

/** Choices that are seen at once. */
const PAGE_ROWS = 10;

interface PromptContext {
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

async function answer<T>(prompt: (context: PromptContext) => Promise<T>): Promise<T> {
  // At the end of the input the prompt would wait for ever, and the process end without a word: all
  // that shows is that its line editor pauses stdin.
  const ended = new AbortController();
  const end = () => ended.abort();
  process.stdin.once('pause', end);
  try {
    return await prompt({ output: process.stderr, signal: ended.signal });
  } catch (cause) {
    const { name } = cause as Error;
    if (name === 'ExitPromptError') throw new KvError('interrupted', 'interrupted', { cause });
    if (name !== 'AbortPromptError') throw ioError('ask', cause);
    throw new KvError('not-confirmed', 'cannot ask: the input ended', { cause });
  } finally {
    process.stdin.off('pause', end);
  }
}

/** The prompts' own colours know nothing of --color. */
function themeOf(style: Style) {
  return {
    prefix: { idle: style.cyan('?'), done: style.green('?') },
    style: {
      message: (text: string) => style.bold(text),
      answer: (text: string) => style.cyan(text),
      defaultAnswer: (text: string) => style.dim(`(${text})`),
    },
  };
}

function selectThemeOf(style: Style) {
  const { prefix, style: own } = themeOf(style);
  return {
    prefix,
    icon: { cursor: style.cyan('>') },
    style: {
      message: own.message,
      answer: own.answer,
      highlight: (text: string) => style.cyan(text),
      description: (text: string) => style.dim(text),
      help: (text: string) => style.dim(text),
    },
  };
}
