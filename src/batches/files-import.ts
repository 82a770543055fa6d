/** Imports a folder: each file below it becomes a record. */
import { closeSync } from 'node:fs';
import { LineWriter } from '../answers/line-writer.js';
import type { Bucket, Context } from '../context.js';
import { ioError } from '../errors.js';
import { quoted } from '../formats/format.js';
import { escapedBytes } from '../terminal/escaped-bytes.js';
import { nextTurn, turnWhenDue } from '../terminal/event-loop.js';
import { visibleJson } from '../terminal/visible.js';
import { PIECE_BYTES, piecesOfFile } from './folders/file-pieces.js';
import { type FoundFile, filesBelow } from './folders/folder-walk.js';
import type { RawName } from './folders/held-folder.js';
import { openFolder } from './folders/open-folder.js';
import { keepApart } from './folders/store-apart.js';
import type { FolderInput } from './import-options.js';
import type { ImportSink } from './import-sink.js';
import { KeysBeside } from './keys-beside.js';
import { UnkeptOfFiles } from './unkept-of-files.js';

/** Bytes reserved for a key in front of its value: a path is shorter. */
const KEY_ROOM_BYTES = 128 * 1024;

/** Bytes, and files, that are read before they are handed on. */
const STEP_BYTES = 1024 * 1024;
const STEP_FILES = 1000;

/** Keys that are deleted in one transaction. */
const DELETED_KEYS = 10_000;

/** How reading hands records on, see `ReadingSteps`. */
interface FolderReader {
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  begins(bytes: number): Promise<void>;
  tell(): Promise<void>;
}

export class FolderImport {
  readonly #unkept = new UnkeptOfFiles();
  readonly #context: Context;
  readonly #input: FolderInput;
  readonly #sink: ImportSink;
  /** A key, followed by its value. */
  readonly #room = Buffer.allocUnsafe(KEY_ROOM_BYTES + PIECE_BYTES);
  readonly #keysBeside: KeysBeside | undefined;

  /** Keys without a file are deleted in `target`, if it is given. */
  constructor(context: Context, input: FolderInput, sink: ImportSink, target: Bucket | undefined) {
    this.#context = context;
    this.#input = input;
    this.#sink = sink;
    if (input.mirror && target) this.#keysBeside = new KeysBeside(context, target, input.prefix);
  }

  /** Reads all files; returns their bytes. Throws `io`, `usage` for the folder of the store. */
  async read(reader: FolderReader): Promise<number> {
    const { path } = this.#input;
    const action = `read "${path}"`;
    keepApart(path, this.#context.settings.store, action);
    const root = openFolder(path, action);
    let bytes = 0;
    let handedOn = 0;
    let at = 0;
    const turn = turnWhenDue();
    const pause = async () => {
      await turn();
      reader.signal.throwIfAborted();
    };
    try {
      for (const found of filesBelow(root)) {
        if (found.kind === 'link') this.#unkept.links++;
        else if (found.kind === 'other') this.#unkept.others++;
        else {
          at++;
          for await (const length of this.#one(at, found, reader.dryRun)) {
            bytes += length;
            await pause();
          }
          if (bytes - handedOn >= STEP_BYTES || at % STEP_FILES === 0) {
            handedOn = bytes;
            this.#sink.through(at);
            await reader.begins(bytes);
            await this.#sink.drain();
            await reader.tell();
          }
        }
        await pause();
      }
    } catch (error) {
      throw 'syscall' in (error as object) ? ioError(action, error) : error;
    } finally {
      root.close();
    }
    this.#sink.through(at);
    return bytes;
  }

  /**
   * Deletes the keys without a file, or prints them in a dry run. If a file was rejected, it
   * deletes nothing, and says so.
   */
  async deleteOthers(signal: AbortSignal, dryRun: boolean): Promise<void> {
    const { keyvalue, settings, terminal } = this.#context;
    if (this.#keysBeside === undefined) return;
    const { bucket } = this.#keysBeside;
    const keys = this.#keysBeside.all();
    if (this.#sink.rejections.count > 0) {
      await terminal.note('nothing was deleted, as files were rejected');
      return;
    }
    const lines = new LineWriter(this.#context);
    for (let at = 0; at < keys.length; at += DELETED_KEYS) {
      signal.throwIfAborted();
      const some = keys.slice(at, at + DELETED_KEYS);
      if (!dryRun) this.#sink.deleted += keyvalue.records.deleteRecords(bucket, some);
      else {
        this.#sink.deleted += some.length;
        for (const key of some) {
          const text = `- ${lines.keyText(key)}`;
          await lines.write(settings.json ? visibleJson({ change: 'deleted', key }) : text);
        }
      }
      await nextTurn();
    }
    await lines.end();
  }

  /** What of the files is not kept; undefined if everything is. */
  get unkeptInWords(): string | undefined {
    return this.#unkept.inWords;
  }

  /** Hands a file over, or rejects it; yields the bytes read since the last time. */
  *#one(at: number, { folder, name, path, key, kind }: FoundFile, dryRun: boolean) {
    const whole = key === undefined ? undefined : this.#input.prefix + key;
    this.#keysBeside?.pass(this.#input.prefix, path);
    const reject = (reason: string) =>
      this.#sink.reject(
        at,
        `${whole === undefined ? escapedPath(path) : quoted(whole)}: ${reason}`,
        new Uint8Array(0),
      );
    if (whole === undefined) return reject('its name is not UTF-8');
    if (kind === 'deep') return reject('it is too many folders deep');
    if (Buffer.byteLength(whole) > KEY_ROOM_BYTES) return reject('its name is too long for a key');
    const file = tried(() => folder.file(name));
    if (file instanceof Error) return reject(ioError('read it', file).message);
    if (file === undefined) return reject('it is no file any more');
    try {
      if (file.isExecutable) this.#unkept.executables++;
      if (dryRun) {
        this.#record(at, whole, 0);
        yield file.size;
      } else yield* this.#contents(at, whole, file.descriptor);
    } finally {
      closeSync(file.descriptor);
    }
  }

  /** A file that fits a piece becomes a record at once, a larger one comes in pieces. */
  *#contents(at: number, key: string, descriptor: number): Generator<number> {
    let isLarge = false;
    let size = 0;
    const piece = this.#room.subarray(KEY_ROOM_BYTES);
    for (const bytes of piecesOfFile(descriptor, piece)) {
      if (size === 0 && bytes.length < PIECE_BYTES) {
        this.#record(at, key, bytes.length);
        yield bytes.length;
        return;
      }
      if (!isLarge) this.#sink.beginValue(at, Buffer.from(key));
      isLarge = true;
      this.#sink.valuePiece(bytes);
      size += bytes.length;
      yield bytes.length;
    }
    if (isLarge) this.#sink.endValue();
    else this.#record(at, key, 0);
  }

  /** A record whose key and value are in the buffer. */
  #record(at: number, key: string, size: number): void {
    this.#sink.record(at, {
      bytes: this.#room,
      keyStart: 0,
      keyEnd: this.#room.write(key),
      valueStart: KEY_ROOM_BYTES,
      valueEnd: KEY_ROOM_BYTES + size,
    });
  }
}

function tried<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}

/** A path that is not UTF-8, in quotes, with `\xHH` for the bytes that are not. */
function escapedPath(path: RawName): string {
  const escapes = escapedBytes([Buffer.from(path, 'latin1')], (text) => quoted(text).slice(1, -1));
  return `"${[...escapes].join('')}"`;
}
