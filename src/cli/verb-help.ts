/** The help of one verb, and the rows that the help of the whole tool shows in the same way. */
import type { Command, Option, Options } from '../command.js';
import { exitCodes, exitMeanings } from '../errors.js';
import { argumentName, argumentWord, optionTerm } from '../line/spelling.js';
import { usageWords } from '../line/usage.js';
import { columnFor, hangingWrap, page, paragraphs, type Row, section } from './layout.js';

/** `kv help get`. `program` is what stands before the verb: nothing for one of the prompt alone. */
export function commandHelp(command: Command, program = 'kv '): string {
  const { aliases = [], details } = command;
  const argumentRows = command.arguments.map((one): Row => [argumentName(one), one.summary]);
  const examples = command.examples.map(({ line, summary }): Row => [line, summary]);
  return page([
    // What follows the verb stays in its column.
    hangingWrap(`Usage: ${program}${command.name} `, usageWords(command)),
    paragraphs(`${command.summary}.`),
    ...(details === undefined ? [] : [paragraphs(details)]),
    ...(aliases.length === 0 ? [] : [`Also: ${aliases.map((name) => program + name).join(', ')}`]),
    ...section('Arguments', argumentRows),
    ...section('Options', optionRows(command.options)),
    ...section('Examples', examples, columnFor(examples, 44)),
    ...section('Exit status', exitRows({ ...commonExits(command), ...command.exits })),
    'Global options and every exit status: kv help',
  ]);
}

/** A verb in a list of verbs: what it takes, what it does, what else it is called. */
export function verbRow({ name, arguments: taken, summary, aliases = [] }: Command): Row {
  const also = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`;
  return [[name, ...taken.map(argumentWord)].join(' '), summary + also];
}

export function optionRows(options: Options): Row[] {
  return Object.entries<Option>(options).map(([key, option]) => [
    optionTerm(key, option),
    option.summary,
  ]);
}

/** Statuses in order, with their numbers flush right. */
export function exitRows(meanings: Readonly<Record<string, string>>): Row[] {
  return Object.entries(meanings).map(([code, meaning]) => [code.padStart(3), meaning]);
}

/** What any verb may end with, or any that opens the store. */
function commonExits({ access }: Command): Record<string, string> {
  const { done, usage, badData, busy, store } = exitCodes;
  const codes = access === 'none' ? [done, usage] : [done, usage, badData, busy, store];
  return Object.fromEntries(codes.map((code) => [code, exitMeanings[code]]));
}
