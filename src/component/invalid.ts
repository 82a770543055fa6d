/** Thrown for a component whose parts do not fit together; the text says which. */
export class Invalid extends Error {}
