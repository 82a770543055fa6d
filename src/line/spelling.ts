/** How names in a command's data are written on the command line, in usage and in help. */
import type { Argument, Option } from '../command.js';

/** `ifAbsent` is `--if-absent`. */
export function longFlag(key: string): string {
  return `--${kebab(key)}`;
}

/**
 * `-o, --output FILE`, for lists of options; without a short form, it is indented as if it had one.
 */
export function optionTerm(key: string, option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}${longFlag(key)}${valuePart(option)}`;
}

/** `-o FILE`, `--limit N`, `--tree[=SEP]`: the shorter form, for usage lines. */
export function optionWord(key: string, option: Option): string {
  const flag =
    option.short === undefined || option.bare !== undefined ? longFlag(key) : `-${option.short}`;
  return `${flag}${valuePart(option)}`;
}

/**
 * `KEY`, `[PREFIX]`, `KEY...`, `[FILE...]`. A variadic argument has a plural name, and is shown in
 * the singular.
 */
export function argumentWord(argument: Argument): string {
  const word = argumentName(argument) + (argument.variadic ? '...' : '');
  return argument.optional ? `[${word}]` : word;
}

/** `KEY`, without marks for optional or repeated arguments. */
export function argumentName(argument: Argument): string {
  if (argument.shown !== undefined) return argument.shown;
  const name = argument.variadic ? argument.name.replace(/(?<=[^s])s$/, '') : argument.name;
  return kebab(name).toUpperCase();
}

function valuePart(option: Option): string {
  if (option.value === undefined) return '';
  return option.bare === undefined ? ` ${option.value}` : `[=${option.value}]`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
