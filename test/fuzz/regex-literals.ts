/** A regular expression in a source text, and where it stands. */
export interface Found {
  source: string;
  flags: string;
  line: number;
}

/** Everything in which a slash begins no regular expression. */
const TOKEN =
  /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[^])*`|[\w$]+|[^\s\w$]|\s+/gy;
const REGEX = /\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/y;
/** After one of these a slash begins a regular expression, after anything else it divides. */
const BEFORE = /^(?:[(,=:[!&|?{};<>~+*%^-]|return|case|typeof)$/;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Between two tokens. */
const isGap = (token: string): boolean => isComment(token) || /^\s/.test(token);
const isComment = (token: string): boolean => /^\/[/*]/.test(token);

/** The regular expressions of a TypeScript file. There is no compiler to ask: TypeScript 7 has no API of that kind. */
export function regexesIn(text: string): Found[] {
  const found: Found[] = [];
  let [at, last] = [0, ';'];
  while (at < text.length) {
    const regex = BEFORE.test(last) && !isComment(text.slice(at, at + 2)) ? matchAt(REGEX, text, at) : null;
    const [token] = regex ?? matchAt(TOKEN, text, at) ?? [text.charAt(at)];
    const line = text.slice(0, at).split('\n').length;
    if (regex !== null) found.push(foundIn(regex, line));
    if (token.startsWith('`')) found.push(...regexesInTemplate(token, line));
    if (regex !== null || !isGap(token)) last = token;
    at += token.length;
  }
  return found;
}

const foundIn = ({ 1: source = '', 2: flags = '' }: RegExpExecArray, line: number): Found => ({
  source,
  flags,
  line,
});

const regexesInTemplate = (template: string, line: number): Found[] =>
  [...template.matchAll(/\$\{([^{}]*)\}/g)].flatMap(([, code = '']) =>
    regexesIn(code).map((one) => ({ ...one, line })),
  );
