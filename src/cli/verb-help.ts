/** The help of one verb, and the rows that the whole tool's help shares with it. */
import type { Command, Option, Options } from '../command.js';
import { exitCodes, exitMeanings } from '../errors.js';
import { argumentName, argumentWord, optionTerm } from '../line/spelling.js';
import { usageWords } from '../line/usage.js';
import { filled } from '../terminal/filled-text.js';
import { columnFor, page, paragraphs, type Row, section, unbroken } from './layout.js';

/** `kv help get`. `program` stands before the verb; it is empty for a verb of the prompt. */
export function commandHelp(command: Command, columns: number, program = 'kv '): string {
  const { aliases = [], details } = command;
  const argumentRows = command.arguments.map((one): Row => [argumentName(one), one.summary]);
  const examples = command.examples.map(({ line, summary }): Row => [line, summary]);
  const also = aliases.map((name) => unbroken(program + name)).join(', ');
  const tableOf = (heading: string, rows: readonly Row[]) => section(heading, rows, columns);
  return page([
    usageBlock(command, columns, program),
    paragraphs(`${command.summary}.`, columns),
    ...(details === undefined ? [] : [paragraphs(details, columns)]),
    ...(aliases.length === 0 ? [] : [paragraphs(`Also: ${also}`, columns)]),
    ...tableOf('Arguments', argumentRows),
    ...tableOf('Options', optionRows(command.options)),
    ...section('Examples', examples, columns, columnFor(examples, columns, EXAMPLES_SHARE)),
    ...tableOf('Exit status', exitRows({ ...commonExits(command), ...command.exits })),
    paragraphs(`Global options and every exit status: ${unbroken('kv help')}`, columns),
  ]);
}

/**
 * `Usage: ` and the verb's arguments, which stay in the column behind the verb if there is room.
 */
function usageBlock(command: Command, columns: number, program: string): string {
  const lead = `Usage: ${program}${command.name} `;
  const indent = lead.length <= columns * LEAD_SHARE ? lead.length : NARROW_INDENT;
  return filled(lead, usageWords(command), columns, ' '.repeat(indent));
}

/** The share of a line that the indent below a usage may take. */
const LEAD_SHARE = 2 / 5;

/** The indent in columns where it would take more. */
const NARROW_INDENT = 4;

/** The share of the width that examples may take; their meanings are short. */
const EXAMPLES_SHARE = 11 / 20;

/** A verb in a list of verbs: its arguments, summary and aliases. */
export function verbRow({ name, arguments: taken, summary, aliases = [] }: Command): Row {
  const also = aliases.length === 0 ? '' : ` (${aliases.map(unbroken).join(', ')})`;
  return [[name, ...taken.map(argumentWord)].join(' '), summary + also];
}

export function optionRows(options: Options): Row[] {
  return Object.entries<Option>(options).map(([key, option]) => [
    optionTerm(key, option),
    option.summary,
  ]);
}

/** Exit statuses in order, with right-aligned numbers. */
export function exitRows(meanings: Readonly<Record<string, string>>): Row[] {
  return Object.entries(meanings).map(([code, meaning]) => [code.padStart(3), meaning]);
}

/** The exit statuses of any verb, or of any that opens the store. */
function commonExits({ access }: Command): Record<string, string> {
  const { done, usage, badData, busy, store } = exitCodes;
  const codes = access === 'none' ? [done, usage] : [done, usage, badData, busy, store];
  return Object.fromEntries(codes.map((code) => [code, exitMeanings[code]]));
}
