/** How the compiler checks the implementation against the types generated from `wit/`. */

/**
 * An interface of `wit/` as a host implements it: classes without the constructors that WIT hides
 * from guests, and functions as methods, since a host gets back only objects of its own classes.
 */
export type Wit<Interface> = {
  [Name in keyof Interface]: Interface[Name] extends (...parameters: infer P) => infer R
    ? { method(...parameters: P): R }['method']
    : { [Member in keyof Interface[Name]]: Interface[Name][Member] };
};
