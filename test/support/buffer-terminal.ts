/** A terminal of buffers: what a command reads is given, what it says is kept. */
import { KvError } from '../../src/errors.js';
import { openInput } from '../../src/terminal/file-input.js';
import { openAppend, openOutput } from '../../src/terminal/file-output.js';
import { noProgress } from '../../src/terminal/progress.js';
import { plainStyle } from '../../src/terminal/style.js';
import type { Input, Output, Terminal } from '../../src/terminal/terminal.js';
import { visibleMessage } from '../../src/terminal/visible.js';

export interface BufferTerminalOptions {
  readonly stdin?: Uint8Array | string;
  /** By default `stream` where there is a stdin, else `none`. */
  readonly stdinKind?: Input['kind'];
  readonly stdoutIsTerminal?: boolean;
  readonly stderrIsTerminal?: boolean;
  readonly columns?: number;
  readonly quiet?: boolean;
  /** False: nobody is asked, wherever the streams lead. */
  readonly input?: boolean;
  /** What the person says, in order; one question too many is an error. */
  readonly answers?: readonly (string | boolean)[];
}

export interface BufferTerminal extends Terminal {
  stdoutBytes(): Buffer;
  readonly stdoutText: string;
  readonly stderrText: string;
  /** Whether stdin has been asked for its bytes. */
  readonly stdinWasRead: boolean;
  /** What was asked so far. */
  readonly questions: readonly string[];
  /** What a bar would have said beside its figures. */
  readonly remarks: readonly string[];
}

/** Files are real. A person can be asked where stdin is a `terminal` and stderr is one too. */
export function bufferTerminal(options: BufferTerminalOptions = {}): BufferTerminal {
  const stdin = bufferInput(options);
  const stdout = bufferOutput(options.stdoutIsTerminal ?? false, options.columns);
  const stderr = bufferOutput(options.stderrIsTerminal ?? false, options.columns);
  const canAsk = options.input !== false && stdin.kind === 'terminal' && stderr.isTerminal;
  const questions: string[] = [];
  const remarks: string[] = [];
  const answers = [...(options.answers ?? [])];

  const answer = (question: string): string | boolean => {
    if (!canAsk) throw new KvError('not-confirmed', 'cannot ask: nobody is there');
    questions.push(visibleMessage(question));
    const given = answers.shift();
    if (given === undefined) throw new Error(`no answer is left for ${JSON.stringify(question)}`);
    return given;
  };

  return {
    stdin,
    get stdinWasRead() {
      return stdin.wasRead;
    },
    stdout,
    stderr,
    canAsk,
    questions,
    remarks,
    stdoutBytes: () => stdout.bytes(),
    get stdoutText() {
      return stdout.bytes().toString();
    },
    get stderrText() {
      return stderr.bytes().toString();
    },
    progress: async () => ({
      ...noProgress,
      update: (_, remark) => void (remark !== undefined && remarks.push(remark)),
    }),
    async note(text) {
      if (stderr.isTerminal && options.quiet !== true)
        await stderr.write(`${visibleMessage(text)}\n`);
    },
    async confirm(question) {
      return answer(question) === true;
    },
    async ask(question) {
      return String(answer(question));
    },
    async choose(question) {
      return String(answer(question));
    },
    openOutput: (path, output = stdout) => openOutput(path, output),
    openAppend: (path, output = stdout, anew) => openAppend(path, output, anew),
    openInput: (path, own = stdin) => openInput(path, own),
  };
}

function bufferOutput(isTerminal: boolean, columns = 80): Output & { bytes(): Buffer } {
  const written: Buffer[] = [];
  return {
    isTerminal,
    columns,
    style: plainStyle,
    async write(data) {
      // A copy: the caller may fill its buffer again.
      written.push(copyOf(data));
    },
    bytes: () => Buffer.concat(written),
  };
}

function bufferInput({
  stdin,
  stdinKind,
}: BufferTerminalOptions): Input & { readonly wasRead: boolean } {
  let wasRead = false;
  return {
    get wasRead() {
      return wasRead;
    },
    kind: stdinKind ?? (stdin === undefined ? 'none' : 'stream'),
    async *chunks() {
      wasRead = true;
      const bytes = copyOf(stdin ?? '');
      for (let start = 0; start < bytes.length; start += CHUNK) {
        yield bytes.subarray(start, start + CHUNK);
      }
    },
  };
}

function copyOf(data: Uint8Array | string): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(data);
}

/** Bytes that arrive at once, as from a pipe. */
const CHUNK = 64 * 1024;
