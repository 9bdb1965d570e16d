import type { Io } from '../terminal/io.ts';
import { wrapped } from './wrapped.ts';

/** A text whose paragraphs are as wide as the terminal, however they were broken; what is indented stays as it is. */
export function fitted(io: Io, text: string): string {
  const blocks: string[] = [];
  let paragraph: string[] = [];
  const end = (): void => {
    if (paragraph.length > 0) blocks.push(...wrapped(io, paragraph.join(' ')));
    paragraph = [];
  };
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) paragraph.push(line);
    else {
      end();
      blocks.push(line);
    }
  }
  end();
  return blocks.join('\n');
}
