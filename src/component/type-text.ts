/** Types as text, so that two types are equal if their texts are, and a message can show them. */
import type { TypeItem } from './items.js';
import type { FuncType, ValueType } from './types.js';

/** The longest text, in characters: a longer one is cut, ends in `…`, and is equal to no other. */
const TEXT_LIMIT = 10_000;

/** `func(own<a:b/c.d>, string) -> bool`, without the names of parameters. */
export function funcText({ parameters, result }: FuncType): string {
  const text = new Text();
  text.add('func(');
  text.list(parameters);
  text.add(')');
  if (result !== undefined) text.add(' -> ').value(result);
  return text.toString();
}

/** `type record { a: u8 }`, `resource a:b/c.d`. */
export function typeText(item: TypeItem): string {
  switch (item.kind) {
    case 'value':
      return new Text().add('type ').value(item.type).toString();
    case 'func':
      return `type ${funcText(item.type)}`;
    case 'resource':
      return `resource ${plain(item.resource.name)}`;
    case 'instance':
    case 'component':
      return item.kind;
    default:
      return item satisfies never;
  }
}

/** A name unchanged, or in quotes if it could be taken for more than a name. */
function plain(name: string): string {
  return /^[\w:/.@-]+$/.test(name) ? name : JSON.stringify(name);
}

/** Types can contain one another many times over, so the text is cut at the limit. */
class Text {
  #text = '';

  add(text: string): this {
    if (!this.#isFull) this.#text += text;
    return this;
  }

  get #isFull(): boolean {
    return this.#text.length > TEXT_LIMIT;
  }

  list(types: readonly ValueType[]): void {
    types.forEach((type, index) => {
      if (index > 0) this.add(', ');
      this.value(type);
    });
  }

  value(type: ValueType): this {
    if (this.#isFull) return this;
    switch (type.kind) {
      case 'record':
        this.#named(
          'record',
          type.fields.map(({ name, type: one }) => [name, one]),
        );
        break;
      case 'tuple':
        this.#held(
          'tuple',
          type.fields.map(({ type: one }) => one),
        );
        break;
      case 'variant':
      case 'enum':
        this.#named(
          type.kind,
          type.cases.map(({ name, type: one }) => [name, one]),
        );
        break;
      case 'flags':
        this.#named(
          'flags',
          type.names.map((name) => [name, undefined]),
        );
        break;
      case 'option':
        this.#held('option', [type.cases[1]!.type]);
        break;
      case 'result':
        this.#held(
          'result',
          type.cases.map(({ type: one }) => one),
        );
        break;
      case 'list':
        this.#held('list', [type.element]);
        break;
      case 'own':
      case 'borrow':
        this.add(`${type.kind}<${plain(type.resource.name)}>`);
        break;
      default:
        this.add(type.kind);
    }
    return this;
  }

  toString(): string {
    return this.#isFull ? `${this.#text.slice(0, TEXT_LIMIT)}…` : this.#text;
  }

  #held(kind: string, types: readonly (ValueType | undefined)[]): void {
    this.add(`${kind}<`);
    types.forEach((type, index) => {
      if (index > 0) this.add(', ');
      if (type === undefined) this.add('_');
      else this.value(type);
    });
    this.add('>');
  }

  #named(kind: string, parts: readonly (readonly [string, ValueType | undefined])[]): void {
    this.add(`${kind} { `);
    parts.forEach(([name, type], index) => {
      if (index > 0) this.add(', ');
      this.add(plain(name));
      if (type !== undefined) this.add(': ').value(type);
    });
    this.add(' }');
  }
}
