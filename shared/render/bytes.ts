import { RenderRefusal } from './refusal.ts';

/** The value's exact UTF-8 bytes: never trimmed, no line ending touched. A lone surrogate has no bytes and is refused. */
export function textBytes(value: string, source: string): Uint8Array {
  if (!value.isWellFormed())
    throw new RenderRefusal(`the value of secret ${source} is not well-formed Unicode`);
  return Buffer.from(value, 'utf8');
}
