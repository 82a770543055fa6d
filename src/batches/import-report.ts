/** The result of an import, for a person on stderr or for a script as JSON. */
import { afterChange } from '../answers/answer.js';
import type { Context } from '../context.js';
import { fittedMessage } from '../terminal/fitted-message.js';
import { counted, humanSize } from '../terminal/quantities.js';
import { visibleJson } from '../terminal/visible.js';
import type { ImportOptions } from './import-options.js';
import type { ImportSink } from './import-sink.js';

export async function reportImport(
  context: Context,
  { name, dryRun }: ImportOptions,
  { load, read, expired, deleted, rejections, unknown, began }: ImportSink,
  bytes: number,
): Promise<void> {
  const { settings, terminal } = context;
  const seconds = (performance.now() - began) / 1000;
  const rate = Math.round(read / seconds);
  const { written } = load;
  const { count: rejected } = rejections;
  if (settings.json) {
    const names = unknown.counts(read);
    const leftOut = names.length > 0 ? { leftOut: Object.fromEntries(names) } : {};
    const report = {
      file: name,
      read,
      written,
      rejected,
      ...(expired > 0 && { expired }),
      ...(deleted > 0 && { deleted }),
      ...leftOut,
      bytes,
      seconds,
      rate,
      dryRun,
    };
    const line = `${visibleJson(report)}\n`;
    const tell = () => terminal.stdout.write(line);
    await (written > 0 && !dryRun
      ? afterChange(context, `wrote ${counted(written, 'record')}`, tell)
      : tell());
  } else if (!settings.quiet) {
    const verb = dryRun ? 'would write' : 'wrote';
    const late = expired > 0 ? `, left out ${expired} that had expired` : '';
    const gone = deleted > 0 ? `, ${dryRun ? 'would delete' : 'deleted'} ${deleted}` : '';
    const counts = `read ${counted(read, 'record')}, ${verb} ${written}, rejected ${rejected}${late}${gone}`;
    const speed = `${humanSize(bytes)} in ${seconds.toFixed(2)} s, ${rate} records/s`;
    const line = fittedMessage(`${counts}: ${speed}`, terminal.stderr);
    await terminal.stderr.write(`${line}\n`);
  }
}
