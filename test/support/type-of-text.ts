/** Reads the types of `src/host/offered.json`, to write components that import them, or others. */

/** A type of values, by its form and what it is made of. */
export interface ValueText {
  readonly form: string;
  /** Of records, variants, enums and flags; `parts` go with them. */
  readonly names: readonly string[];
  /** `undefined` is `_`, or a case without a payload. */
  readonly parts: readonly (ValueText | undefined)[];
  /** Of handles. */
  readonly resource?: string;
}

export interface FunctionText {
  readonly parameters: readonly ValueText[];
  readonly result: ValueText | undefined;
}

type CoreType = 'i32' | 'i64' | 'f32' | 'f64';

const MOST_FLAT_PARAMETERS = 16;

/** `func(string) -> bool`. */
export function functionOfText(text: string): FunctionText {
  const [rest, parameters] = listOf(text.slice('func('.length), ')');
  const result = rest.startsWith(' -> ') ? valueOf(rest.slice(' -> '.length))[1] : undefined;
  return { parameters: parameters as ValueText[], result };
}

/** As WebAssembly's text format has it; a resource is `$` and its name. */
function valueAsWat({ form, names, parts, resource }: ValueText): string {
  const inner = (part: ValueText | undefined) => (part === undefined ? '' : ` ${valueAsWat(part)}`);
  const named = (word: string) =>
    `(${form}${names.map((name, index) => ` (${word} "${name}"${inner(parts[index])})`).join('')})`;
  switch (form) {
    case 'record':
      return named('field');
    case 'variant':
      return named('case');
    case 'enum':
    case 'flags':
      return `(${form}${names.map((name) => ` "${name}"`).join('')})`;
    case 'result':
      return `(result${inner(parts[0])}${parts[1] ? ` (error${inner(parts[1])})` : ''})`;
    case 'own':
    case 'borrow':
      return `(${form} $${resource})`;
    default:
      return parts.length === 0 ? form : `(${form}${parts.map(inner).join('')})`;
  }
}

export function functionAsWat({ parameters, result }: FunctionText): string {
  const given = parameters.map((one, index) => `(param "p${index}" ${valueAsWat(one)})`).join(' ');
  return `(func ${given}${result === undefined ? '' : ` (result ${valueAsWat(result)})`})`;
}

/** The core function that a guest imports for it. */
export function coreTypeOf({ parameters, result }: FunctionText): {
  readonly parameters: readonly CoreType[];
  readonly results: readonly CoreType[];
} {
  const flat = parameters.flatMap(flatOf);
  const given: CoreType[] = flat.length > MOST_FLAT_PARAMETERS ? ['i32'] : flat;
  const results = result === undefined ? [] : flatOf(result);
  return results.length > 1
    ? { parameters: [...given, 'i32'], results: [] }
    : { parameters: given, results };
}

/** The resources of which the function has handles. */
export function resourcesOf({ parameters, result }: FunctionText): string[] {
  return [...parameters, result].flatMap((one) => (one === undefined ? [] : handlesOf(one)));
}

function handlesOf({ resource, parts }: ValueText): string[] {
  if (resource !== undefined) return [resource];
  return parts.flatMap((part) => (part === undefined ? [] : handlesOf(part)));
}

function flatOf({ form, parts }: ValueText): CoreType[] {
  const inner = parts.map((part) => (part === undefined ? [] : flatOf(part)));
  switch (form) {
    case 'string':
    case 'list':
      return ['i32', 'i32'];
    case 'u64':
    case 's64':
      return ['i64'];
    case 'f32':
    case 'f64':
      return [form];
    case 'record':
    case 'tuple':
      return inner.flat();
    case 'variant':
    case 'option':
    case 'result': {
      const joined: CoreType[] = [];
      for (const types of inner) {
        types.forEach((type, index) => {
          const before = joined[index] ?? type;
          const isSmall = [before, type].every((one) => one === 'i32' || one === 'f32');
          joined[index] = before === type ? type : isSmall ? 'i32' : 'i64';
        });
      }
      return ['i32', ...joined];
    }
    default:
      return ['i32'];
  }
}

/** The type at the beginning, and what comes behind it. */
function valueOf(text: string): [rest: string, value: ValueText | undefined] {
  if (text.startsWith('_')) return [text.slice(1), undefined];
  const form = /^[a-z0-9]+/.exec(text)?.[0] ?? '';
  const rest = text.slice(form.length);
  if (rest.startsWith(' { ')) {
    const names: string[] = [];
    const parts: (ValueText | undefined)[] = [];
    let left = rest.slice(' { '.length);
    for (;;) {
      const name = /^[a-z0-9-]+/.exec(left)![0];
      left = left.slice(name.length);
      let part: ValueText | undefined;
      if (left.startsWith(': ')) [left, part] = valueOf(left.slice(2));
      names.push(name);
      parts.push(part);
      if (left.startsWith(' }')) return [left.slice(2), { form, names, parts }];
      left = left.slice(', '.length);
    }
  }
  if (form === 'own' || form === 'borrow') {
    const end = rest.indexOf('>');
    return [rest.slice(end + 1), { form, names: [], parts: [], resource: rest.slice(1, end) }];
  }
  if (!rest.startsWith('<')) return [rest, { form, names: [], parts: [] }];
  const [after, parts] = listOf(rest.slice(1), '>');
  return [after, { form, names: [], parts }];
}

function listOf(text: string, end: string): [rest: string, parts: (ValueText | undefined)[]] {
  const parts: (ValueText | undefined)[] = [];
  let left = text;
  while (!left.startsWith(end)) {
    if (parts.length > 0) left = left.slice(', '.length);
    const [rest, part] = valueOf(left);
    parts.push(part);
    left = rest;
  }
  return [left.slice(end.length), parts];
}
