/** A problem of a store, on a line. */
import type { Problem } from '../context.js';
import { visibleLine } from '../terminal/visible.js';

/** `page 17, bucket "a", key "b": what is wrong there`. */
export function problemLine({ page, part, bucket, key, problem }: Problem): string {
  const place = [
    page === undefined ? undefined : `page ${page}`,
    part,
    bucket === undefined ? undefined : `bucket "${visibleLine(bucket)}"`,
    key === undefined ? undefined : `key "${visibleLine(key)}"`,
  ];
  return `${place.filter((name) => name !== undefined).join(', ')}: ${visibleLine(problem)}`;
}
