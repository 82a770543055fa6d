import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive, isThisProcess, thisProcess } from '../../src/store/lmdb/process-identity.js';
import { program } from '../support/child-program.js';

const identify = program(import.meta.url, 'identify');

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Whether the system tells of a process when it started, and in which boot. */
const hasProc = existsSync('/proc/self/stat');

describe('the owner of an upload', () => {
  test('is alive when it is this process', () => {
    expect(isAlive(thisProcess())).toBe(true);
    expect(isThisProcess(thisProcess())).toBe(true);
  });

  test('is alive however long ago it was seen, where it can be looked at', () => {
    expect(isAlive({ ...thisProcess(), seen: 0 })).toBe(true);
  });

  test('is seen when it is asked', () => {
    const before = Date.now();
    expect(thisProcess().seen).toBeGreaterThanOrEqual(before);
    expect(thisProcess().seen).toBeLessThanOrEqual(Date.now());
  });

  test('is alive while its process runs, and dead from its end on', async () => {
    const child = identify();
    const owner = (await child.message()) as ReturnType<typeof thisProcess>;
    expect(owner.pid).toBe(child.process.pid);
    expect(isAlive(owner)).toBe(true);
    expect(isThisProcess(owner)).toBe(false);
    await child.kill();
    expect(isAlive(owner)).toBe(false);
  });

  test('is dead when no process has its number', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    expect(isAlive({ ...thisProcess(), pid })).toBe(false);
    expect(isAlive({ ...thisProcess(), pid, started: '' })).toBe(false);
  });

  test.runIf(hasProc)('is dead when another process has its number now', () => {
    const owner = { ...thisProcess(), started: `${Number(thisProcess().started) - 1}` };
    expect(isAlive(owner)).toBe(false);
    expect(isThisProcess(owner)).toBe(false);
  });

  test.runIf(hasProc)('is dead when the machine has been started anew', () => {
    const owner = { ...thisProcess(), boot: '00000000-0000-0000-0000-000000000000' };
    expect(isAlive(owner)).toBe(false);
    expect(isThisProcess(owner)).toBe(false);
  });

  test('is alive for a day without a sign, where its processes cannot be looked at', () => {
    const elsewhere = { ...thisProcess(), namespace: 'pid:[1]', pid: 1 };
    const { seen } = elsewhere;
    expect(isAlive(elsewhere)).toBe(true);
    expect(isAlive({ ...elsewhere, seen: seen - DAY_MILLISECONDS + 60_000 })).toBe(true);
    expect(isAlive({ ...elsewhere, seen: seen - DAY_MILLISECONDS - 60_000 })).toBe(false);
    expect(isThisProcess(elsewhere)).toBe(false);
  });

  test('is judged by its number alone, where no more is known of it', () => {
    expect(isAlive({ ...thisProcess(), started: '' })).toBe(true);
    expect(isAlive({ ...thisProcess(), pid: 1, started: '' })).toBe(true);
  });

  test('is the same after it has been written and read', () => {
    const { seen: _, ...owner } = thisProcess();
    expect(JSON.parse(JSON.stringify(thisProcess()))).toMatchObject(owner);
  });
});
