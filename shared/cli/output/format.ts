import { Option } from 'commander';
import type { Command } from 'commander';
import type { Io } from '../terminal/io.ts';
import { say } from '../terminal/io.ts';
import { harmless } from '../terminal/text.ts';

/** Every command that shows something knows these. */
const FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;

/** `markdown`: of commands whose output people put into a comment. */
type Format = (typeof FORMATS)[number] | 'markdown';

export interface OutputOptions {
  output: Format;
}

export function withOutput(command: Command, more: readonly 'markdown'[] = []): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'format').choices([...FORMATS, ...more]).default('table'),
  );
}

/** The same thing for people and for programs. */
interface Shown {
  /** As shared/output/schema.ts describes it. */
  document: unknown;
  /** `kind/name`, a line each, for `-o name`. */
  names: readonly string[];
  /** For people; `wide`: nothing is left out or shortened. */
  text: (wide: boolean) => string;
  /** Of commands that offer the format. */
  markdown?: () => string;
}

/** Prints it in the asked format; nothing where there is nothing to say. */
export async function show(io: Io, output: Format, shown: Shown): Promise<void> {
  const printed = await printedIn(output, shown);
  if (printed !== '') say(io, printed);
}

async function printedIn(output: Format, { document, names, text, markdown }: Shown): Promise<string> {
  switch (output) {
    case 'json':
      return JSON.stringify(document, undefined, 2);
    case 'yaml': {
      // The YAML library is loaded by those who want YAML.
      const { yamlText } = await import('../terminal/print.ts');
      return yamlText([document]);
    }
    case 'name':
      return names.map(harmless).join('\n');
    case 'markdown':
      return markdown?.() ?? '';
    case 'table':
    case 'wide':
      return text(output === 'wide');
  }
}

/** Whether people read it, and not a program. */
export function isForPeople(output: Format): boolean {
  return output === 'table' || output === 'wide';
}
