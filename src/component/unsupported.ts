/** Thrown for a feature of WebAssembly that is not offered here; the text names it. */
export class Unsupported extends Error {}
