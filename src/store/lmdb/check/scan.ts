/** What all parts of a check share. */
import type { Problem } from '../../maintenance.js';
import type { TreesState } from '../file/metas.js';
import type { Fault, Page } from '../file/page.js';
import type { StoreFile } from '../file/store-file.js';
import { PageCensus } from './page-census.js';

export class Scan<State extends TreesState = TreesState> {
  readonly file: StoreFile;
  readonly meta: State;
  readonly census: PageCensus;
  /** Problems found, and not taken out yet. */
  found: Problem[] = [];
  problems = 0;
  /** Whether some tree could not be read to its end: then something missing proves nothing. */
  isPartial = false;

  constructor(file: StoreFile, meta: State) {
    this.file = file;
    this.meta = meta;
    this.census = new PageCensus(meta.lastPage);
  }

  /** The data of a node, or why it cannot be read. Throws `io`. */
  dataOf(page: Page, node: number): Buffer | Fault {
    return this.file.dataOf(page, node, this.meta.transaction);
  }

  report(problem: Problem): void {
    this.found.push(problem);
    this.problems++;
  }
}
