import type { SourceVersion } from '../source/source.ts';
import type { Encoding } from '../registry/data-entry.ts';
import { decoded, textBytes, utf8Text } from './bytes.ts';
import { jsonText, parseJson, pointedAt, propertyOf } from './json.ts';
import { RenderRefusal } from './refusal.ts';
import { sourceBytes, sourceText, valueOf } from './value.ts';

/** Which part of a value is meant, and what to do with it. */
export interface Choice {
  property?: string | undefined;
  pointer?: string | undefined;
  encoding?: Encoding | undefined;
  unescapeNewlines?: boolean | undefined;
}

/** The text of a value or of the property chosen. Throws RenderRefusal naming the property and the secret. */
export function chosenText(version: SourceVersion, source: string, choice: Choice): string {
  const { property, pointer } = choice;
  if (property === undefined && pointer === undefined) return sourceText(version, source, choice.encoding);
  const json = parseJson(sourceText(version, source), valueOf(source));
  const found = property === undefined ? pointedAt(json, pointer ?? '') : propertyOf(json, property);
  if (found !== undefined) return jsonText(found);
  const wanted = property === undefined ? `nothing at ${pointer}` : `no property ${property}`;
  throw new RenderRefusal(`secret ${source} has ${wanted}`);
}

/** The bytes of a value or of the property chosen. Throws RenderRefusal. */
export function chosenBytes(version: SourceVersion, source: string, choice: Choice): Uint8Array {
  const { property, pointer, encoding, unescapeNewlines } = choice;
  const isPart = property !== undefined || pointer !== undefined;
  const what = isPart ? `${property ?? pointer} of secret ${source}` : valueOf(source);
  const bytes = isPart
    ? decoded(chosenText(version, source, choice), encoding ?? 'utf-8', what)
    : sourceBytes(version, source, encoding);
  if (!unescapeNewlines) return bytes;
  return textBytes(utf8Text(bytes, what).replaceAll(String.raw`\n`, '\n'), what);
}
