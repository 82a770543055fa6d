/** Texts in the byte order of their UTF-8, which beyond the BMP is not JavaScript's. */
export function sorted(texts: Iterable<string>): string[] {
  return [...texts]
    .map((text) => Buffer.from(text))
    .sort(Buffer.compare)
    .map((bytes) => bytes.toString());
}
