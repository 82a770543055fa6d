/** How the compiler holds what is implemented here against the types generated from `wit/`. */

/**
 * An interface of `wit/` as a host gives it: classes without the constructors that WIT keeps from
 * guests, and functions as methods, since a host is handed back its own classes and no others.
 */
export type Wit<Interface> = {
  [Name in keyof Interface]: Interface[Name] extends (...parameters: infer P) => infer R
    ? { method(...parameters: P): R }['method']
    : { [Member in keyof Interface[Name]]: Interface[Name][Member] };
};
