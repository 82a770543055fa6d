/** Bytes as a dump of LMDB spells them, which may come cut anywhere. */
import { CARRIAGE_RETURN } from './csv-dialect.js';
import type { MdbSpelling } from './mdb-header.js';

export class MdbText {
  readonly #spelling: MdbSpelling;
  /** What the last byte began. */
  #state: 'nothing' | 'escape' | 'digit' | 'line end' = 'nothing';
  #digit = 0;

  constructor(spelling: MdbSpelling) {
    this.#spelling = spelling;
  }
}
