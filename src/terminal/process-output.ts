/** The process's stdout and stderr as outputs. */
import type { Writable } from 'node:stream';
import { KvError } from '../errors.js';
import { wasClosed } from './closed-descriptor.js';
import { type DescriptorKind, descriptorKind } from './descriptor-kind.js';
import { fileSink, type Sink, sharedSink, streamSink } from './sinks.js';
import { colorStyle, plainStyle, showsColor } from './style.js';
import type { Output } from './terminal.js';

export interface ColorOptions {
  readonly color: 'auto' | 'always' | 'never';
  readonly env: NodeJS.ProcessEnv;
}

/**
 * stdout, or stderr, whose writes never fail: an error that cannot be shown must not hide behind a
 * second one, nor change the exit status.
 */
export async function processOutput(
  name: 'stdout' | 'stderr',
  options: ColorOptions,
): Promise<Output> {
  const kind = await descriptorKind(descriptors[name]);
  const isTerminal = kind === 'terminal';
  const sink = sinkOf(name, kind);
  return {
    isTerminal,
    get columns() {
      // A terminal of unknown size reports 0. The stream is loaded only on demand.
      return (isTerminal && process[name].columns) || 80;
    },
    style: showsColor(options.color, options.env, isTerminal) ? await colorStyle() : plainStyle,
    ...(isTerminal && options.env.TERM === 'dumb' && { isDumb: true as const }),
    ...((kind === 'file' || kind === 'device') && { neverWaits: true as const }),
    ...(kind === 'pipe' && {
      async whenUnread(tell) {
        const { whenUnread } = await import('./absent-reader.js');
        return whenUnread(descriptors[name], tell);
      },
    }),
    write: name === 'stdout' ? sink : (data) => sink(data).catch(() => {}),
  };
}

/** Refuses to write if the descriptor was closed. */
function deviceSink(descriptor: number, action: string): Sink {
  const sink = fileSink(descriptor, action);
  let isClosed: boolean | undefined;
  return async (data) => {
    isClosed ??= wasClosed(descriptor);
    if (isClosed) throw new KvError('io', `cannot ${action}: it is closed`);
    await sink(data);
  };
}

const descriptors = { stdout: 1, stderr: 2 } as const;

function sinkOf(name: 'stdout' | 'stderr', kind: DescriptorKind): Sink {
  const descriptor = descriptors[name];
  const action = `write to ${name}`;
  if (kind === 'device') return deviceSink(descriptor, action);
  if (kind === 'file') return fileSink(descriptor, action);
  const sink = kind === 'pipe' ? sharedSink : streamSink;
  return sink(descriptor, async (): Promise<Writable> => process[name], action);
}
