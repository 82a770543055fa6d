/** A progress bar on stderr, by cli-progress: how much, how fast, how long still. */
import { humanSize } from './quantities.js';

export interface Progress {
  /** Bytes so far, and a remark that stands at the end of the line. */
  update(bytes: number, remark?: string): void;
  /** Takes the bar away. Idempotent. */
  stop(): void;
}

/** Where nobody looks. */
export const noProgress: Progress = { update: () => {}, stop: () => {} };

/** How often the bar is drawn anew, a second. */
const FRAMES = 10;

/** How long something may take before a bar shows, in milliseconds: most things take less. */
const PATIENCE_MILLISECONDS = 500;

/** A bar for `total` bytes, or where that is not known a count. Drawn by `update`, when it is due. */
export async function progressBar(total: number | undefined): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const began = Date.now();
  // Where there is little room, what cannot be seen from the rest stays: the remark is one of those.
  const isNarrow = (process.stderr.columns ?? 80) < 80;
  const share = total === undefined ? '' : `${isNarrow ? '' : ' {bar}'} {percentage}%`;
  const left = total === undefined ? '' : ', {eta_formatted} left';
  const bar = new cliProgress.SingleBar({
    format: `{size}${share}  {rate}/s${left}  {remark}`,
    stream: process.stderr,
    fps: FRAMES,
    hideCursor: null,
    clearOnComplete: true,
    barCompleteChar: '━',
    barIncompleteChar: ' ',
    barsize: 20,
  });
  let shown = false;
  return {
    update(bytes, remark = '') {
      const elapsed = Date.now() - began;
      if (elapsed < PATIENCE_MILLISECONDS) return;
      const payload = {
        size: humanSize(bytes).padStart(8),
        rate: humanSize((bytes / elapsed) * 1000),
        remark,
      };
      if (shown) bar.update(bytes, payload);
      else bar.start(total ?? 0, bytes, payload);
      shown = true;
    },
    stop() {
      if (shown) bar.stop();
      shown = false;
    },
  };
}
