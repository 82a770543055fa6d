/** How a command answers: one object with --json, rows or lines without. */
import type { Context } from '../context.js';
import { visibleJson, visibleLine } from '../terminal/visible.js';

/** One thing that is told of something: its name, its value, and how a person reads the value. */
export type Field = readonly [name: string, value: string | number, shown?: string];

/** Writes a line, or with --json the object in its place. */
export async function answer(context: Context, json: object, line: string): Promise<void> {
  const { settings, terminal } = context;
  await terminal.stdout.write(`${settings.json ? visibleJson(json) : line}\n`);
}

/** Writes yes or no, which -q silences. */
export async function answerYesOrNo(context: Context, json: object, yes: boolean): Promise<void> {
  if (!context.settings.quiet) await answer(context, json, String(yes));
}

/** Writes what a verb did: with --json the object; else a remark, which only a terminal sees. */
export async function report(context: Context, json: object, remark: string): Promise<void> {
  const { settings, terminal } = context;
  if (settings.json) await terminal.stdout.write(`${visibleJson(json)}\n`);
  else if (terminal.stderr.isTerminal) await terminal.note(remark);
}

/** Writes fields one a line: aligned on a terminal, split by a tab in a pipe. */
export async function answerFields(context: Context, fields: readonly Field[]): Promise<void> {
  const { stdout } = context.terminal;
  const json = Object.fromEntries(fields.map(([name, value]) => [camelCase(name), value]));
  const width = Math.max(...fields.map(([name]) => name.length));
  const lines = fields.map(([name, value, shown = String(value)]) =>
    stdout.isTerminal
      ? `${stdout.style.dim(name.padEnd(width))}  ${visibleLine(shown)}`
      : `${name}\t${visibleLine(String(value))}`,
  );
  await answer(context, json, lines.join('\n'));
}

/** A time as a script reads it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function camelCase(name: string): string {
  return name.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}
