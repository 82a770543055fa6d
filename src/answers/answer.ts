/** How a command answers: one object with --json, rows or lines without. */
import type { Context } from '../context.js';
import { asKvError, KvError } from '../errors.js';
import { visibleJson, visibleLine } from '../terminal/visible.js';

/** A named fact: its name, its value, and how a person reads the value. */
export type Field = readonly [name: string, value: string | number, shown?: string];

/** What an answer depends on, beside what it says. */
type Asker = Pick<Context, 'settings' | 'terminal'>;

/** Writes a line, or with --json the object in its place. */
export function answer(asker: Asker, json: object, line: string): Promise<void> {
  return answerText(asker, json, `${line}\n`);
}

/** Writes a text unchanged, or with --json the object instead. */
export function answerText(asker: Asker, json: object, text: string): Promise<void> {
  const { settings, terminal } = asker;
  return terminal.stdout.write(settings.json ? `${visibleJson(json)}\n` : text);
}

/** Writes yes or no, which -q silences. */
export async function answerYesOrNo(context: Context, json: object, yes: boolean): Promise<void> {
  if (!context.settings.quiet) await answer(context, json, String(yes));
}

/**
 * Writes the answer to a change, as `answer` does. If writing fails, the error says that the change
 * was made, unless nothing was changed.
 */
export function answerChange(
  context: Context,
  json: object,
  line: string,
  hasChanged = true,
): Promise<void> {
  const write = () => answer(context, json, line);
  return hasChanged ? afterChange(context, line, write) : write();
}

/** Reports a change: with --json the object, otherwise a remark that only a terminal shows. */
export async function report(
  context: Context,
  json: object,
  remark: string,
  hasChanged = true,
): Promise<void> {
  const { settings, terminal } = context;
  if (settings.json) await answerChange(context, json, remark, hasChanged);
  else if (terminal.stderr.isTerminal) await terminal.note(remark);
}

/**
 * Does the rest of the work after a change. If it fails, the error says that the change was made,
 * with `result`. Inside a transaction it does not, since the change may still be undone.
 */
export async function afterChange(
  { keyvalue }: Context,
  result: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (keyvalue.transactions.isOpen) throw thrown;
    const { code, message, hint, cause = thrown } = asKvError(thrown);
    throw new KvError(code, `${message}; the change was made`, { result, hint, cause });
  }
}

/** A whole number for JSON: a string where a reader of JSON might round it. */
export function jsonInteger(value: bigint): number | string {
  return value > JSON_INTEGER_LIMIT ? String(value) : Number(value);
}

/** Below this, every whole number is exact as a JavaScript number. */
const JSON_INTEGER_LIMIT = 2n ** 53n;

/** Writes fields one a line: aligned on a terminal, split by a tab in a pipe. */
export async function answerFields(context: Context, fields: readonly Field[]): Promise<void> {
  const { stdout } = context.terminal;
  const json = Object.fromEntries(fields.map(([name, value]) => [camelCase(name), value]));
  const width = Math.max(...fields.map(([name]) => name.length));
  const lines = fields.map(([name, value, shown = String(value)]) =>
    stdout.isTerminal
      ? `${stdout.style.label(name.padEnd(width))}  ${visibleLine(shown)}`
      : `${name}\t${visibleLine(String(value))}`,
  );
  await answer(context, json, lines.join('\n'));
}

/** The `expires` member for JSON; none for a record that never expires. */
export function expiresMember(expires: number | undefined): { expires?: string } {
  return expires === undefined ? {} : { expires: isoTime(expires) };
}

/** A time in ISO 8601, as scripts read it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function camelCase(name: string): string {
  return name.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}
