/**
 * Writers of one store, killed as `kill -9` does at random moments: what was acknowledged is there,
 * nothing is half there, and the store is sound.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { howMany, LONG_MS } from '../support/length.js';
import { randomNumbers } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runKv, startKv } from './kv-process.js';

const WRITERS = howMany(2, 4);

/** How often each writer goes through all of its orders. */
const ROUNDS = howMany(1, 16);

/** One of so many processes is killed, after so many ms at most. */
const KILLED_OF = 2;
const LATEST_KILL_MS = 400;

const RECORDS = 2000;
const LARGE_BYTES = 1_000_000;

/** One command of a writer, and what it must have come to: `isDone` where it was acknowledged. */
interface Order {
  readonly words: readonly string[];
  check(isDone: boolean): Promise<void>;
}

it(
  'processes that are killed lose nothing that was acknowledged, and leave nothing half done',
  async () => {
    const folder = temporaryFolder();
    const kv = (...words: string[]) => runKv(folder, ['-s', 'store', ...words]);
    const told = async (...words: string[]) => {
      const { status, stdout, stderr } = await kv(...words);
      expect(status, stderr).toBe(0);
      return stdout;
    };
    const records = (name: string, prefix: string, value: string) => {
      const lines = Array.from(
        { length: RECORDS },
        (_, i) => `{"key":"${prefix}${i}","value":"${value}"}\n`,
      );
      writeFileSync(join(folder, name), lines.join(''));
      return name;
    };
    await told('import', '--create', '-b', 'base', records('base', '', 'v'));
    let killed = 0;
    let total = 0;

    const count = async (prefix: string, bucket = 'default') =>
      Number(await told('keys', prefix, '--count', '-b', bucket));
    const buckets = async () => (await told('bucket', 'list')).split('\n');

    function* orders(w: number, round: number): Generator<Order> {
      const id = `${w}-${round}`;
      yield {
        words: ['incr', `counter${w}`],
        async check(isDone) {
          const { stdout } = await kv('get', `counter${w}`);
          const value = Number(stdout);
          expect([counters[w]! + 1, isDone ? -1 : counters[w]]).toContain(value);
          counters[w] = value;
        },
      };
      writeFileSync(join(folder, `large${id}`), String(round % 10).repeat(LARGE_BYTES));
      yield {
        words: ['set', `large${w}`, '-f', `large${id}`],
        async check(isDone) {
          const { stdout } = await kv('get', `large${w}`);
          const digit = stdout[0];
          expect(stdout === (digit ?? '').repeat(LARGE_BYTES) || stdout === '').toBe(true);
          if (isDone) expect(digit).toBe(String(round % 10));
        },
      };
      yield {
        words: ['set', `timed${w}`, id, '--ttl', '7d'],
        check: async (isDone) => {
          const record = await kv('get', `timed${w}`, '--json');
          if (isDone) expect(JSON.parse(record.stdout)).toMatchObject({ value: id });
          if (record.status === 0) expect(JSON.parse(record.stdout).expires).toMatch(/Z$/);
        },
      };
      yield {
        words: ['expire', `timed${w}`, '1s'],
        check: async (isDone) => {
          const { status, stdout } = await kv('stat', `timed${w}`, '--json');
          const left = status === 0 ? Date.parse(JSON.parse(stdout).expires) - Date.now() : 0;
          if (isDone) expect(left).toBeLessThanOrEqual(1_000);
        },
      };
      yield {
        words: ['import', records(`plain${id}`, `plain${id}/`, 'v')],
        check: async (isDone) => {
          const there = await count(`plain${id}/`);
          if (isDone) expect(there).toBe(RECORDS);
        },
      };
      yield {
        words: ['import', '--atomic', records(`atomic${id}`, `atomic${id}/`, 'v')],
        check: async (isDone) => {
          expect([RECORDS, isDone ? -1 : 0]).toContain(await count(`atomic${id}/`));
        },
      };
      yield {
        words: ['delete', '--prefix', `atomic${id}/`, '--yes'],
        check: async (isDone) => {
          const there = await count(`atomic${id}/`);
          expect(isDone ? [0] : [0, RECORDS]).toContain(there);
        },
      };
      yield {
        words: [
          'import',
          '--create',
          '--mode',
          'replace',
          '-b',
          `replaced${w}`,
          records(`r${id}`, '', id),
        ],
        check: async (isDone) => {
          if (!isDone && !(await buckets()).includes(`replaced${w}`)) return;
          const lines = (await told('export', '-b', `replaced${w}`)).trimEnd().split('\n');
          const values = new Set(lines.map((line) => JSON.parse(line).value));
          expect({ lines: lines.length, values: values.size }).toEqual({
            lines: RECORDS,
            values: 1,
          });
          if (isDone) expect([...values]).toEqual([id]);
        },
      };
      yield {
        words: ['bucket', 'copy', 'base', `copy${id}`],
        check: async (isDone) => {
          const isThere = (await buckets()).includes(`copy${id}`);
          if (isDone) expect(isThere).toBe(true);
          if (isThere) expect(await count('', `copy${id}`)).toBe(RECORDS);
        },
      };
      yield {
        words: ['bucket', 'rename', `copy${id}`, `renamed${id}`],
        check: async (isDone) => {
          const there = (await buckets()).filter(
            (name) => name.endsWith(id) && /^(copy|renamed)/.test(name),
          );
          expect(there.length).toBeLessThan(2);
          if (isDone) expect(there).toEqual([`renamed${id}`]);
        },
      };
      yield {
        words: ['store', 'backup', `backup${id}`],
        check: async (isDone) => {
          const isThere = existsSync(join(folder, `backup${id}`));
          if (isDone) expect(isThere).toBe(true);
          if (!isThere) return;
          const restored = ['-s', `restored${id}`, 'store'];
          expect(await runKv(folder, [...restored, 'restore', `backup${id}`])).toMatchObject(done);
          expect(await runKv(folder, [...restored, 'check'])).toMatchObject(done);
          rmSync(join(folder, `restored${id}`), { recursive: true });
        },
      };
      for (const work of ['compact', 'gc']) {
        yield { words: ['store', work], check: async () => {} };
      }
    }

    const done = { status: 0, signal: null };
    const counters = new Array<number>(WRITERS).fill(0);
    const write = async (w: number) => {
      const random = randomNumbers(w);
      for (let round = 0; round < ROUNDS; round++) {
        for (const { words, check } of orders(w, round)) {
          total++;
          const { process: child, ended } = startKv(folder, ['-s', 'store', ...words]);
          child.stdin.end();
          const isVictim = random() * KILLED_OF < 1;
          const timer = setTimeout(
            () => isVictim && child.kill('SIGKILL'),
            random() * LATEST_KILL_MS,
          );
          const { status, signal, stderr } = await ended;
          clearTimeout(timer);
          if (signal === 'SIGKILL') killed++;
          else expect({ signal, words }, stderr).toEqual({ signal: null, words });
          await check(status === 0);
        }
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, w) => write(w)));
    await told('store', 'gc');
    const nothing = { uploads: 0, lostPages: 0 };
    expect(JSON.parse(await told('store', 'check', '--json'))).toMatchObject(nothing);
    expect(JSON.parse(await told('store', 'info', '--json'))).toMatchObject({ expired: 0 });
    expect(readdirSync(join(folder, 'store')).sort()).toEqual(['data.mdb', 'lock.mdb']);
    process.stdout.write(`killed: ${killed} of ${total} processes of ${WRITERS} writers\n`);
  },
  LONG_MS,
);
