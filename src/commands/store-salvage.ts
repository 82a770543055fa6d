import { problemLine } from '../answers/problem-line.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import type { Context, Problem, SalvagedBucket } from '../context.js';
import { exitCodes, KvError } from '../errors.js';
import { counted } from '../terminal/quantities.js';
import { table } from '../terminal/table.js';
import { visibleJson } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'store salvage',
  summary: 'Bring what is sound of a damaged store to a new one',
  details: `Reads every page of the damaged store that can be read, its first pages lost included, and writes nothing to
its folder. The new store holds each record as it was, with its version and time, and appears when it is whole.
Nothing that was deleted or overwritten comes back, as long as the meta pages and lists of free pages can be read. Names what
it cannot bring, and says for each bucket how many keys it has brought. A bucket whose name is lost becomes
lost+found/NUMBER.`,
  access: 'none',
  arguments: [
    {
      name: 'damaged',
      summary: 'the folder of the damaged store, or a copy of its data.mdb',
      completes: 'file',
    },
    { name: 'new', summary: 'the folder of the new store, which is made', completes: 'file' },
  ],
  options: {},
  examples: [{ line: 'kv store salvage broken rescued', summary: 'then: kv -s rescued keys' }],
  exits: { [exitCodes.store]: 'some keys could not be brought, or none' },

  async run(context, input, { maintenanceOf }) {
    const { damaged, new: to } = input;
    const { settings, terminal } = context;
    const maintenance = await maintenanceOf(damaged);
    const found = async (problem: Problem) => {
      if (settings.json) await terminal.stdout.write(`${visibleJson(problem)}\n`);
      else await terminal.stderr.write(`${problemLine(problem)}\n`);
    };
    const result = await longWork(
      context,
      maintenance.check().bytes,
      (options) => maintenance.salvage(to, { ...options, found }),
      { unit: 'bytes' },
    );
    await tell(context, result.buckets);
    const lost = result.buckets.reduce((sum, { keys, brought }) => sum + keys - brought, 0);
    if (lost === 0) return;
    throw new KvError(
      'damaged',
      `cannot bring all of "${damaged}": ${counted(lost, 'key is', 'keys are')} lost`,
      {
        result: `the others are in store "${to}"`,
      },
    );
  },
});

async function tell(
  { settings, terminal }: Context,
  buckets: readonly SalvagedBucket[],
): Promise<void> {
  if (settings.json) {
    const lines = buckets.map(({ bucket, keys, brought }) =>
      visibleJson({ bucket, keys, brought, lost: keys - brought }),
    );
    await terminal.stdout.write(lines.map((line) => `${line}\n`).join(''));
  } else if (!settings.quiet) {
    const rows = buckets.map(({ bucket, keys, brought }) => [
      bucket,
      String(brought),
      String(keys - brought),
    ]);
    const { stderr } = terminal;
    await stderr.write(await table(['BUCKET', 'BROUGHT', 'LOST'], rows, stderr));
  }
}
