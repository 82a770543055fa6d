import { answer } from '../answers/answer.js';
import { problemLine } from '../answers/problem-line.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import type { CheckResult, Problem } from '../context.js';
import { exitCodes, KvError } from '../errors.js';
import { counted, humanSize } from '../terminal/quantities.js';
import { visibleJson } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'store check',
  summary: 'Check every page, record and chunk of the store',
  details: `Reads all of the store's file by itself, so that no damage can harm it, and writes nothing. Says OK, or
names every problem with its place, one a line. Others may write meanwhile: it checks one moment. A store
that is too damaged to be opened, or a copy of its data.mdb, is checked as well, as long as nobody writes to it.`,
  access: 'none',
  arguments: [
    {
      name: 'path',
      summary: "a store's folder, or a copy of its data.mdb; the store if left out",
      optional: true,
      completes: 'file',
    },
  ],
  options: {},
  examples: [
    { line: 'kv store check', summary: 'OK, with what there is' },
    { line: 'kv store check /backup/data.mdb', summary: 'of a copy' },
  ],
  exits: { [exitCodes.store]: 'problems were found, or it could not be read' },

  async run(context, { path = context.settings.store }, { maintenanceOf }) {
    const { settings, terminal } = context;
    const check = (await maintenanceOf(path)).check();
    const found = async (problem: Problem) => {
      await terminal.stdout.write(
        `${settings.json ? visibleJson(problem) : problemLine(problem)}\n`,
      );
    };
    const result = await longWork(
      context,
      check.bytes,
      (options) => check.run({ ...options, found }),
      { unit: 'bytes' },
    );
    const { problems } = result;
    const summary = `${problems === 0 ? 'OK' : 'not OK'}: ${contentsOf(result)}`;
    if (settings.json || !settings.quiet) {
      await answer(context, { ok: problems === 0, ...result }, summary);
    }
    if (problems === 0) return;
    const state = counted(problems, 'problem was found', 'problems were found');
    throw new KvError('damaged', `cannot vouch for store "${path}": ${state}`, {
      hint: 'try: kv store salvage DAMAGED NEW',
    });
  },
});

function contentsOf(result: CheckResult): string {
  const { buckets, keys, chunkedValues, usedPages, freePages, lostPages, pageSize } = result;
  const counts = [
    `${counted(buckets, 'bucket')}, ${counted(keys, 'key')}, ${counted(chunkedValues, 'value')} in chunks`,
    `${counted(usedPages, 'page')} in use (${humanSize(usedPages * pageSize)}), ${freePages} free`,
    ...(lostPages > 0 ? [`${lostPages} lost until the store is compacted`] : []),
  ];
  const held = result.isHeld ? '' : '; the store was not opened: what nobody wrote to meanwhile';
  return `${counts.join(', ')}${held}`;
}
