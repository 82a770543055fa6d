import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import type { Bucket, Condition, Context } from '../context.js';
import { asKvError, exitCodes, ioError, KvError } from '../errors.js';
import { runEditor } from '../terminal/editor.js';
import { isText } from '../terminal/is-text.js';
import { humanSize } from '../terminal/quantities.js';

const NEWLINE = 0x0a;

/** The largest value that can be edited, in bytes: editors hold it in memory. */
const EDIT_LIMIT_BYTES = 64 * 1024 * 1024;

export const command = defineCommand({
  name: 'edit',
  summary: 'Edit a value in $VISUAL or $EDITOR',
  details: `A missing key begins empty. The value is saved when the editor ends, where nobody else has changed it
meanwhile; else your text is kept in a file, which is named. When it expires stays. An editor ends a text with a newline: where
the value had none, it gets none.`,
  access: 'revise',
  inScripts: false,
  arguments: [{ name: 'key', summary: 'the key', completes: 'key' }],
  options: {},
  examples: [
    { line: 'kv edit motd', summary: 'a text' },
    { line: 'EDITOR="code --wait" kv edit config.json', summary: 'any editor that waits' },
  ],
  exits: { [exitCodes.conditionFailed]: 'somebody else has changed it; your text is kept' },

  async run(context, { key }, { env }) {
    const bucket = context.bucketToWrite();
    const { bytes: before, condition } = read(context, bucket, key);
    const folder = mkdtempSync(join(tmpdir(), 'kv-edit-'));
    const path = join(folder, isJson(before.toString()) ? 'value.json' : 'value.txt');
    let isKept = false;
    try {
      writeFileSync(path, before, { mode: 0o600 });
      const after = await edited(key, path, env, before);
      if (after.equals(before)) {
        await context.terminal.note(`"${key}" is unchanged`);
        return;
      }
      // From here on, the person's work is kept whatever fails.
      isKept = true;
      await save(context, bucket, key, { before, after, condition }, path);
      isKept = false;
    } finally {
      if (!isKept) rmSync(folder, { recursive: true, force: true });
    }
  },
});

/**
 * The value, and the condition that it has not changed. Throws `too-large`, and `rejected` if it is
 * not text.
 */
function read(
  { keyvalue }: Context,
  bucket: Bucket,
  key: string,
): { bytes: Buffer; condition: Condition } {
  const { eventual, types } = keyvalue;
  const value = eventual.get(bucket, key);
  if (value === undefined) return { bytes: Buffer.alloc(0), condition: { kind: 'absent' } };
  const { size, version } = value.metadata;
  if (size > EDIT_LIMIT_BYTES) {
    value[Symbol.dispose]();
    const state = `its value is over ${humanSize(EDIT_LIMIT_BYTES)}`;
    throw new KvError('too-large', `cannot edit "${key}": ${state}`);
  }
  const bytes = Buffer.from(types.IncomingValue.incomingValueConsumeSync(value));
  if (!isText(bytes, { begun: false, goesOn: false })) {
    throw new KvError('rejected', `cannot edit "${key}": its value is binary`, {
      hint: 'try: kv get KEY | xxd > FILE, edit FILE, then xxd -r FILE | kv set KEY',
    });
  }
  return { bytes, condition: { kind: 'version', version } };
}

/** The edited text. Throws `not-confirmed` if the editor fails, `io`. */
async function edited(
  key: string,
  path: string,
  env: NodeJS.ProcessEnv,
  before: Buffer,
): Promise<Buffer> {
  await runEditor(path, env, `edit "${key}"`);
  try {
    const after = readFileSync(path);
    return endsWithNewline(before) || !endsWithNewline(after) ? after : after.subarray(0, -1);
  } catch (cause) {
    throw ioError(`read "${path}"`, cause);
  }
}

interface Change {
  readonly before: Buffer;
  readonly after: Buffer;
  readonly condition: Condition;
}

async function save(
  context: Context,
  bucket: Bucket,
  key: string,
  { before, after, condition }: Change,
  path: string,
): Promise<void> {
  const { records, types } = context.keyvalue;
  const hint = `your text is in ${path}`;
  if (isJson(before.toString()) && !isJson(after.toString())) {
    const action = `save "${key}"`;
    const question = `it was JSON, and is no longer: ${action} all the same?`;
    if (!context.terminal.canAsk || !(await context.terminal.confirm(question))) {
      throw new KvError('not-confirmed', `did not ${action}: it was JSON, and is no longer`, {
        hint,
      });
    }
  }
  const value = types.OutgoingValue.newOutgoingValue();
  try {
    value.outgoingValueWriteBodySync(after);
    const version = records.setWhere(bucket, key, value, { condition, expires: 'kept' });
    const { size } = value;
    await report(context, { key, size, version }, `set "${key}": ${humanSize(size)}`);
  } catch (thrown) {
    const { code, message, cause = thrown } = asKvError(thrown);
    throw new KvError(code, message, { hint, cause });
  } finally {
    value[Symbol.dispose]();
  }
}

function endsWithNewline(bytes: Buffer): boolean {
  return bytes.at(-1) === NEWLINE;
}

/** Whether a text is a JSON object or list: a lone number or word is a text as well. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
