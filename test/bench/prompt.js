/**
 * The prompt: when the first one shows, against Node doing nothing; how long Tab takes to complete a
 * key among many; and what a verb takes there, by `timing on`. The terminal is that of script(1).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { median, run } from './measure.js';
import { writeRecords } from './records.js';

/** Short runs vary more than long ones. */
const ROUNDS_FACTOR = 4;

/** Milliseconds: what nobody waits for. */
const TAB_LIMIT = 20;
const LINE_LIMIT = 1;

const READY = '> ';

/** What says that keys are read: pastes are to be framed. */
const KEYS = '\x1b[?2004h';

export async function bench({ folder, kv, rounds, memoryRecords, report }) {
  const env = { KV_STORE: join(folder, 'prompt'), HOME: folder, TERM: 'xterm-256color', PAGER: '' };
  await run(process.execPath, [kv, 'set', 'k', 'v'], { env });
  const nothing = [];
  const first = [];
  for (let round = 0; round < rounds * ROUNDS_FACTOR; round++) {
    nothing.push((await run(process.execPath, ['-e', '0'], { env })).seconds * 1000);
    const session = new Session(kv, env);
    first.push(await session.shows(READY));
    await session.shows(KEYS);
    await session.end();
  }
  const samples = { 'node -e 0': nothing, 'the first prompt': first };
  report.compare('The prompt', samples, { base: 'node -e 0', unit: 'ms' });

  const records = await writeRecords(
    join(folder, 'prompt.ndjson'),
    memoryRecords,
    (key) => `{"key":"${key}","value":"v"}\n`,
  );
  await run(process.execPath, [kv, '-q', 'import', records], { env });
  const session = new Session(kv, env);
  await session.shows(KEYS);
  const tabs = [];
  for (let round = 0; round < rounds * ROUNDS_FACTOR; round++) {
    // Another key each time; all but its last digits are the same as its neighbours'.
    const key = `user:${String(Math.floor((memoryRecords * round) / 100)).padStart(10, '0')}`;
    session.type(`exists ${key}`);
    await session.shows(key);
    tabs.push(await session.answers('\t', `${key} `));
    session.type('\x03');
    await session.shows(READY);
  }
  report.figure(`Tab among ${memoryRecords} keys`, median(tabs), 'ms', TAB_LIMIT);

  session.type('timing on\r');
  await session.shows(' ms');
  for (const line of ['get k', 'exists k', 'incr n']) {
    const times = [];
    for (let round = 0; round < rounds * ROUNDS_FACTOR; round++) {
      session.type(`${line}\r`);
      await session.shows(' ms');
      times.push(Number(/([\d.]+) ms/.exec(session.shown)[1]));
      await session.shows(READY);
    }
    report.figure(`At the prompt: ${line}`, median(times), 'ms', LINE_LIMIT);
  }
  await session.end();
}

/** A program with a terminal of its own. */
class Session {
  /** What it has shown since it was waited for last. */
  shown = '';
  #child;
  #began = performance.now();
  #seen = () => {};

  constructor(kv, env) {
    this.#child = start(`'${process.execPath}' '${kv}'`, env);
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.shown += text;
      this.#seen();
    });
  }

  type(text) {
    this.shown = '';
    this.#began = performance.now();
    this.#child.stdin.write(text);
  }

  /** Resolves when a text has been shown: milliseconds since something was typed, or it was started. */
  async shows(text) {
    while (!this.shown.includes(text)) {
      await new Promise((resolve) => {
        this.#seen = resolve;
      });
    }
    return performance.now() - this.#began;
  }

  answers(keys, text) {
    this.type(keys);
    return this.shows(text);
  }

  async end() {
    const ended = new Promise((resolve) => this.#child.on('close', resolve));
    this.#child.stdin.write('\x04');
    await ended;
  }
}

function start(command, env) {
  return spawn('script', ['-qefc', command, '/dev/null'], { env: { ...process.env, ...env } });
}
