/** Splits the line of a shell up to the cursor as that shell does, without running anything. */
import { readTypedWord, type Shell } from './typed-word.js';

export interface ShellLine {
  /** The words before the one at the cursor, as they were typed. */
  readonly words: readonly string[];
  /** The word at the cursor, as far as it is typed. */
  readonly word: string;
  /** Whether the word is the file of a redirection. */
  readonly isRedirected: boolean;
}

/**
 * Reads the last command of a line: the text after the last `;`, `|`, `&` or parenthesis outside of
 * quotes, without redirections.
 */
export function readShellLine(shell: Shell, line: string): ShellLine {
  let words: string[] = [];
  let word = '';
  let isRedirected = false;
  const endWord = () => {
    if (word === '') return;
    if (!isRedirected) words.push(word);
    isRedirected = false;
    word = '';
  };
  for (const [piece] of line.matchAll(pieces[shell === 'fish' ? 'fish' : 'posix'])) {
    if (/^\s/.test(piece)) {
      endWord();
    } else if (/^&?[<>]/.test(piece)) {
      // `2>` names a stream.
      if (/^\d$/.test(word)) word = '';
      endWord();
      isRedirected = true;
    } else if (/^[;|&()`]$/.test(piece)) {
      endWord();
      words = [];
    } else {
      word += piece;
    }
  }
  return { words, word, isRedirected };
}

/**
 * The variables set for the last command of a line, which must be nothing but assignments;
 * undefined for values that cannot be known without running the line.
 */
export function assignments(
  shell: Shell,
  line: string,
  env: NodeJS.ProcessEnv,
): Record<string, string | undefined> {
  const { words } = readShellLine(shell, line);
  const end = words.findIndex((word) => !assignment.test(word));
  const pairs = words.slice(0, end === -1 ? 0 : end).map((word) => {
    const [whole, name] = assignment.exec(word)!;
    return [name!, readTypedWord(shell, word.slice(whole.length), env)?.text] as const;
  });
  return Object.fromEntries(pairs);
}

const assignment = /^([A-Za-z_]\w*)=/;

/** The parts of a line. An open quote reaches to the end. */
const pieces = {
  posix: anyOf(
    String.raw`\s+|&?[<>]+[&|]?|[;|&()]`,
    String.raw`\\.?|'[^']*'?|\$'(?:\\.|[^'\\])*(?:'|\\?$)|"(?:\\.|[^"\\])*(?:"|\\?$)`,
    '\\$\\((?:[^()]|\\([^()]*\\))*\\)|`[^`]*`|[$`]',
    '[^\\s<>;|&()\\\\\'"`$]+',
  ),
  fish: anyOf(
    String.raw`\s+|&?[<>]+[&?]?|[;|&]`,
    String.raw`\\.?|'(?:\\.|[^'\\])*(?:'|\\?$)|"(?:\\.|[^"\\])*(?:"|\\?$)`,
    String.raw`\((?:[^()]|\([^()]*\))*\)|[()]`,
    String.raw`[^\s<>;|&()\\'"]+`,
  ),
} as const;

/** Blanks and operators, escapes and quotes, substitutions, text. */
function anyOf(...alternatives: readonly string[]): RegExp {
  return new RegExp(alternatives.join('|'), 'gs');
}
