/** A program that entries of the runbook call, and the words after it. */
export interface CommandLine {
  program: 'vaultcast' | 'kubectl' | 'az';
  args: string[];
  /** As the entry has it. */
  text: string;
}

const WORDS = /'([^']*)'|"([^"]*)"|(\S+)/g;

/** The command lines in an entry, or a part of one: what stands in backticks and begins with a program. */
export function commandLines(text: string): CommandLine[] {
  return [...text.matchAll(/`((vaultcast|kubectl|az) [^`]+)`/g)].map(([, line = '', program = '']) => {
    const one = line.replaceAll(/\s+/g, ' ');
    const words = [...one.matchAll(WORDS)].map(([, single, double, bare]) => single ?? double ?? bare ?? '');
    return { program: program as CommandLine['program'], args: words.slice(1), text: one };
  });
}

/** The queries that a text links to. */
export function queriesIn(text: string): string[] {
  return [...text.matchAll(/\]\(kql\/([\w-]+)\.kql\)/g)].map(([, name = '']) => name);
}
