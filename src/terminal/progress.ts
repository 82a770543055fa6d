/** A progress bar on stderr, by cli-progress: how much, how fast, how long still. */
import { counted, humanSize } from './quantities.js';
import { beforeStops } from './suspension.js';

/** What is counted. */
export type ProgressUnit = 'bytes' | 'keys';

export interface Progress {
  /** Bytes or keys so far, and a remark at the end of the line. */
  update(done: number, remark?: string): void;
  /** Removes the bar. Idempotent. */
  stop(): void;
}

/** Shows nothing. */
export const noProgress: Progress = { update: () => {}, stop: () => {} };

/** How often the bar is redrawn, per second. */
const FRAMES = 10;

/** How long the work has to run, and how far, before its rate predicts its end. */
const GROUND_MILLISECONDS = 3000;
const GROUND_SHARE = 0.01;

/** How long work may take before a bar is shown, in milliseconds: most takes less. */
const PATIENCE_MILLISECONDS = 500;

/** A bar for `total`, or a count if it is unknown. `update` draws it when that is due. */
export async function progressBar(
  total: number | undefined,
  unit: ProgressUnit = 'bytes',
): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const began = Date.now();
  let drawnColumns = 0;
  const bar = new cliProgress.SingleBar({
    format(options, { progress, maxWidth }, state: Omit<ProgressState, 'bar' | 'share'>) {
      const isKnown = total !== undefined;
      const bar = isKnown ? cliProgress.Format.BarFormat(progress, options) : '';
      const share = isKnown ? `${Math.floor(progress * 100)}%` : '';
      const line = progressLine({ ...state, bar, share }, maxWidth);
      drawnColumns = line.length;
      return line;
    },
    stream: process.stderr,
    fps: FRAMES,
    hideCursor: null,
    clearOnComplete: true,
    barCompleteChar: '━',
    barIncompleteChar: ' ',
    barsize: 20,
  });
  let shown = false;
  let endPreparation = () => {};
  /** A terminal that becomes narrower breaks the row: what it has made of it goes, and the bar is drawn anew. */
  const resize = () => {
    const rows = Math.floor(drawnColumns / (process.stderr.columns || drawnColumns + 1));
    if (rows === 0) return;
    process.stderr.write(`\x1b[${rows}A\r\x1b[J`);
    drawnColumns = 0;
  };
  const show = (done: number, payload: object) => {
    bar.start(total ?? 0, done, payload);
    shown = true;
    process.stderr.on('resize', resize);
    // While it is shown, the terminal does not wrap lines, as a shell needs it to.
    endPreparation = beforeStops(async () => hide());
  };
  const hide = () => {
    if (!shown) return;
    endPreparation();
    process.stderr.off('resize', resize);
    bar.stop();
    shown = false;
  };
  return {
    update(done, remark = '') {
      const elapsed = Date.now() - began;
      if (elapsed < PATIENCE_MILLISECONDS) return;
      const payload = {
        size: amount(done, unit).padStart(8),
        rate: amount((done / elapsed) * 1000, unit),
        left: timeLeft(done, total, elapsed),
        remark,
      };
      if (shown) bar.update(done, payload);
      else show(done, payload);
    },
    stop: hide,
  };
}

/** The parts of a bar; each except the size may be empty. */
interface ProgressState {
  readonly size: string;
  readonly bar: string;
  readonly share: string;
  readonly rate: string;
  readonly left: string;
  readonly remark: string;
}

/**
 * As many parts as fit on the screen: those that cannot be derived from the rest, such as the
 * remark, stay longest. The last column stays free, as cli-progress would erase it.
 */
export function progressLine(state: ProgressState, columns: number): string {
  const room = columns - 1;
  const { size, bar, share, rate, left, remark } = state;
  const brief = share || size.trimStart();
  const speed = `${rate}/s${left}`;
  const lines = [
    joined([size, bar, share], [speed], [remark]),
    joined([size, share], [speed], [remark]),
    joined([size, share], [remark]),
    joined([brief], [remark]),
    remark || brief,
  ];
  return lines.find((line) => line.length <= room) ?? brief.slice(0, room);
}

/** The parts of each group that are not empty, with a wider space between groups. */
function joined(...groups: readonly (readonly string[])[]): string {
  const texts = groups.map((group) => group.filter((text) => text !== '').join(' '));
  return texts.filter((text) => text !== '').join('  ');
}

function amount(done: number, unit: ProgressUnit): string {
  return unit === 'bytes' ? humanSize(done) : counted(Math.round(done), 'key');
}

/** `, 42 s left`; empty while it cannot be predicted. `elapsed` is in milliseconds. */
export function timeLeft(bytes: number, total: number | undefined, elapsed: number): string {
  if (total === undefined || bytes >= total) return '';
  if (elapsed < GROUND_MILLISECONDS || bytes < total * GROUND_SHARE) return '';
  const seconds = Math.ceil(((total - bytes) / bytes) * (elapsed / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `, ${seconds}s left`;
  if (minutes < 60) return `, ${minutes}m${String(seconds % 60).padStart(2, '0')}s left`;
  return `, ${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m left`;
}
