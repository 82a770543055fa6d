/**
 * A component's binary as it is written: its definitions in order, with unresolved indices. The
 * names are those of the component model's `Binary.md`.
 */
import type { CoreModule, CoreSort } from './core-module.js';
import type { Encoding } from './strings.js';
import type { Primitive } from './types.js';

/** A type of a value: a primitive, or the index of a type. */
export type TypeUse = Primitive | number;

export type Sort = 'func' | 'value' | 'type' | 'component' | 'instance' | 'module' | CoreOnly;

/** Sorts of the core, besides modules, that an alias or an argument may have. */
export type CoreOnly = `core ${CoreSort | 'instance'}`;

export interface Reference {
  readonly name: string;
  readonly sort: Sort;
  readonly index: number;
}

export type ValueTypeSyntax =
  | { readonly kind: 'primitive'; readonly type: Primitive }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [string, TypeUse])[] }
  | {
      readonly kind: 'variant';
      readonly cases: readonly (readonly [string, TypeUse | undefined])[];
    }
  | { readonly kind: 'list'; readonly element: TypeUse }
  | { readonly kind: 'tuple'; readonly types: readonly TypeUse[] }
  | { readonly kind: 'flags' | 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'option'; readonly type: TypeUse }
  | {
      readonly kind: 'result';
      readonly ok: TypeUse | undefined;
      readonly err: TypeUse | undefined;
    }
  | { readonly kind: 'own' | 'borrow'; readonly resource: number };

export interface FuncTypeSyntax {
  readonly kind: 'func';
  readonly parameters: readonly TypeUse[];
  readonly result: TypeUse | undefined;
}

export type TypeSyntax =
  | ValueTypeSyntax
  | FuncTypeSyntax
  | { readonly kind: 'instance' | 'component'; readonly declarations: readonly Declaration[] }
  | { readonly kind: 'resource'; readonly destructor: number | undefined };

/** The type of an import, or the type given to an export. */
export type ExternDesc =
  | { readonly sort: 'func' | 'component' | 'instance' | 'module'; readonly type: number }
  | { readonly sort: 'type'; readonly equal: number }
  /** An abstract resource. */
  | { readonly sort: 'type'; readonly equal: undefined };

export type Alias =
  | { readonly of: 'export'; readonly sort: Sort; readonly instance: number; readonly name: string }
  | {
      readonly of: 'core export';
      readonly sort: Sort;
      readonly instance: number;
      readonly name: string;
    }
  | { readonly of: 'outer'; readonly sort: Sort; readonly depth: number; readonly index: number };

/** A declaration in an instance's type. */
export type Declaration =
  | { readonly kind: 'type'; readonly type: TypeSyntax }
  | { readonly kind: 'alias'; readonly alias: Alias }
  | { readonly kind: 'import' | 'export'; readonly name: string; readonly desc: ExternDesc };

export interface CanonOptions {
  readonly encoding: Encoding;
  readonly memory?: number;
  readonly realloc?: number;
  readonly postReturn?: number;
}

export type Definition =
  | { readonly kind: 'core module'; readonly module: CoreModule }
  | {
      readonly kind: 'core instance';
      readonly module: number;
      readonly with: readonly { readonly name: string; readonly instance: number }[];
    }
  | { readonly kind: 'core exports'; readonly exports: readonly Reference[] }
  | { readonly kind: 'component'; readonly component: ComponentSyntax }
  | {
      readonly kind: 'instance';
      readonly component: number;
      readonly with: readonly Reference[];
    }
  | { readonly kind: 'exports'; readonly exports: readonly Reference[] }
  | { readonly kind: 'alias'; readonly alias: Alias }
  | { readonly kind: 'type'; readonly type: TypeSyntax }
  | {
      readonly kind: 'lift';
      readonly core: number;
      readonly options: CanonOptions;
      readonly type: number;
    }
  | { readonly kind: 'lower'; readonly func: number; readonly options: CanonOptions }
  | { readonly kind: 'resource.new' | 'resource.drop' | 'resource.rep'; readonly type: number }
  | { readonly kind: 'import'; readonly name: string; readonly desc: ExternDesc }
  | {
      readonly kind: 'export';
      readonly name: string;
      readonly sort: Sort;
      readonly index: number;
    };

export interface ComponentSyntax {
  readonly definitions: readonly Definition[];
}
