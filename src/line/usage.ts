/** Usage lines: the arguments and options of a verb, in a form to copy. */
import type { Command } from '../command.js';
import { KvError } from '../errors.js';
import { argumentWord, optionWord } from './spelling.js';

/** `kv keys [PREFIX] [-l] [-0] [--start K]`, on one line, however long. */
export function usageLine(command: Command): string {
  return ['kv', command.name, ...usageWords(command)].join(' ');
}

/** The usage of the whole tool. */
export const toolUsage = 'kv [OPTION...] VERB [ARGUMENT...]';

export function groupUsage(group: string): string {
  return `kv ${group} VERB [ARGUMENT...]`;
}

/**
 * The hint of a usage error: one usage line, and where to read more. If all options would make it
 * long, they are summarised.
 */
export function commandHint(command: Command): string {
  const full = usageLine(command);
  const words = command.arguments.map(argumentWord);
  const short = ['kv', command.name, ...words, '[OPTION...]'].join(' ');
  return hint(full.length <= SHORT_USAGE ? full : short, `kv help ${command.name}`);
}

/**
 * Adds the usage as hint to a usage error of the command; any other error is returned unchanged.
 */
export function withUsage(command: Command, thrown: unknown): unknown {
  if (!(thrown instanceof KvError && thrown.code === 'usage') || thrown.hint) return thrown;
  return new KvError('usage', thrown.message, { hint: commandHint(command), cause: thrown });
}

/** The hint of a usage error before a verb is found: in a group, or at the top. */
export function groupHint(group: string | undefined): string {
  return group === undefined
    ? hint(toolUsage, 'kv help')
    : hint(groupUsage(group), `kv help ${group}`);
}

/** The longest usage line, in columns, that leaves room for the rest of the hint. */
const SHORT_USAGE = 50;

function hint(usage: string, more: string): string {
  return `usage: ${usage} (more: ${more})`;
}

/** The arguments and options of a verb, each a word or in brackets. */
export function usageWords(command: Command): string[] {
  const options = Object.entries(command.options);
  return [
    ...command.arguments.map(argumentWord),
    ...options.map(([key, option]) => `[${optionWord(key, option)}]${option.repeats ? '...' : ''}`),
  ];
}
