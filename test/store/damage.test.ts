/**
 * Damage of all kinds, done to copies of a small store, which then is used in another process: LMDB
 * trusts what it maps, so what is not found out before can end the process.
 *
 * KV_TEST_DAMAGE=full does all of it, which takes minutes; else a part, that is another every time.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { program } from '../support/child-program.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { setValue } from '../support/records.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PAGE_BYTES = 4096;

const useDamaged = program(import.meta.url, 'use-damaged');

/** What may be said of a damaged store. Anything else is a defect: so is the end of the process. */
const answers = /^(done|damaged|not-a-store|unknown-format|io|full|busy)$/;

interface Outcome {
  readonly damage: string;
  readonly read: string;
  readonly write: string;
}
