/** What a query is made of; comments are gone. */
export interface Token {
  kind: 'text' | 'number' | 'name' | 'sign';
  text: string;
}

const TOKEN =
  /\/\/[^\n]*|\s+|"(?<text>[^"]*)"|(?<number>\d+(?:\.\d+)?(?:ms|[smhd])?)\b|(?<name>[A-Za-z_]\w*)|(?<sign>!in|!startswith|!has|==|!=|<=|>=|=~|\.\.|[-+*/<>=(),[\]|;.])/gy;

export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of query.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const [kind, text] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
    if (kind !== undefined && text !== undefined) tokens.push({ kind: kind as Token['kind'], text });
  }
  if (end !== query.length) throw new Error(`not read from: ${query.slice(end, end + 30)}`);
  return tokens;
}

/** Reads tokens one after the other. */
export function readerOf(tokens: readonly Token[]) {
  let at = 0;
  const peek = (ahead = 0): string => tokens[at + ahead]?.text ?? '';
  return {
    peek,
    kind: () => tokens[at]?.kind,
    isOver: () => at >= tokens.length,
    next(): Token {
      const token = tokens[at];
      if (token === undefined) throw new Error('the query ends too early');
      at += 1;
      return token;
    },
    /** Takes the token when it is this one. */
    takes(text: string): boolean {
      if (tokens[at]?.kind === 'text' || peek() !== text) return false;
      at += 1;
      return true;
    },
    must(text: string): void {
      if (!this.takes(text)) throw new Error(`${text} expected, found ${peek()}`);
    },
    /** Whether a `|` comes before the parenthesis that is open here is closed. */
    pipesInside(): boolean {
      let depth = 0;
      for (const { kind, text } of tokens.slice(at)) {
        if (kind !== 'sign') continue;
        if (text === '|' && depth === 0) return true;
        if (text === '(') depth += 1;
        if (text === ')' && (depth -= 1) < 0) return false;
      }
      return false;
    },
  };
}

export type Reader = ReturnType<typeof readerOf>;
