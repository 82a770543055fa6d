import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { userFolder } from '../../src/line/user-folder.js';

const { homedir } = userInfo();

test.each([
  ['data', { XDG_DATA_HOME: '/xdg', HOME: '/home/me' }, '/xdg/kv'],
  ['data', { XDG_DATA_HOME: 'relative', HOME: '/home/me' }, '/home/me/.local/share/kv'],
  ['data', { XDG_DATA_HOME: '', HOME: '/home/me' }, '/home/me/.local/share/kv'],
  ['state', { HOME: '/home/me' }, '/home/me/.local/state/kv'],
  ['state', { HOME: '/home/me', XDG_DATA_HOME: '/xdg' }, '/home/me/.local/state/kv'],
  ['state', {}, `${homedir}/.local/state/kv`],
  ['data', { HOME: '' }, `${homedir}/.local/share/kv`],
  ['data', { HOME: 'relative' }, `${homedir}/.local/share/kv`],
] as const)('the folder for %s with %j is %s', (kind, env, folder) => {
  expect(userFolder(kind, env)).toBe(folder);
});
