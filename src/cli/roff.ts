/** The markup of man pages: literal text, and the few macros of man(7) that are used. */

export type Block =
  /** Once, at the beginning. */
  | { readonly kind: 'title'; readonly name: string; readonly source: string }
  | { readonly kind: 'section'; readonly heading: string }
  | { readonly kind: 'subsection'; readonly heading: string }
  /** Paragraphs and terms take markup, made by `escaped` and `marked`. */
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'term'; readonly term: string; readonly meaning: string }
  /** A literal line to copy, and what it does. */
  | { readonly kind: 'example'; readonly line: string; readonly meaning: string }
  /** Literal lines. */
  | { readonly kind: 'sample'; readonly lines: readonly string[] };

/** A page. Every line of text is filled and flush left, and no word is hyphenated. */
export function page(blocks: readonly Block[]): string {
  return `${blocks.map(macros).join('\n')}\n`;
}

/** Literal text: quotes, dashes and tildes stay what a shell reads. */
export function escaped(text: string): string {
  return text.replace(/[\\'`"^~-]/g, (character) => characters[character]!);
}

/** Literal text in bold, for what is typed. */
export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** A usage: flags in bold, placeholders in italics, without line breaks. */
export function marked(usage: string): string {
  const parts = usage.split(/((?<![\w-])--?\w[\w-]*|\b[A-Z][A-Z-]*\b)/);
  const shown = parts.map((part, index) => {
    if (index % 2 === 0) return escaped(part);
    return part.startsWith('-') ? bold(part) : `\\fI${escaped(part)}\\fR`;
  });
  return shown.join('').replaceAll(' ', '\\ ');
}

const characters: Readonly<Record<string, string>> = {
  '\\': '\\e',
  "'": '\\(aq',
  '`': '\\(ga',
  '"': '\\(dq',
  '^': '\\(ha',
  '~': '\\(ti',
  '-': '\\-',
};

function macros(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `.TH ${block.name.toUpperCase()} 1 "" "${block.source}" "User Commands"\n.nh\n.ad l`;
    case 'section':
      return `.SH ${block.heading.toUpperCase()}`;
    case 'subsection':
      return `.SS ${block.heading}`;
    case 'paragraph':
      return `.PP\n${line(block.text)}`;
    case 'term':
      return `.TP\n${line(block.term)}\n${line(block.meaning)}`;
    case 'example':
      return `.PP\n.nf\n${line(block.line)}\n.fi\n.RS\n${line(block.meaning)}\n.RE`;
    case 'sample':
      return `.PP\n.RS 4\n.nf\n${block.lines.map(line).join('\n')}\n.fi\n.RE`;
    default:
      return block satisfies never;
  }
}

/** One line that cannot be taken for a macro. */
function line(text: string): string {
  const words = text.trim().split(/\s+/).join(' ');
  return words.startsWith('.') ? `\\&${words}` : words;
}
