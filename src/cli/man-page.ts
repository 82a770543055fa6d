/** The man page, `kv.1`, written from the registry. */
import type { Command } from '../command.js';
import { exitMeanings } from '../errors.js';
import { environment } from '../line/environment.js';
import { globalOptions } from '../line/globals.js';
import { argumentName } from '../line/spelling.js';
import { toolUsage, usageWords } from '../line/usage.js';
import { homePath } from '../line/user-folder.js';
import { rowsOf } from './layout.js';
import { type Block, bold, escaped, marked, page } from './roff.js';
import { optionRows } from './verb-help.js';

/** The page for the tool that has these verbs. */
export function manPage(commands: readonly Command[], version: string): string {
  return page([
    { kind: 'title', name: 'kv', source: `kv ${version}` },
    section('Name'),
    // Without markup, because programs parse this line.
    {
      kind: 'paragraph',
      text: 'kv \\- keys and values in buckets, for shells, scripts and components',
    },
    section('Synopsis'),
    paragraph(toolUsage.split(' ').map(usageWord).join(' ')),
    section('Description'),
    ...description.map((text) => paragraph(escaped(text))),
    section('Options'),
    ...optionRows(globalOptions).map(optionTerm),
    section('Verbs'),
    ...commands.flatMap(verbBlocks),
    section('Exit status'),
    ...Object.entries(exitMeanings).map(plainTerm),
    section('Environment'),
    ...Object.entries(environment).map(plainTerm),
    section('Files'),
    plainTerm([homePath('data', 'store'), 'the store, where nothing names another']),
  ]);
}

/** What the registry does not say. */
const description = [
  `kv keeps values under keys, in named buckets, in a store on the disk. Values are bytes of any size;
in a pipe they go in and come out as they are. A write has reached the disk when the command
returns, any number of processes may work on one store, and each outcome has an exit status of its
own.`,
  `Options may stand before and after the verb; behind -- everything is an argument. A flag beats the
environment, which beats the default.`,
];

function verbBlocks(command: Command): Block[] {
  const { name, summary, details = '', aliases = [], options, examples, exits = {} } = command;
  const also =
    aliases.length === 0 ? '' : ` Also: ${aliases.map((one) => `kv ${one}`).join(', ')}.`;
  return [
    { kind: 'subsection', heading: name },
    paragraph(usage(command)),
    paragraph(escaped(`${summary}.${also}`)),
    ...details
      .split(/\n{2,}/)
      .filter(Boolean)
      .flatMap(detailBlocks),
    ...command.arguments.map((one) => optionTerm([argumentName(one), one.summary])),
    ...optionRows(options).map(optionTerm),
    ...headed(
      'Examples:',
      examples.map(({ line, summary }) => example(line, summary)),
    ),
    ...headed('Exit status:', Object.entries(exits).map(plainTerm)),
  ];
}

/** As in help, but what is in brackets stays on one line. */
function usage(command: Command): string {
  return [bold(`kv ${command.name}`), ...usageWords(command).map(marked)].join(' ');
}

function usageWord(word: string): string {
  return word === 'kv' ? bold(word) : marked(word);
}

/** A paragraph; a table or a sample if its lines begin with a space, as in help. */
function detailBlocks(text: string): Block[] {
  if (!text.startsWith(' ')) return [paragraph(escaped(text))];
  const rows = rowsOf(text.trimEnd());
  return (
    rows?.map(plainTerm) ?? [{ kind: 'sample', lines: text.trimEnd().split('\n').map(escaped) }]
  );
}

function headed(heading: string, blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [paragraph(heading), ...blocks];
}

function section(heading: string): Block {
  return { kind: 'section', heading };
}

function paragraph(text: string): Block {
  return { kind: 'paragraph', text };
}

function optionTerm([text, meaning]: readonly [string, string]): Block {
  return term(marked(text.trim()), meaning);
}

function plainTerm([text, meaning]: readonly [string, string]): Block {
  return term(bold(text), meaning);
}

function example(line: string, summary: string): Block {
  return { kind: 'example', line: bold(line), meaning: escaped(summary) };
}

function term(markup: string, meaning: string): Block {
  return { kind: 'term', term: markup, meaning: escaped(meaning) };
}
