/** Questions on a terminal that cannot move its cursor (`TERM=dumb`): a line each. */
import { on } from 'node:events';
import { displayWidth } from './display-width.js';
import { visibleLine } from './visible.js';

/** What a question is asked with. Its input is a terminal's in raw mode, without an echo. */
export interface PromptContext {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/** Yes or no; no by default. Throws as `plainLine`. */
export async function plainConfirm(message: string, context: PromptContext): Promise<boolean> {
  return /^y(es)?$/i.test((await plainLine(`${message} (y/N)`, context)).trim());
}

/** One of the choices, by its number or its name; `first` for an empty line. Throws as `plainLine`. */
export async function plainChoice(
  message: string,
  choices: readonly string[],
  first: string | undefined,
  context: PromptContext,
): Promise<string> {
  const rows = choices.map((choice, at) => `${at + 1} ${visibleLine(choice)}\r\n`);
  context.output.write(rows.join(''));
  const question = first === undefined ? message : `${message} (${visibleLine(first)})`;
  for (;;) {
    const text = (await plainLine(question, context)).trim();
    const chosen = text === '' ? first : (choices[Number(text) - 1] ?? text);
    if (chosen !== undefined && choices.includes(chosen)) return chosen;
  }
}

/** A line. Throws, as the other prompts do, `ExitPromptError` at Ctrl-C and `AbortPromptError` at Ctrl-D. */
export async function plainLine(
  message: string,
  { input, output, signal }: PromptContext,
): Promise<string> {
  output.write(`${message} `);
  let text = '';
  for await (const [bytes] of on(input, 'data', { signal })) {
    for (const character of (bytes as Uint8Array).toString()) {
      switch (character) {
        case '\r':
        case '\n':
          output.write('\r\n');
          return text;
        case CTRL_C:
          throw ended('ExitPromptError', output);
        case CTRL_D:
          if (text === '') throw ended('AbortPromptError', output);
          break;
        case CTRL_U:
          output.write(rubOut(text));
          text = '';
          break;
        case '\b':
        case DELETE:
          output.write(rubOut(lastGrapheme(text)));
          text = text.slice(0, text.length - lastGrapheme(text).length);
          break;
        default:
          if (character < ' ') break;
          text += character;
          output.write(character);
      }
    }
  }
  throw ended('AbortPromptError', output);
}

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const DELETE = '\x7f';

/** What a person sees as the last character; empty for an empty text. */
function lastGrapheme(text: string): string {
  return [...new Intl.Segmenter().segment(text)].at(-1)?.segment ?? '';
}

/** Takes a text off the screen, column by column. */
function rubOut(text: string): string {
  return '\b \b'.repeat(displayWidth(text));
}

function ended(name: string, output: NodeJS.WritableStream): Error {
  output.write('\r\n');
  return Object.assign(new Error('the question was not answered'), { name });
}
