/** The help, written from the registry as plain text for the terminal's width. */
import type { Command, Registry } from '../command.js';
import type { Manual } from '../context.js';
import { exitMeanings } from '../errors.js';
import { environment } from '../line/environment.js';
import { globalOptions } from '../line/globals.js';
import { groupUsage, toolUsage } from '../line/usage.js';
import { findPlace, groupOf } from '../line/verbs.js';
import { completionScript } from './completion-script.js';
import {
  columnFor,
  helpColumns,
  page,
  paragraphs,
  type Row,
  section,
  USUAL_COLUMNS,
} from './layout.js';
import { manPage } from './man-page.js';
import { commandHelp, exitRows, optionRows, verbRow } from './verb-help.js';

/** The manual of the tool with these verbs. A group, such as `bucket`, is a topic like a verb. */
export function createManual(
  registry: Registry,
  version: string,
  sessionVerbs: Registry = [],
): Manual {
  const verbs = [...registry, ...sessionVerbs];
  return {
    version,
    async help(topic = '', terminalColumns = USUAL_COLUMNS) {
      const columns = helpColumns(terminalColumns);
      const place = findPlace(topic.split(' ').filter(Boolean), verbs);
      switch (place.kind) {
        case 'top':
          return toolHelp(await loadAll(registry), version, await loadAll(sessionVerbs), columns);
        case 'group':
          return groupHelp(place.name, await loadAll(place.members), columns);
        case 'verb':
          return commandHelp(
            await place.entry.load(),
            columns,
            sessionVerbs.includes(place.entry) ? '' : 'kv ',
          );
        default:
          return place satisfies never;
      }
    },
    completion: completionScript,
    manPage: async () => manPage(await loadAll(registry), version),
  };
}

function toolHelp(
  commands: readonly Command[],
  version: string,
  sessionCommands: readonly Command[],
  columns: number,
): string {
  const tableOf = (heading: string, rows: readonly Row[]) => section(heading, rows, columns);
  return page([
    paragraphs(
      `kv ${version}: keys and values in buckets, for shells, scripts and components.`,
      columns,
    ),
    `Usage: ${toolUsage}`,
    ...tableOf('At this prompt', sessionCommands.map(verbRow)),
    ...verbSections(commands, columns),
    ...tableOf('Options, before or after the verb', optionRows(globalOptions)),
    ...tableOf('Exit status', exitRows(exitMeanings)),
    ...tableOf('Environment', Object.entries(environment)),
    ...tableOf('Learn more', [
      ['kv help VERB', 'what a verb takes and does, with examples'],
      ['kv VERB --help', 'the same'],
    ]),
  ]);
}

function groupHelp(group: string, members: readonly Command[], columns: number): string {
  const more: readonly Row[] = [
    [`kv help ${group} VERB`, 'what a verb takes and does, with examples'],
    ['kv help', 'global options, exit status and environment'],
  ];
  return page([
    `Usage: ${groupUsage(group)}`,
    ...section('Verbs', members.map(verbRow), columns),
    ...section('Learn more', more, columns),
  ]);
}

/** The verbs of one word, then each group, in the order of the registry. */
function verbSections(commands: readonly Command[], columns: number): string[] {
  const rows = new Map<string, Row[]>([['Verbs', []]]);
  for (const command of commands) {
    const group = groupOf(command.name);
    const heading = group === undefined ? 'Verbs' : `${capitalized(group)} verbs`;
    rows.set(heading, [...(rows.get(heading) ?? []), verbRow(command)]);
  }
  const column = columnFor([...rows.values()].flat(), columns);
  return [...rows].flatMap(([heading, verbs]) => section(heading, verbs, columns, column));
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function loadAll(entries: Registry): Promise<Command[]> {
  return Promise.all(entries.map((entry) => entry.load()));
}
