/** Questions to a person, on stderr, so that stdout has only data. */
import { PassThrough } from 'node:stream';
import { ioError, KvError } from '../errors.js';
import { nextTurn } from './event-loop.js';
import { type PromptContext, plainChoice, plainConfirm, plainLine } from './plain-questions.js';
import { type RawEvent, RawInput } from './raw-input.js';
import { stopUntilContinued } from './suspension.js';
import type { Output, Style } from './terminal.js';
import { visibleLine } from './visible.js';

/** How the terminal of the questions shows them. */
type QuestionStyle = Pick<Output, 'style' | 'isDumb'>;

/**
 * Yes or no; no by default. What was typed before is dropped. Throws `interrupted` at Ctrl-C, which
 * counts also where it was pressed before, `not-confirmed` at Ctrl-D, and the signal's reason.
 */
export async function confirm(
  message: string,
  { style, isDumb }: QuestionStyle,
  signal?: AbortSignal,
): Promise<boolean> {
  if (isDumb) return answer((context) => plainConfirm(message, context), 'dropped', signal);
  const prompts = await import('@inquirer/prompts');
  const theme = themeOf(style);
  return answer(
    (context) => prompts.confirm({ message, default: false, theme }, context),
    'dropped',
    signal,
  );
}

/** A line of text. Throws as `confirm` does. */
export async function ask(
  message: string,
  { style, isDumb }: QuestionStyle,
  signal?: AbortSignal,
): Promise<string> {
  if (isDumb) return answer((context) => plainLine(message, context), 'dropped', signal);
  const prompts = await import('@inquirer/prompts');
  const theme = themeOf(style);
  return answer((context) => prompts.input({ message, theme }, context), 'dropped', signal);
}

/** One of several choices, with `first` selected at first. Throws as `confirm` does. */
export async function choose(
  message: string,
  choices: readonly string[],
  first: string | undefined,
  { style, isDumb }: QuestionStyle,
  signal?: AbortSignal,
): Promise<string> {
  if (isDumb) {
    return answer((context) => plainChoice(message, choices, first, context), 'counts', signal);
  }
  const prompts = await import('@inquirer/prompts');
  const theme = selectThemeOf(style);
  const named = choices.map((value) => ({
    value,
    name: visibleLine(value),
    short: visibleLine(value),
  }));
  const config = { message, choices: named, default: first, pageSize: PAGE_ROWS, theme };
  return answer((context) => prompts.select(config, context), 'counts', signal);
}

/** Choices shown at once. */
const PAGE_ROWS = 10;

type Prompt<T> = (context: PromptContext) => Promise<T>;

/**
 * Asks, and repeats the question with what has been typed if the process was stopped meanwhile (the
 * prompts would take Ctrl-Z for the end of the input).
 */
async function answer<T>(
  prompt: Prompt<T>,
  typedAhead: 'counts' | 'dropped',
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const asking = new Asking();
  const abort = () => asking.abort();
  signal?.addEventListener('abort', abort);
  try {
    if (typedAhead === 'dropped') await asking.drop();
    for (;;) {
      signal?.throwIfAborted();
      const answered = await asking.ask(prompt);
      if (answered !== undefined) return answered.value;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    asking.end();
  }
}

const CTRL_C = 0x03;
const CTRL_Z = 0x1a;

const BELL = '\x07';

/** A question, which may have to be repeated, and what has been typed so far. */
class Asking {
  readonly #raw = new RawInput((event) => this.#hear(event));
  /** Bytes typed since it was first asked, without Ctrl-Z. */
  readonly #typed: Uint8Array[] = [];
  #input = new PassThrough();
  #ending = new AbortController();
  /** Why the question ends without an answer. */
  #interruption: 'stop' | 'continued' | 'aborted' | undefined;

  /** Drops what has been typed before anybody could see the question. Throws `interrupted` for Ctrl-C. */
  async drop(): Promise<void> {
    this.#raw.take();
    // The rest of this turn of the event loop, the whole next one, in which it arrives, and one to
    // spare.
    await nextTurn(3);
    if (this.#typed.some((bytes) => bytes.includes(CTRL_C))) {
      throw new KvError('interrupted', 'interrupted');
    }
    this.#typed.length = 0;
  }

  /** The answer, or undefined if the question has to be repeated. Throws as `confirm` does. */
  async ask<T>(prompt: Prompt<T>): Promise<{ readonly value: T } | undefined> {
    this.#interruption = undefined;
    this.#ending = new AbortController();
    this.#input = new PassThrough();
    for (const bytes of this.#typed) this.#input.write(bytes);
    // The only sign of Ctrl-D is that the prompt's line editor pauses its input.
    this.#input.once('pause', () => this.#ending.abort());
    this.#raw.take();
    const { signal } = this.#ending;
    try {
      return { value: await prompt({ input: this.#input, output: process.stderr, signal }) };
    } catch (cause) {
      if (this.#interruption === 'stop') await this.#stop();
      if (this.#interruption !== undefined) return undefined;
      const { name } = cause as Error;
      if (name === 'ExitPromptError') throw new KvError('interrupted', 'interrupted', { cause });
      if (name !== 'AbortPromptError') throw ioError('ask', cause);
      throw new KvError('not-confirmed', 'cannot ask: the input ended', { cause });
    }
  }

  /** Ends what `ask` waits for, without an answer. */
  abort(): void {
    this.#interrupt('aborted');
  }

  end(): void {
    this.#raw.release();
  }

  async #stop(): Promise<void> {
    this.#raw.release();
    await stopUntilContinued();
  }

  #hear(event: RawEvent): void {
    switch (event.kind) {
      case 'bytes': {
        const bytes = event.bytes.filter((byte) => byte !== CTRL_Z);
        this.#typed.push(bytes);
        this.#input.write(bytes);
        if (bytes.length < event.bytes.length) this.#interrupt('stop');
        break;
      }
      case 'damaged':
        process.stderr.write(BELL);
        break;
      case 'stop':
      case 'continued':
        this.#interrupt(event.kind);
        break;
      default:
        event satisfies never;
    }
  }

  #interrupt(how: 'stop' | 'continued' | 'aborted'): void {
    this.#interruption = how;
    this.#ending.abort();
  }
}

/** The prompts' own colours ignore --color. */
function themeOf(style: Style) {
  return {
    prefix: { idle: style.question('?'), done: style.done('?') },
    style: {
      message: (text: string) => style.heading(text),
      answer: (text: string) => style.choice(text),
      defaultAnswer: (text: string) => style.hint(`(${text})`),
    },
  };
}

function selectThemeOf(style: Style) {
  const { prefix, style: own } = themeOf(style);
  return {
    prefix,
    icon: { cursor: style.choice('>') },
    style: {
      message: own.message,
      answer: own.answer,
      highlight: (text: string) => style.choice(text),
      description: (text: string) => style.hint(text),
      help: (text: string) => style.hint(text),
    },
  };
}
