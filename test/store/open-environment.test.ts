import { expect, it } from 'vitest';
import { openEnvironment } from '../../src/store/lmdb/open-environment.js';
import { codeOf } from '../support/error-code.js';
import { temporaryFolder } from '../support/temporary-folder.js';

it('what LMDB refuses with EINVAL at opening is told as lacking, and not as busy', () => {
  const folder = temporaryFolder();
  // No power of two, which mdb_env_set_pagesize refuses so.
  const open = () => openEnvironment(folder, { pageSize: 1000 });
  expect(open).toThrow(`cannot open store "${folder}": the file system, or the system, lacks`);
  expect(codeOf(open)).toBe('io');
});
